import { nodeAt } from '../../data/branches.ts';
import { kinOf } from '../../data/kin.ts';
import { branchOf } from '../../data/navigate.ts';
import type { TreeInk } from './ink.ts';
import { frameAt, leafAt } from './view.ts';

/**
 * Numbers are written from this width of a leaf on, CSS pixels: beside a branch where time runs down, over it where it
 * runs to the right; and the room over a branch that they take.
 */
const NAMED_FROM = { down: 30, right: 19 } as const;
const OVER = 17;

/** A point given in leaf and time pixels, as the pose lies. */
const at = (ink: TreeInk, leaf: number, time: number): [number, number] =>
  ink.pose.down ? [leaf, time] : [time, leaf];

/** The line of the frame shown; by generation there is none. */
export function drawNow(ink: TreeInk): void {
  const { app, axis, pose, context, theme } = ink;
  if (axis.name !== 'time') return;
  const time = Math.round(frameAt(pose, app.state.t.value)) + 0.5;
  const end = pose.down ? pose.width : pose.height;
  context.strokeStyle = theme.now;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(...at(ink, 0, time));
  context.lineTo(...at(ink, end, time));
  context.stroke();
}

/** Ground under the time axis, so that its numbers stay legible over a tree that is zoomed in. */
export function drawGutter({ pose, context, theme }: TreeInk): void {
  const { down, margins, width, height } = pose;
  context.globalAlpha = 0.86;
  context.fillStyle = theme.ground;
  if (down) context.fillRect(0, 0, margins.left - 6, height);
  else context.fillRect(0, height - margins.bottom + 4, width, margins.bottom - 4);
  context.globalAlpha = 1;
}

/** Frames around the selected branch (or lineage), a lighter one around what is pointed at, and the cell itself. */
export function drawPicked(ink: TreeInk): void {
  const { app, axis, layout, context, theme } = ink;
  const { nodes } = app.data;
  const { branches } = axis;
  const { state } = app;
  const b = app.branch.value;
  const hovered = branchOf(app.data, state.hover.value);
  if (hovered >= 0 && hovered !== b && layout.place[hovered]! >= 0) {
    context.globalAlpha = 0.55;
    frame(ink, layout.place[hovered]!, branches.from[hovered]!, branches.t1[hovered]!, false);
    context.globalAlpha = 1;
  }
  drawBesides(ink);
  if (b < 0 || layout.place[b]! < 0) return;
  const place = layout.place[b]!;
  const scope = state.scope.value;
  if (scope === 'lineage' || scope === 'descendants') {
    let top = place;
    for (
      let p = branches.parent[b]!;
      scope === 'lineage' && p >= 0 && layout.place[p]! >= 0;
      p = branches.parent[p]!
    )
      top = layout.place[p]!;
    frame(ink, top, branches.from[layout.order[top]!]!, layout.tMax[top]!, true);
  } else {
    for (const one of kinOf(branches, b, scope))
      if (layout.place[one]! >= 0)
        frame(ink, layout.place[one]!, branches.from[one]!, branches.t1[one]!, false);
  }
  drawName(ink, place, frameHalf(ink) + 5);
  const here = nodeAt(app.data.branches, nodes, b, state.t.value);
  const node = here >= 0 ? here : state.selected.value;
  const [x, y] = at(ink, leafAt(ink.pose, layout.u[place]!), frameAt(ink.pose, axis.at(node)));
  context.beginPath();
  context.arc(x, y, 4.2, 0, 2 * Math.PI);
  context.fillStyle = theme.ground;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = theme.select;
  context.stroke();
}

/** Frames drawn at most around cells that are selected besides. */
const MOST_BESIDES = 500;

function drawBesides(ink: TreeInk): void {
  const { app, axis, layout } = ink;
  const { branches } = axis;
  for (const node of app.state.also.value.slice(-MOST_BESIDES)) {
    const b = branchOf(app.data, node);
    if (layout.place[b]! >= 0) frame(ink, layout.place[b]!, branches.from[b]!, branches.t1[b]!, false);
  }
}

/** Half of the width of a frame around one branch, CSS pixels. */
const frameHalf = ({ pose }: TreeInk): number => Math.max(5, Math.min(9, pose.perLeaf * 0.42));

/** A rounded frame around one branch, or around the subtree at a place. */
function frame(ink: TreeInk, place: number, from: number, to: number, subtree: boolean): void {
  const { pose, layout, context, theme } = ink;
  const [low, high] = subtree
    ? [layout.uMin[place]!, layout.uMax[place]!]
    : [layout.u[place]!, layout.u[place]!];
  const half = frameHalf(ink);
  // Time to the right, numbers stand over their branches.
  const over = !pose.down && pose.perLeaf >= NAMED_FROM.right ? OVER : half;
  const [l0, l1] = [leafAt(pose, low) - over, leafAt(pose, high) + half];
  const [t0, t1] = [frameAt(pose, from) - 4, frameAt(pose, to) + 4];
  const [x, y] = at(ink, l0, t0);
  const [w, h] = at(ink, l1 - l0, t1 - t0);
  context.beginPath();
  context.roundRect(x, y, w, h, 4);
  context.lineWidth = 3;
  context.strokeStyle = theme.ground;
  context.stroke();
  context.lineWidth = 1.3;
  context.strokeStyle = theme.select;
  context.stroke();
}

/** Numbers at the branches that have room; that of the selected one stands outside its frame, which is drawn later. */
export function drawNames(ink: TreeInk): void {
  const { app, layout, plan } = ink;
  const selected = app.branch.value;
  for (let k = 0; k < plan.nBars; k++) {
    if (layout.order[plan.bars[k]!] !== selected) drawName(ink, plan.bars[k]!, 5);
  }
}

/** The number of the branch at a place, if there is room; where time runs down, `beside` CSS pixels from its line. */
function drawName({ app, axis, layout, pose, context, theme }: TreeInk, place: number, beside: number): void {
  if (pose.perLeaf < NAMED_FROM[pose.down ? 'down' : 'right']) return;
  const b = layout.order[place]!;
  const { from, t1 } = axis.branches;
  const [start, end] = [frameAt(pose, from[b]!), frameAt(pose, t1[b]!)];
  if (end - start < 26) return;
  const [leaf, time] = [leafAt(pose, layout.u[place]!), start + Math.min(15, (end - start) / 2)];
  context.font = '500 10.5px ui-sans-serif, system-ui, sans-serif';
  context.fillStyle = theme.text;
  context.textBaseline = 'middle';
  const name = app.names.value.get(b) ?? String(b + 1);
  if (pose.down) context.fillText(name, leaf + beside, time);
  else context.fillText(name, time, leaf - 8);
}
