import { branchColour } from '../../image/palette.ts';
import { nextKept } from '../../layout/nextKept.ts';
import type { Brush } from './brush.ts';
import { GLYPH_FROM, opacity, type TreeInk, widthOf } from './ink.ts';
import { frameAt, leafAt } from './view.ts';

/** Blocks in the pale colour of their first branch that the filter keeps, or of their first, hatched. */
export function drawBlocks({ app, layout, plan, pose, light }: TreeInk, brush: Brush): void {
  const by = app.state.colourBy.value;
  const colours = app.colours.value;
  const next = colours.kept === undefined ? null : nextKept(layout, colours.kept);
  brush.alpha = 0.5;
  for (const draw of [brush.fill, brush.hatch]) {
    for (let k = 0; k < plan.nBlocks; k++) {
      const left = leafAt(pose, plan.blockU0[k]!);
      const start = frameAt(pose, plan.blockT0[k]!);
      const width = Math.max(1, leafAt(pose, plan.blockU1[k]!) - left);
      const first = plan.blockFirst[k]!;
      const kept = next?.[first] ?? first;
      const place = kept < plan.blockEnd[k]! ? kept : first;
      brush.colour = branchColour(colours, layout.order[place]!, by, light);
      draw(left, start, width, Math.max(3, frameAt(pose, plan.blockT1[k]!) - start));
    }
  }
}

/** Branches, one by one: what was and what comes after the frame shown, gaps, groups, joints, and flat ends. */
export function drawBars(ink: TreeInk, brush: Brush): void {
  const { app, axis, layout, plan, pose, light } = ink;
  const { branches, nFrames } = app.data;
  const [colours, names] = [app.colours.value, app.state.colourBy.value];
  const now = app.state.t.value;
  for (let k = 0; k < plan.nBars; k++) {
    const i = plan.bars[k]!;
    const b = layout.order[i]!;
    const width = widthOf(ink, b);
    const x = leafAt(pose, layout.u[i]!);
    const [from, to] = [branches.from[b]!, branches.t1[b]!];
    const [start, end] = [frameAt(pose, axis.branches.from[b]!), frameAt(pose, axis.branches.t1[b]!)];
    const present = Math.min(Math.max(frameAt(pose, axis.present(b, now)), start), end);
    brush.colour = branchColour(colours, b, names, light);
    brush.alpha = 1;
    if (present > start) brush.fill(x - width / 2, start, width, present - start);
    const length = Math.max(end - present, start === end ? 3 : 0);
    brush.alpha = opacity(now, to);
    if (length > 0) brush.fill(x - width / 2, present, width, length);
    const seen = branches.start[b + 1]! - branches.start[b]!;
    if (axis.name === 'time' && seen < to - from + Number(branches.parent[b]! < 0))
      drawGaps(ink, brush, b, x, width);
    if (names === 'group') drawPattern(ink, brush, colours.group?.get(b) ?? 0, x, start, end, width);
    if (branches.childB[b]! >= 0) drawJoint(ink, brush, b, end, width);
    else if (pose.perLeaf >= GLYPH_FROM && branches.childA[b]! < 0 && to === nFrames - 1)
      brush.fill(x - width - 1.5, end - 0.5, 2 * width + 3, 1.5);
  }
}

/** Shortest gap that is drawn, and its dashes, CSS pixels. */
const GAP_FROM = 4;
const [DASH, SPACE] = [2, 2];

/** Where a cell was not found for some frames, its line is dashed. */
function drawGaps({ app, pose }: TreeInk, brush: Brush, b: number, leaf: number, width: number): void {
  const { branches, nodes } = app.data;
  if (2 * pose.perFrame < GAP_FROM) return;
  const { colour, alpha } = brush;
  [brush.colour, brush.alpha] = [brush.ground, 1];
  let before = branches.parent[b]! < 0 ? branches.t0[b]! : branches.from[b]!;
  for (let k = branches.start[b]!; k < branches.start[b + 1]!; k++) {
    const t = nodes.t[branches.nodes[k]!]!;
    if (t - before > 1) {
      const [start, end] = [frameAt(pose, before), frameAt(pose, t)];
      for (let at = start + DASH; at < end; at += DASH + SPACE)
        brush.fill(leaf - width / 2 - 0.5, at, width + 1, Math.min(SPACE, end - at));
    }
    before = t;
  }
  [brush.colour, brush.alpha] = [colour, alpha];
}

/** Notches that tell groups apart without colour: none in the first one, then nearer and nearer to each other. */
function drawPattern(
  { pose }: TreeInk,
  brush: Brush,
  group: number,
  leaf: number,
  start: number,
  end: number,
  width: number,
): void {
  if (group === 0 || pose.perLeaf < 3) return;
  const { colour, alpha } = brush;
  [brush.colour, brush.alpha] = [brush.ground, 1];
  const every = 16 / (1 + ((group - 1) % 4));
  for (let at = start + every; at < end - 2; at += every)
    brush.fill(leaf - width / 2 - 0.5, at, width + 1, 2);
  [brush.colour, brush.alpha] = [colour, alpha];
}

/** The bar across a division. */
function drawJoint(
  { app, layout, pose }: TreeInk,
  brush: Brush,
  b: number,
  end: number,
  width: number,
): void {
  if (layout.closed?.has(b)) return;
  const { childA, childB } = app.data.branches;
  const left = leafAt(pose, layout.u[layout.place[childA[b]!]!]!);
  const right = leafAt(pose, layout.u[layout.place[childB[b]!]!]!);
  brush.fill(left - width / 2, end - width / 2, right - left + width, width);
}
