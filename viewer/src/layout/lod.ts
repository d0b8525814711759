import type { Branches } from '../data/types.ts';
import type { TreeLayout } from './leafOrder.ts';

/** The part of the tree in view: leaves `[u0, u1]`, frames `[v0, v1]`, and pixels for one leaf. */
export interface TreeWindow {
  u0: number;
  u1: number;
  v0: number;
  v1: number;
  pxPerLeaf: number;
}

/** What to draw: branches, and blocks that stand for many. Reused from frame to frame. */
export interface TreePlan {
  /** Places (in `TreeLayout.order`) of branches drawn one by one. */
  bars: Int32Array;
  nBars: number;
  /** Per block: first place and place after the last, extents in leaves and frames. */
  blockFirst: Int32Array;
  blockEnd: Int32Array;
  blockU0: Float64Array;
  blockU1: Float64Array;
  blockT0: Float64Array;
  blockT1: Float64Array;
  nBlocks: number;
  /** Branches that the blocks stand for, and branches outside the view. */
  collapsed: number;
  culled: number;
}

/** Subtrees narrower than this many pixels become a block. */
export const COLLAPSE_PX = 1.5;
const START = 256;

/** An empty plan. */
export function createPlan(): TreePlan {
  return {
    bars: new Int32Array(START),
    nBars: 0,
    blockFirst: new Int32Array(START),
    blockEnd: new Int32Array(START),
    blockU0: new Float64Array(START),
    blockU1: new Float64Array(START),
    blockT0: new Float64Array(START),
    blockT1: new Float64Array(START),
    nBlocks: 0,
    collapsed: 0,
    culled: 0,
  };
}

/**
 * Fills `plan` with the marks of a view. A subtree outside is skipped whole, one narrower than `COLLAPSE_PX` becomes
 * a block, and neighbouring blocks within that width become one. Every branch is drawn, collapsed or culled:
 * `nBars + collapsed + culled = layout.count`. Cost O(marks + lineages).
 */
export function planTree(branches: Branches, layout: TreeLayout, view: TreeWindow, plan: TreePlan): void {
  const { order, end, uMin, uMax, tMax, roots, count } = layout;
  const { u0, u1, v0, v1, pxPerLeaf } = view;
  const narrow = COLLAPSE_PX / pxPerLeaf;
  plan.nBars = plan.nBlocks = plan.collapsed = 0;
  const firstRoot = firstReaching(layout, u0 - 0.5);
  let i = firstRoot < roots.length ? roots[firstRoot]! : count;
  plan.culled = i;
  let open = false; // The last block may still grow.
  while (i < count) {
    if (uMin[i]! > u1 + 0.5 && branches.parent[order[i]!]! < 0) {
      plan.culled += count - i;
      break;
    }
    const b = order[i]!;
    if (uMax[i]! < u0 - 0.5 || uMin[i]! > u1 + 0.5 || tMax[i]! < v0 || branches.from[b]! > v1) {
      plan.culled += end[i]! - i;
      i = end[i]!;
      open = false;
      continue;
    }
    if (uMax[i]! - uMin[i]! + 1 >= narrow) {
      if (plan.nBars === plan.bars.length) plan.bars = grow(plan.bars);
      plan.bars[plan.nBars++] = i;
      i++;
      open = false;
      continue;
    }
    plan.collapsed += end[i]! - i;
    open = addToBlock(plan, open, narrow, i, branches.from[b]!, layout);
    i = end[i]!;
  }
}

/** Adds the subtree at place `i` to the last block, or opens one. Returns true: the block may grow. */
function addToBlock(
  plan: TreePlan,
  open: boolean,
  narrow: number,
  i: number,
  from: number,
  layout: TreeLayout,
): true {
  const { end, uMin, uMax, tMax } = layout;
  const k = plan.nBlocks - 1;
  if (open && uMax[i]! + 0.5 - plan.blockU0[k]! <= narrow) {
    plan.blockEnd[k] = end[i]!;
    plan.blockU1[k] = uMax[i]! + 0.5;
    plan.blockT0[k] = Math.min(plan.blockT0[k]!, from);
    plan.blockT1[k] = Math.max(plan.blockT1[k]!, tMax[i]!);
    return true;
  }
  const n = plan.nBlocks++;
  if (n === plan.blockFirst.length) growBlocks(plan);
  plan.blockFirst[n] = i;
  plan.blockEnd[n] = end[i]!;
  plan.blockU0[n] = uMin[i]! - 0.5;
  plan.blockU1[n] = uMax[i]! + 0.5;
  plan.blockT0[n] = from;
  plan.blockT1[n] = tMax[i]!;
  return true;
}

/** Number of the first root whose subtree reaches `u` or beyond. */
function firstReaching({ roots, uMax }: TreeLayout, u: number): number {
  let [low, high] = [0, roots.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (uMax[roots[mid]!]! < u) low = mid + 1;
    else high = mid;
  }
  return low;
}

function growBlocks(plan: TreePlan): void {
  plan.blockFirst = grow(plan.blockFirst);
  plan.blockEnd = grow(plan.blockEnd);
  plan.blockU0 = grow(plan.blockU0);
  plan.blockU1 = grow(plan.blockU1);
  plan.blockT0 = grow(plan.blockT0);
  plan.blockT1 = grow(plan.blockT1);
}

function grow<T extends Int32Array | Float64Array>(old: T): T {
  const larger = new (old.constructor as new (n: number) => T)(old.length * 2);
  larger.set(old);
  return larger;
}
