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
  /** Branches that stand for all below them, and how many these are. */
  closed?: ReadonlyMap<number, number>;
  /** Extent of all, in leaves (starts half a leaf before the first). */
  width: number;
}

/** Empty leaves between lineages. */
export const GAP = 0.6;

/**
 * Lays out the subtrees under `roots`, left to right. Iterative; cost O(branches), no recursion, so that depth is no
 * limit. A parent lies in the middle between its daughters.
 */
export function layoutTree(branches: Branches, roots: ArrayLike<number>): TreeLayout {
  const walk = { count: 0, order: new Int32Array(branches.count), place: noPlaces(branches) };
  const places = Int32Array.from(roots, (root) => {
    const place = walk.count;
    walkTree(walk, branches, root);
    return place;
  });
  const { count, order, place } = walk;
  const out = {
    ...createExtents(count),
    count,
    order: order.subarray(0, count),
    place,
    roots: places,
    width: 1,
  };
  let leaf = 0;
  for (let r = 0; r < places.length; r++) {
    if (r > 0) leaf += GAP;
    leaf = placeLeaves(out, branches, places[r]!, places[r + 1] ?? count, leaf);
  }
  out.width = Math.max(leaf, 1);
  return out;
}

/** A layout with room for all branches, and nothing in it. */
export function createLayout(branches: Branches, roots: number): TreeLayout {
  const { count } = branches;
  const places = { order: new Int32Array(count), place: noPlaces(branches), roots: new Int32Array(roots) };
  return { count: 0, ...places, ...createExtents(count), width: 1 };
}

const noPlaces = ({ count }: Branches): Int32Array => new Int32Array(count).fill(-1);

function createExtents(count: number): Pick<TreeLayout, 'end' | 'u' | 'uMin' | 'uMax' | 'tMax'> {
  return {
    end: new Int32Array(count),
    u: new Float64Array(count),
    uMin: new Float64Array(count),
    uMax: new Float64Array(count),
    tMax: new Int32Array(count),
  };
}

/** Puts the branches under a root into the order, behind those that are there: depth first, daughter A before B. */
export function walkTree(
  out: Pick<TreeLayout, 'count' | 'order' | 'place'>,
  { childA, childB }: Branches,
  root: number,
): void {
  const stack = [root];
  while (stack.length > 0) {
    const b = stack.pop()!;
    out.place[b] = out.count;
    out.order[out.count++] = b;
    if (childB[b]! >= 0) stack.push(childB[b]!);
    if (childA[b]! >= 0) stack.push(childA[b]!);
  }
}

/** Lays out the tree on places `first` to `stop - 1`, its leaves from `leaf` on. Answers where the next leaf lies. */
export function placeLeaves(
  out: TreeLayout,
  branches: Branches,
  first: number,
  stop: number,
  leaf: number,
): number {
  const { order, place, end, tMax, u, uMin, uMax } = out;
  let next = leaf;
  for (let i = first; i < stop; i++) if (branches.childA[order[i]!]! < 0) u[i] = next++;
  // Backwards, every daughter is done before its parent.
  for (let i = stop - 1; i >= first; i--) {
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
  return next;
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
