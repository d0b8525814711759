import type { App } from '../../app.ts';
import { branchColour, css, type Rgb } from '../../image/palette.ts';
import type { TreeLayout } from '../../layout/leafOrder.ts';
import type { TreePlan } from '../../layout/lod.ts';
import type { TreeAxis } from '../../layout/treeAxis.ts';
import type { TreeTheme } from './theme.ts';
import { frameAt, leafAt, type TreePose } from './view.ts';

/** Opacity of what lies after the frame shown. */
const FUTURE = 0.34;
/** Below this width of a leaf (CSS pixels), ends carry no glyph. */
const GLYPH_FROM = 7;

/** Everything that drawing the tree reads. */
export interface TreeInk {
  app: App;
  axis: TreeAxis;
  layout: TreeLayout;
  plan: TreePlan;
  pose: TreePose;
  theme: TreeTheme;
  light: boolean;
  context: CanvasRenderingContext2D;
}

/** A rectangle given in leaf and time coordinates, drawn as the pose lies; sizes in CSS pixels. */
function rect(ink: TreeInk, leaf: number, time: number, acrossLeaf: number, alongTime: number): void {
  if (ink.pose.down) ink.context.fillRect(leaf, time, acrossLeaf, alongTime);
  else ink.context.fillRect(time, leaf, alongTime, acrossLeaf);
}

