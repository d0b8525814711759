import type { Branches, Dataset } from '../data/types.ts';
import type { TreeLayout } from './leafOrder.ts';

/** What the tree's long axis counts. */
export type AxisName = 'time' | 'generation';
export const AXIS_NAMES: readonly AxisName[] = ['time', 'generation'];

/** How branches lie along the tree's long axis. Positions are frames; by generation a branch has the room of 1. */
export interface TreeAxis {
  name: AxisName;
  /** The branches with `from`, `t0` and `t1` as positions; everything else is theirs. */
  branches: Branches;
  /** The layout with `tMax` as positions. */
  layout: TreeLayout;
  /** The last position. */
  extent: number;
  /** Position of a node on its branch. */
  at(node: number): number;
  /** Position of frame `t` on branch `b`; may lie outside the branch. */
  present(b: number, t: number): number;
  /** Frame of a branch at a position, inside its life. */
  frameOf(b: number, v: number): number;
}

/** Branches along time: positions are frames. */
export function timeAxis({ branches, nodes, nFrames }: Dataset, layout: TreeLayout): TreeAxis {
  return {
    name: 'time',
    branches,
    layout,
    extent: Math.max(nFrames - 1, 1),
    at: (node) => nodes.t[node]!,
    present: (_, t) => t,
    frameOf: (b, v) => Math.min(Math.max(Math.round(v), branches.t0[b]!), branches.t1[b]!),
  };
}

/**
 * Branches by generation: each from its number to the next, however long it lives, so that cells that divided as often
 * stand side by side. A cell lies on its branch where it is in its life. Cost O(branches).
 */
export function generationAxis({ branches, nodes }: Dataset, layout: TreeLayout): TreeAxis {
  const { generation, from, t1 } = branches;
  const next = generation.map((g) => g + 1);
  const tMax = latest(branches, layout, next);
  /** Part of a branch's life that is over at frame `t`. */
  const part = (b: number, t: number): number =>
    t1[b] === from[b] ? Number(t >= t1[b]!) : (t - from[b]!) / (t1[b]! - from[b]!);
  return {
    name: 'generation',
    branches: { ...branches, from: generation, t0: generation, t1: next },
    layout: { ...layout, tMax },
    extent: layout.roots.reduce((most, place) => Math.max(most, tMax[place]!), 1),
    at: (node) => {
      const b = nodes.tracklet[node]! - 1;
      return generation[b]! + part(b, nodes.t[node]!);
    },
    present: (b, t) => generation[b]! + part(b, t),
    frameOf: (b, v) => {
      const t = from[b]! + (v - generation[b]!) * (t1[b]! - from[b]!);
      return Math.min(Math.max(Math.round(t), branches.t0[b]!), t1[b]!);
    },
  };
}

/** Per place: the largest of `ends` (per branch) in its subtree; branches below a collapsed one have its place. */
function latest(
  { count, parent }: Branches,
  { place, order, count: places }: TreeLayout,
  ends: Int32Array,
): Int32Array {
  const out = new Int32Array(places);
  for (let b = 0; b < count; b++) if (place[b]! >= 0) out[place[b]!] = Math.max(out[place[b]!]!, ends[b]!);
  // Backwards, every daughter is done before its parent.
  for (let i = places - 1; i >= 0; i--) {
    const p = parent[order[i]!]!;
    const at = p < 0 ? -1 : place[p]!;
    if (at >= 0) out[at] = Math.max(out[at]!, out[i]!);
  }
  return out;
}
