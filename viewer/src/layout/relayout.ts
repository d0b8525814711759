import { rootOf } from '../data/branches.ts';
import type { BranchMove } from '../data/moveBranches.ts';
import { moveRuns, renumberColumn, resized } from '../data/runs.ts';
import type { Branches } from '../data/types.ts';
import { GAP, layoutTree, placeLeaves, type TreeLayout } from './leafOrder.ts';

/** A tree that is laid out anew: where it begins, its branches, and its first leaf. */
interface Fresh {
  to: number;
  branches: Int32Array;
  leaf: number;
}

/** Trees that stay: their places before and now, and how far their leaves move. */
interface Kept {
  from: number;
  to: number;
  count: number;
  shift: number;
}

/**
 * The layout of `roots` after an edit, out of the one before and on its memory: trees that the edit did not touch are
 * moved in runs, the others are laid out. The same as `layoutTree` but for the last digits of sums. Cost O(branches) as
 * copies, and a walk of the trees that were touched.
 *
 * @param before laid out from founders, all of them; not to be used any more
 * @param move of every branch since then
 */
export function relayout(
  before: TreeLayout,
  branches: Branches,
  roots: Int32Array,
  move: BranchMove,
): TreeLayout {
  const { count } = branches;
  const { kept, fresh, places, width } = arrange(before, branches, roots, move);
  // Trees that changed places are no runs.
  if (kept.some(({ from }, k) => k > 0 && from < kept[k - 1]!.from)) return layoutTree(branches, roots);
  const most = Math.max(before.count, count);
  const runs = kept.map(({ from, to, count: n }) => [from, to, n] as const);
  const moved = <T extends Int32Array | Float64Array>(column: T): T => {
    const wide = resized(column, most);
    moveRuns(wide, runs);
    return resized(wide, count);
  };
  const [order, end, tMax] = [moved(before.order), moved(before.end), moved(before.tMax)];
  const [u, uMin, uMax] = [moved(before.u), moved(before.uMin), moved(before.uMax)];
  const out: TreeLayout = {
    ...{ count, order, end, tMax, u, uMin, uMax },
    place: before.place,
    roots: places,
    width,
  };
  renumberColumn(order, move.stays);
  for (const { from, to, count: n, shift } of kept) {
    if (to !== from) for (let i = to; i < to + n; i++) end[i]! += to - from;
    if (shift !== 0) for (const column of [u, uMin, uMax]) shiftRun(column, to, n, shift);
  }
  // Places follow their branches, then what they count.
  const place = resized(before.place, most);
  moveRuns(place, move.stays);
  out.place = resized(place, count);
  renumberColumn(out.place, runs);
  for (const { to, branches: own } of fresh) {
    order.set(own, to);
    for (let k = 0; k < own.length; k++) out.place[own[k]!] = to + k;
  }
  for (const { to, branches: own, leaf } of fresh) placeLeaves(out, branches, to, to + own.length, leaf);
  return out;
}

function shiftRun(column: Float64Array, from: number, count: number, by: number): void {
  for (let i = from; i < from + count; i++) column[i]! += by;
}

/** Where the trees of `roots` come to lie. */
function arrange(
  before: TreeLayout,
  branches: Branches,
  roots: Int32Array,
  move: BranchMove,
): { kept: Kept[]; fresh: Fresh[]; places: Int32Array; width: number } {
  const treeOf = keptTrees(before, branches, move);
  const [kept, fresh, places]: [Kept[], Fresh[], Int32Array] = [[], [], new Int32Array(roots.length)];
  let [leaf, to] = [0, 0];
  for (let r = 0; r < roots.length; ) {
    if (r > 0) leaf += GAP;
    const tree = treeOf.get(roots[r]!);
    if (tree === undefined) {
      const own = treeBranches(branches, roots[r]!);
      places[r++] = to;
      fresh.push({ to, branches: own, leaf });
      to += own.length;
      leaf += own.reduce((n, b) => n + Number(branches.childA[b]! < 0), 0);
      continue;
    }
    let n = 1;
    while (r + n < roots.length && treeOf.get(roots[r + n]!) === tree + n) n++;
    const from = before.roots[tree]!;
    const last = before.roots[tree + n - 1]!;
    const shift = leaf - before.uMin[from]!;
    for (let k = 0; k < n; k++) places[r + k] = before.roots[tree + k]! + to - from;
    kept.push({ from, to, count: before.end[last]! - from, shift });
    to += before.end[last]! - from;
    leaf = before.uMax[last]! + shift + 1;
    r += n;
  }
  return { kept, fresh, places, width: Math.max(leaf, 1) };
}

/** Branches of a tree, depth first, daughter A before B. */
function treeBranches(branches: Branches, root: number): Int32Array {
  const order: number[] = [];
  const wait = [root];
  for (let b = wait.pop(); b !== undefined; b = wait.pop()) {
    order.push(b);
    for (const child of [branches.childB[b]!, branches.childA[b]!]) if (child >= 0) wait.push(child);
  }
  return Int32Array.from(order);
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