/** Draws blocks, branches, joints and ends; every mark is a rectangle (one stroke of many lines is far slower). */
export function drawTree(ink: TreeInk): void {
  drawBlocks(ink);
  const { app, axis, layout, plan, pose, context } = ink;
  const { branches } = app.data;
  const now = app.state.t.value;
  const by = app.state.colourBy.value;
  const selected = app.branch.value;
  const family = selected < 0 ? -1 : branches.lineage[selected]!;
  const wide = Math.min(2.2, Math.max(1, pose.perLeaf / 4));
  let colour: Rgb = -1;
  for (let k = 0; k < plan.nBars; k++) {
    const i = plan.bars[k]!;
    const b = layout.order[i]!;
    const next = branchColour(app.colours.value, b, by, ink.light);
    if (next !== colour) {
      colour = next;
      context.fillStyle = css(colour);
    }
    const width = branches.lineage[b] === family ? wide + 0.9 : wide;
    const x = leafAt(pose, layout.u[i]!);
    const [from, to] = [branches.from[b]!, branches.t1[b]!];
    const [start, end] = [frameAt(pose, axis.branches.from[b]!), frameAt(pose, axis.branches.t1[b]!)];
    const present = Math.min(Math.max(frameAt(pose, axis.present(b, now)), start), end);
    if (present > start) rect(ink, x - width / 2, start, width, present - start);
    const length = Math.max(end - present, start === end ? 3 : 0);
    if (length > 0) {
      context.globalAlpha = now < to ? FUTURE : 1;
      rect(ink, x - width / 2, present, width, length);
      context.globalAlpha = 1;
    }
    const seen = branches.start[b + 1]! - branches.start[b]!;
    if (axis.name === 'time' && seen < to - from + Number(branches.parent[b]! < 0))
      drawGaps(ink, b, x, width);
    if (by === 'group') drawPattern(ink, app.colours.value.group?.get(b) ?? 0, x, start, end, width);
    context.globalAlpha = now >= to ? 1 : FUTURE;
    const folded = layout.closed?.get(b) ?? 0;
    if (folded > 0) drawFolded(ink, i, end, folded);
    else drawJoint(ink, i, b, end, width);
    if (pose.perLeaf >= GLYPH_FROM) drawEnd(ink, b, x, end, width);
    context.globalAlpha = 1;
  }
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

/** Shortest gap that is drawn, and its dashes, CSS pixels. */
const GAP_FROM = 4;
const [DASH, SPACE] = [2, 2];

/** Where a cell was not found for some frames, its line is dashed. */
function drawGaps(ink: TreeInk, b: number, leaf: number, width: number): void {
  const { app, pose, context, theme } = ink;
  const { branches, nodes } = app.data;
  if (2 * pose.perFrame < GAP_FROM) return;
  const colour = context.fillStyle;
  let before = branches.parent[b]! < 0 ? branches.t0[b]! : branches.from[b]!;
  for (let k = branches.start[b]!; k < branches.start[b + 1]!; k++) {
    const t = nodes.t[branches.nodes[k]!]!;
    if (t - before > 1) {
      const [start, end] = [frameAt(pose, before), frameAt(pose, t)];
      context.fillStyle = theme.ground;
      for (let at = start + DASH; at < end; at += DASH + SPACE)
        rect(ink, leaf - width / 2 - 0.5, at, width + 1, Math.min(SPACE, end - at));
    }
    before = t;
  }
  context.fillStyle = colour;
}

/** Notches that tell groups apart without colour: none in the first one, then nearer and nearer to each other. */
function drawPattern(
  { pose, context, theme, ...ink }: TreeInk,
  group: number,
  leaf: number,
  start: number,
  end: number,
  width: number,
): void {
  if (group === 0 || pose.perLeaf < 3) return;
  const colour = context.fillStyle;
  const every = 16 / (1 + ((group - 1) % 4));
  context.fillStyle = theme.ground;
  for (let at = start + every; at < end - 2; at += every)
    rect({ pose, context, theme, ...ink }, leaf - width / 2 - 0.5, at, width + 1, 2);
  context.fillStyle = colour;
}

/** The bar across a division, and a dot on it when there is room. */
function drawJoint(ink: TreeInk, i: number, b: number, end: number, width: number): void {
  const { layout, pose, context } = ink;
  const { childA, childB } = ink.app.data.branches;
  if (childB[b]! < 0) return;
  const left = leafAt(pose, layout.u[layout.place[childA[b]!]!]!);
  const right = leafAt(pose, layout.u[layout.place[childB[b]!]!]!);
  rect(ink, left - width / 2, end - width / 2, right - left + width, width);
  if (pose.perLeaf < GLYPH_FROM - 2) return;
  const x = leafAt(pose, layout.u[i]!);
  const r = width / 2 + 1.6;
  context.beginPath();
  if (pose.down) context.arc(x, end, r, 0, 2 * Math.PI);
  else context.arc(end, x, r, 0, 2 * Math.PI);
  context.fill();
}

/** How a branch ends: flat cap at the movie's end, arrow out of the picture, cross when it is lost, in a ring when it dies. */
function drawEnd(ink: TreeInk, b: number, leaf: number, time: number, width: number): void {
  const { app, pose, context } = ink;
  const { branches, nodes, nFrames } = app.data;
  if (branches.childA[b]! >= 0) return;
  if (branches.t1[b] === nFrames - 1) {
    rect(ink, leaf - width - 1.5, time - 0.5, 2 * width + 3, 1.5);
    return;
  }
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

/** Blocks in the pale colour of their first branch, hatched. */
function drawBlocks(ink: TreeInk): void {
  const { app, layout, plan, pose, context, theme } = ink;
  if (plan.nBlocks === 0) return;
  const by = app.state.colourBy.value;
  const draw = (k: number): void => {
    const left = leafAt(pose, plan.blockU0[k]!);
    const start = frameAt(pose, plan.blockT0[k]!);
    const width = Math.max(1, leafAt(pose, plan.blockU1[k]!) - left);
    rect(ink, left, start, width, Math.max(3, frameAt(pose, plan.blockT1[k]!) - start));
  };
  context.globalAlpha = 0.5;
  for (let k = 0; k < plan.nBlocks; k++) {
    context.fillStyle = css(
      branchColour(app.colours.value, layout.order[plan.blockFirst[k]!]!, by, ink.light),
    );
    draw(k);
  }
  context.globalAlpha = 1;
  context.fillStyle = hatching(context, theme.ground);
  for (let k = 0; k < plan.nBlocks; k++) draw(k);
}
