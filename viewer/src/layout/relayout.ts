import { rootOf } from '../data/branches.ts';
import type { BranchMove } from '../data/relink.ts';
import type { Branches } from '../data/types.ts';
import { createLayout, GAP, placeLeaves, type TreeLayout, walkTree } from './leafOrder.ts';

/**
 * The layout of `roots` after an edit, out of the one before: trees that the edit did not touch are copied in runs and
 * moved as a whole, the others are laid out. The same as `layoutTree` but for the last digits of sums. Cost O(branches)
 * as copies, and a walk of the trees that were touched.
 *
 * @param before laid out from founders; @param move of every branch since then
 */
export function relayout(
  before: TreeLayout,
  branches: Branches,
  roots: Int32Array,
  move: BranchMove,
): TreeLayout {
  const out = createLayout(branches, roots.length);
  const treeOf = keptTrees(before, branches, move);
  let leaf = 0;
  for (let r = 0; r < roots.length; ) {
    if (r > 0) leaf += GAP;
    const tree = treeOf.get(roots[r]!);
    if (tree === undefined) {
      out.roots[r++] = out.count;
      const first = out.count;
      walkTree(out, branches, roots[r - 1]!);
      leaf = placeLeaves(out, branches, first, out.count, leaf);
      continue;
    }
    let n = 1;
    while (r + n < roots.length && treeOf.get(roots[r + n]!) === tree + n) n++;
    leaf = copyTrees(out, before, tree, r, n, leaf, move.newOf);
    r += n;
  }
  out.width = Math.max(leaf, 1);
  return out;
}

/** By founder: which tree of the layout before it is, where nothing in it is another. */
function keptTrees(
  before: TreeLayout,
  branches: Branches,
  { newOf, gone, made }: BranchMove,
): Map<number, number> {
  const touched = new Set(gone.map((b) => treeAt(before, before.place[b]!)));
  const kept = new Map<number, number>();
  for (let k = 0; k < before.roots.length; k++) {
    if (!touched.has(k)) kept.set(newOf[before.order[before.roots[k]!]!]!, k);
  }
  for (const b of made) kept.delete(rootOf(branches, b));
  return kept;
}

/** Number of the tree that holds a place. */
export function treeAt({ roots }: TreeLayout, place: number): number {
  let [low, high] = [0, roots.length - 1];
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (roots[mid]! <= place) low = mid;
    else high = mid - 1;
  }
  return low;
}

/**
 * Copies `n` trees from the `tree`-th on, whose first leaf comes to lie at `leaf`. Answers where the next leaf lies.
 *
 * @param newOf of every branch; null = they are as they were
 */
export function copyTrees(
  out: TreeLayout,
  before: TreeLayout,
  tree: number,
  r: number,
  n: number,
  leaf: number,
  newOf: Int32Array | null,
): number {
  const [first, to] = [before.roots[tree]!, out.count];
  const last = before.roots[tree + n - 1]!;
  const end = before.end[last]!;
  const [by, shift] = [to - first, leaf - before.uMin[first]!];
  for (let k = 0; k < n; k++) out.roots[r + k] = before.roots[tree + k]! + by;
  for (let i = first; i < end; i++) {
    const b = newOf === null ? before.order[i]! : newOf[before.order[i]!]!;
    out.order[i + by] = b;
    out.place[b] = i + by;
  }
  for (let i = first; i < end; i++) out.end[i + by] = before.end[i]! + by;
  out.tMax.set(before.tMax.subarray(first, end), to);
  for (const name of ['u', 'uMin', 'uMax'] as const)
    copyShifted(out[name], to, before[name].subarray(first, end), shift);
  out.count = end + by;
  return before.uMax[last]! + shift + 1;
}

function copyShifted(out: Float64Array, to: number, values: Float64Array, shift: number): void {
  if (shift === 0) out.set(values, to);
  else for (let i = 0; i < values.length; i++) out[to + i] = values[i]! + shift;
}
