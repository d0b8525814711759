import { branchColour, css } from '../../image/palette.ts';
import { GLYPH_FROM, opacity, type TreeInk, widthOf } from './ink.ts';
import { frameAt, leafAt } from './view.ts';

/** Dots on divisions have room from this width of a leaf on, CSS pixels. */
const DOT_FROM = GLYPH_FROM - 2;

/** Is there room for anything but rectangles? */
export const hasShapes = ({ pose, layout }: TreeInk): boolean =>
  pose.perLeaf >= DOT_FROM || layout.closed !== undefined;

/** What is no rectangle: collapsed parts, dots on divisions, and how branches end; where there is room for them. */
export function drawShapes(ink: TreeInk): void {
  const { app, axis, layout, plan, pose, light, context } = ink;
  if (!hasShapes(ink)) return;
  const { branches } = app.data;
  for (let k = 0; k < plan.nBars; k++) {
    const i = plan.bars[k]!;
    const b = layout.order[i]!;
    const end = frameAt(pose, axis.branches.t1[b]!);
    context.fillStyle = css(branchColour(app.colours.value, b, app.state.colourBy.value, light));
    context.globalAlpha = opacity(app.state.t.value, branches.t1[b]!);
    const folded = layout.closed?.get(b) ?? 0;
    if (folded > 0) drawFolded(ink, i, end, folded);
    else if (branches.childB[b]! >= 0 && pose.perLeaf >= DOT_FROM) drawDot(ink, i, b, end);
    if (pose.perLeaf >= GLYPH_FROM) drawEnd(ink, b, leafAt(pose, layout.u[i]!), end);
  }
  context.globalAlpha = 1;
}

/** Half of the width of what stands for a collapsed part, CSS pixels; its number is written from twice this leaf on. */
const WEDGE = 8;

/** A collapsed part of the tree: a wedge as long as it lives, with the number of branches in it. */
function drawFolded(
  { layout, pose, context, theme }: TreeInk,
  i: number,
  start: number,
  folded: number,
): void {
  const leaf = leafAt(pose, layout.u[i]!);
  const end = Math.max(frameAt(pose, layout.tMax[i]!), start + 6);
  const half = Math.max(2.5, Math.min(WEDGE, pose.perLeaf * 0.4));
  const corner = (l: number, t: number): [number, number] => (pose.down ? [l, t] : [t, l]);
  const colour = context.fillStyle;
  context.beginPath();
  context.moveTo(...corner(leaf, start));
  context.lineTo(...corner(leaf + half, end));
  context.lineTo(...corner(leaf - half, end));
  context.closePath();
  context.fill();
  context.fillStyle = hatching(context, theme.ground);
  context.fill();
  if (pose.perLeaf >= 2 * WEDGE) {
    context.font = '600 10.5px ui-sans-serif, system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    const text = `+${folded}`;
    const [x, y] = corner(leaf, start + (end - start) * 0.62);
    context.lineWidth = 3;
    context.strokeStyle = theme.ground;
    context.strokeText(text, x, y);
    context.fillStyle = theme.select;
    context.fillText(text, x, y);
    context.textAlign = 'start';
  }
  context.fillStyle = colour;
}

/** A dot where a branch divides. */
function drawDot(ink: TreeInk, i: number, b: number, end: number): void {
  const { layout, pose, context } = ink;
  const x = leafAt(pose, layout.u[i]!);
  context.beginPath();
  context.arc(
    ...(pose.down ? ([x, end] as const) : ([end, x] as const)),
    widthOf(ink, b) / 2 + 1.6,
    0,
    2 * Math.PI,
  );
  context.fill();
}

/** How a branch ends before the movie does: arrow out of the picture, cross when it is lost, in a ring when it dies. */
function drawEnd({ app, pose, context }: TreeInk, b: number, leaf: number, time: number): void {
  const { branches, nodes, nFrames } = app.data;
  if (branches.childA[b]! >= 0 || branches.t1[b] === nFrames - 1) return;
  const last = branches.nodes[branches.start[b + 1]! - 1]!;
  const s = 2.8;
  const at = (dl: number, dt: number): [number, number] =>
    pose.down ? [leaf + dl, time + dt] : [time + dt, leaf + dl];
  context.beginPath();
  const said = app.ends.value.get(b);
  if (said === 'death') context.arc(...at(0, 1.5), s + 2, 0, 2 * Math.PI);
  if (said === 'leaves' || (said === undefined && nodes.border[last] === 1)) {
    context.moveTo(...at(-s, 0));
    context.lineTo(...at(0, s + 1.5));
    context.lineTo(...at(s, 0));
    context.fill();
    return;
  }
  context.moveTo(...at(-s, 1.5 - s));
  context.lineTo(...at(s, 1.5 + s));
  context.moveTo(...at(s, 1.5 - s));
  context.lineTo(...at(-s, 1.5 + s));
  context.strokeStyle = context.fillStyle;
  context.lineWidth = 1.3;
  context.stroke();
}

let hatch: { key: string; pattern: CanvasPattern } | null = null;

/** Hatching in the colour of the ground that says: many branches, too narrow to draw. */
function hatching(context: CanvasRenderingContext2D, ground: string): CanvasPattern {
  if (hatch?.key === ground) return hatch.pattern;
  const tile = document.createElement('canvas');
  tile.width = tile.height = 4;
  const paint = tile.getContext('2d')!;
  paint.fillStyle = ground;
  for (let k = 0; k < 4; k++) paint.fillRect(k, 3 - k, 1, 1);
  hatch = { key: ground, pattern: context.createPattern(tile, 'repeat')! };
  return hatch.pattern;
}
