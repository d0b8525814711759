import type { Branches } from '../data/types.ts';

/**
 * Places of branches across the leaf axis. Branches are in depth-first order, so that a subtree is a run of `order`
 * and skipping it is one assignment; leaves lie at 0, 1, 2, ... with a gap between lineages.
 */
export interface TreeLayout {
  /** Branches laid out. */
  count: number;
  /** Branches in depth-first order, daughters A before B. */
  order: Int32Array;
  /** Per place in `order`: place after the last branch of its subtree. */
  end: Int32Array;
  /** Per branch: place in `order`, -1 = not laid out. */
  place: Int32Array;
  /** Per place in `order`: position on the leaf axis, and extent of the subtree, in leaves. */
  u: Float64Array;
  uMin: Float64Array;
  uMax: Float64Array;
  /** Per place: latest frame of the subtree. */
  tMax: Int32Array;
  /** Places of the roots, in order. */
  roots: Int32Array;
  /** Extent of all, in leaves (starts half a leaf before the first). */
  width: number;
}

/** Empty leaves between lineages. */
const GAP = 0.6;

/**
 * Lays out the subtrees under `roots`, left to right. Iterative; cost O(branches), no recursion, so that depth is no
 * limit. A parent lies in the middle between its daughters.
 */
export function layoutTree(branches: Branches, roots: ArrayLike<number>): TreeLayout {
  const order = new Int32Array(branches.count);
  const place = new Int32Array(branches.count).fill(-1);
  const rootPlaces = new Int32Array(roots.length);
  const stack: number[] = [];
  let count = 0;
  for (let r = 0; r < roots.length; r++) {
    rootPlaces[r] = count;
    stack.push(roots[r]!);
    while (stack.length > 0) {
      const b = stack.pop()!;
      place[b] = count;
      order[count++] = b;
      if (branches.childB[b]! >= 0) stack.push(branches.childB[b]!);
      if (branches.childA[b]! >= 0) stack.push(branches.childA[b]!);
    }
  }
  return placeLeaves(branches, order.subarray(0, count), place, rootPlaces);
}

function placeLeaves(
  branches: Branches,
  order: Int32Array,
  place: Int32Array,
  roots: Int32Array,
): TreeLayout {
  const count = order.length;
  const end = new Int32Array(count);
  const tMax = new Int32Array(count);
  const u = new Float64Array(count);
  const uMin = new Float64Array(count);
  const uMax = new Float64Array(count);
  let [leaf, root] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (root < roots.length && roots[root] === i) {
      if (root > 0) leaf += GAP;
      root++;
    }
    if (branches.childA[order[i]!]! < 0) u[i] = leaf++;
  }
  // Backwards, every daughter is done before its parent.
  for (let i = count - 1; i >= 0; i--) {
    const b = order[i]!;
    tMax[i] = branches.t1[b]!;
    const a = branches.childA[b]!;
    if (a < 0) {
      end[i] = i + 1;
      uMin[i] = uMax[i] = u[i]!;
      continue;
    }
    const c = branches.childB[b]!;
    const [pa, pc] = [place[a]!, c < 0 ? place[a]! : place[c]!];
    u[i] = (u[pa]! + u[pc]!) / 2;
    uMin[i] = uMin[pa]!;
    uMax[i] = uMax[pc]!;
    end[i] = end[pc]!;
    tMax[i] = Math.max(tMax[i]!, tMax[pa]!, tMax[pc]!);
  }
  return { count, order, end, place, u, uMin, uMax, tMax, roots, width: Math.max(leaf, 1) };
}

/** Founders, largest lineage first (branches, then first frame, then number). */
export function rootsBySize(branches: Branches, roots: ArrayLike<number>): Int32Array {
  const size = new Map<number, number>();
  for (let b = 0; b < branches.count; b++) {
    const lineage = branches.lineage[b]!;
    size.set(lineage, (size.get(lineage) ?? 0) + 1);
  }
  const { lineage, t0 } = branches;
  return Int32Array.from(roots).sort(
    (a, b) => size.get(lineage[b]!)! - size.get(lineage[a]!)! || t0[a]! - t0[b]! || a - b,
  );
}
