import type { TreeLayout } from '../../layout/leafOrder.ts';
import type { TreeWindow } from '../../layout/lod.ts';
import type { TreeView } from '../../state/state.ts';

/** Room around the marks inside the panel, CSS pixels. */
export interface Margins {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** How leaves and frames lie on the canvas. `down`: leaves along x, time down; else time along x, leaves down. */
export interface TreePose {
  down: boolean;
  view: TreeView;
  width: number;
  height: number;
  margins: Margins;
  /** CSS pixels for one leaf and one frame. */
  perLeaf: number;
  perFrame: number;
}

/** Room for the axis on its side, and a little air elsewhere. */
const marginsOf = (down: boolean): Margins =>
  down ? { top: 12, right: 14, bottom: 12, left: 52 } : { top: 10, right: 24, bottom: 26, left: 24 };

/** Everything in view: all leaves, all frames. A small forest is not spread wider than `MOST_PER_LEAF`. */
export function fitTree(layout: TreeLayout, nFrames: number, leafPixels: number): TreeView {
  const most = leafPixels / MOST_PER_LEAF;
  const extra = Math.max(0, most - layout.width) / 2;
  return { u0: -0.5 - extra, u1: layout.width - 0.5 + extra, v0: 0, v1: Math.max(nFrames - 1, 1) };
}

/** Pixels for one leaf that a fitted small tree does not exceed. */
const MOST_PER_LEAF = 96;

/** Pixels along the leaf axis of a panel. */
export function leafPixels(down: boolean, width: number, height: number): number {
  const m = marginsOf(down);
  return Math.max(1, down ? width - m.left - m.right : height - m.top - m.bottom);
}

/** A view as it lies on a panel of `width x height`. */
export function poseTree(view: TreeView, down: boolean, width: number, height: number): TreePose {
  const margins = marginsOf(down);
  const along = leafPixels(down, width, height);
  const time = Math.max(
    1,
    down ? height - margins.top - margins.bottom : width - margins.left - margins.right,
  );
  return {
    down,
    view,
    width,
    height,
    margins,
    perLeaf: along / (view.u1 - view.u0),
    perFrame: time / (view.v1 - view.v0),
  };
}

/** Position of a leaf along its axis, and of a frame along its axis, CSS pixels. Origin subtracted in float64. */
export const leafAt = (p: TreePose, u: number): number =>
  (p.down ? p.margins.left : p.margins.top) + (u - p.view.u0) * p.perLeaf;
export const frameAt = (p: TreePose, v: number): number =>
  (p.down ? p.margins.top : p.margins.left) + (v - p.view.v0) * p.perFrame;

/** Leaf and frame under a point of the panel. */
export function unproject(p: TreePose, x: number, y: number): { u: number; v: number } {
  const [a, b] = p.down ? [x - p.margins.left, y - p.margins.top] : [y - p.margins.top, x - p.margins.left];
  return { u: p.view.u0 + a / p.perLeaf, v: p.view.v0 + b / p.perFrame };
}

/** The part of the layout to plan for: the view and the margins around it. */
export function windowOf(p: TreePose): TreeWindow {
  const { margins: m, down } = p;
  const [before, after] = down ? [m.left, m.right] : [m.top, m.bottom];
  const [early, late] = down ? [m.top, m.bottom] : [m.left, m.right];
  return {
    u0: p.view.u0 - before / p.perLeaf,
    u1: p.view.u1 + after / p.perLeaf,
    v0: p.view.v0 - early / p.perFrame,
    v1: p.view.v1 + late / p.perFrame,
    pxPerLeaf: p.perLeaf,
  };
}

/** The view zoomed by `leaf` and `time` about a leaf and a frame, kept near the tree. */
export function zoomTree(
  view: TreeView,
  about: { u: number; v: number },
  leaf: number,
  time: number,
  limits: { width: number; nFrames: number },
): TreeView {
  const zoomed = {
    u0: about.u + (view.u0 - about.u) / leaf,
    u1: about.u + (view.u1 - about.u) / leaf,
    v0: about.v + (view.v0 - about.v) / time,
    v1: about.v + (view.v1 - about.v) / time,
  };
  return keepNear(zoomed, limits);
}

/** At least this many leaves and frames are in view. */
const [LEAST_LEAVES, LEAST_FRAMES] = [1.5, 3];

/** A view whose size is sensible and whose middle lies on the tree. */
export function keepNear(view: TreeView, { width, nFrames }: { width: number; nFrames: number }): TreeView {
  const [u0, u1] = keepSpan(view.u0, view.u1, LEAST_LEAVES, 3 * width + 30, -0.5, width);
  const [v0, v1] = keepSpan(view.v0, view.v1, LEAST_FRAMES, 2 * nFrames, 0, nFrames);
  return { u0, u1, v0, v1 };
}

function keepSpan(
  a: number,
  b: number,
  least: number,
  most: number,
  low: number,
  high: number,
): [number, number] {
  const span = Math.min(Math.max(b - a, least), most);
  const middle = Math.min(Math.max((a + b) / 2, low), high);
  return [middle - span / 2, middle + span / 2];
}
