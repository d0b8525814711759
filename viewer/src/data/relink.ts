import { firstNode } from './branches.ts';
import { type BranchMove, moveBranches, settle } from './moveBranches.ts';
import { type Run, renumberColumn, staysOf } from './runs.ts';
import type { Dataset, Nodes } from './types.ts';

/** More changed rows than this are derived from the start: subtrees would be walked too often. */
const MOST = 1000;

/**
 * Brings nodes, branches and divisions up to date after the predecessors of some rows have changed: what follows from
 * `parent`, as `deriveFromParents` and `buildBranches` have it, in a few passes over whole columns and walks along the
 * branches and subtrees that are others now.
 *
 * @param rows all rows whose predecessor changed, and their predecessors before and after
 * @returns null where it cannot be done so (a third daughter, too many rows); nothing is changed then
 */
export function relink(data: Dataset, rows: ReadonlySet<number>): BranchMove | null {
  const { nodes, branches: old } = data;
  if (data.crowded || rows.size > MOST) return null;
  const before = parentsBefore(nodes, rows);
  const changed = [...rows].filter((row) => (before.get(row) ?? -1) !== nodes.parent[row]);
  changed.sort((a, b) => a - b);
  const gone = branchesAround(nodes, rows);
  const daughters = daughtersNow(nodes, changed, before);
  if (daughters === null) return null;
  const starts = new Set(gone.map((b) => firstNode(old, b)));
  for (const row of [...changed, ...before.keys()]) starts.add(row);
  for (const [row, [a, b]] of daughters) [nodes.childA[row], nodes.childB[row]] = [a, b];
  const walked = [...starts]
    .filter((row) => beginsTracklet(nodes, row))
    .sort((a, b) => a - b)
    .map((row) => walkTracklet(nodes, row));

  const made = numbersOfMade(
    old.count,
    gone,
    (b) => firstNode(old, b),
    walked.map((own) => own[0]!),
  );
  const firsts = [...gone.map((b) => firstNode(old, b)), ...walked.map((own) => own[0]!)];
  shiftNumbers(nodes.tracklet, old.count, gone, made, firsts);
  walked.forEach((own, k) => {
    for (const row of own) nodes.tracklet[row] = made[k]! + 1;
  });
  relineage(data, changed, before);
  const stays = staysOf(old.count, gone, made);
  const newOf = numbersNow(old.count, gone, stays);
  moveBranches(nodes, old, { gone, made, stays }, walked);
  settle(nodes, old, rows);
  data.divisions = divisionsAfter(data.divisions, nodes, daughters.keys());
  return { newOf, gone, made, stays };
}

/** Predecessors before, of some rows and of the successors that they had; those that had none are left out. */
function parentsBefore({ parent, childA, childB }: Nodes, rows: Iterable<number>): Map<number, number> {
  const before = new Map<number, number>();
  for (const row of rows) {
    for (const one of [childA[row]!, childB[row]!]) if (one >= 0) before.set(one, row);
    // One that is still listed there has not moved.
    const p = parent[row]!;
    if (p >= 0 && (childA[p] === row || childB[p] === row)) before.set(row, p);
  }
  return before;
}

/** Numbers of branches, from 0, that some rows and their successors belong to; rising. */
function branchesAround({ tracklet, childA, childB }: Nodes, rows: Iterable<number>): number[] {
  const found = new Set<number>();
  for (const row of rows)
    for (const one of [row, childA[row]!, childB[row]!]) if (one >= 0) found.add(tracklet[one]! - 1);
  return [...found].sort((a, b) => a - b);
}

/** Daughters of the rows that won or lost one; null where a row has three. */
function daughtersNow(
  { parent, childA, childB }: Nodes,
  changed: readonly number[],
  before: ReadonlyMap<number, number>,
): Map<number, [number, number]> | null {
  const all = new Map<number, Set<number>>();
  for (const row of changed) {
    for (const p of [before.get(row) ?? -1, parent[row]!]) {
      if (p < 0) continue;
      if (!all.has(p)) all.set(p, new Set([childA[p]!, childB[p]!].filter((c) => c >= 0 && parent[c] === p)));
      if (parent[row] === p) all.get(p)!.add(row);
    }
  }
  const out = new Map<number, [number, number]>();
  for (const [p, set] of all) {
    const [a = -1, b = -1, third] = [...set].sort((x, y) => x - y);
    if (third !== undefined) return null;
    out.set(p, [a, b]);
  }
  return out;
}

const beginsTracklet = ({ parent, childB }: Nodes, row: number): boolean =>
  parent[row]! < 0 || childB[parent[row]!]! >= 0;

/** Rows of the tracklet that begins with a row. */
function walkTracklet({ childA, childB }: Nodes, first: number): number[] {
  const own: number[] = [];
  for (let row = first; row >= 0; row = childB[row]! >= 0 ? -1 : childA[row]!) own.push(row);
  return own;
}

/**
 * Numbers of the things that are made, where all are numbered by their first rows and some are gone.
 *
 * @param gone numbers, rising
 * @param firsts first rows of those that are made, rising
 */
function numbersOfMade(
  count: number,
  gone: readonly number[],
  firstOf: (k: number) => number,
  firsts: readonly number[],
): number[] {
  return firsts.map((row, k) => {
    const before = placeWhere(count, (one) => firstOf(one) >= row);
    return before - gone.filter((one) => one < before).length + k;
  });
}

/** Per thing before: its number now, -1 = it is gone. */
function numbersNow(count: number, gone: readonly number[], stays: readonly Run[]): Int32Array {
  const newOf = new Int32Array(count);
  for (const [from, to, n] of stays) for (let k = from; k < from + n; k++) newOf[k] = k + to - from;
  for (const k of gone) newOf[k] = -1;
  return newOf;
}

/** Brings a column of numbers (from 1) up to date, from the first row on that may have another. */
function shiftNumbers(
  column: Int32Array,
  count: number,
  gone: readonly number[],
  made: readonly number[],
  rows: readonly number[],
): void {
  if (gone.length + made.length === 0) return;
  renumberColumn(column, staysOf(count, gone, made), { base: 1, start: Math.min(...rows) });
}

/** Lineages after the predecessors of some rows (rising) have changed: those that came later are counted anew. */
function relineage(data: Dataset, changed: readonly number[], before: ReadonlyMap<number, number>): void {
  const { nodes, branches } = data;
  const { parent, lineage, childA, childB } = nodes;
  const founded = changed.filter((row) => parent[row]! < 0);
  const joined = changed.filter((row) => !before.has(row));
  const gone = joined.map((row) => lineage[row]! - 1);
  const founders = new Int32Array(data.nLineages);
  for (let b = 0; b < branches.count; b++)
    if (branches.parent[b]! < 0) founders[branches.lineage[b]! - 1] = firstNode(branches, b);
  const founderOf = (k: number): number => founders[k]!;
  const made = numbersOfMade(data.nLineages, gone, founderOf, founded);
  shiftNumbers(lineage, data.nLineages, gone, made, [...gone.map(founderOf), ...founded]);
  shiftNumbers(branches.lineage, data.nLineages, gone, made, [0]);
  data.nLineages += made.length - gone.length;
  const number = new Map(founded.map((row, k) => [row, made[k]! + 1]));
  for (const row of changed) {
    const own = number.get(row) ?? lineage[parent[row]!]!;
    const stack = [row];
    while (stack.length > 0) {
      let at = stack.pop()!;
      for (; at >= 0; at = childA[at]!) {
        lineage[at] = own;
        if (childB[at]! >= 0) stack.push(childB[at]!);
      }
    }
  }
}

/** Rows that divide, after the daughters of some have changed: what lies between these is copied. */
function divisionsAfter(old: Int32Array, { childB }: Nodes, rows: Iterable<number>): Int32Array {
  const changed = [...rows].sort((a, b) => a - b);
  const out = new Int32Array(old.length + changed.length);
  let [from, n] = [0, 0];
  for (const row of changed) {
    const place = placeOf(old, row);
    out.set(old.subarray(from, place), n);
    n += place - from;
    if (childB[row]! >= 0) out[n++] = row;
    from = old[place] === row ? place + 1 : place;
  }
  out.set(old.subarray(from), n);
  return out.slice(0, n + old.length - from);
}

/** Place of the first value of a rising list that is not less. */
const placeOf = (list: Int32Array, value: number): number =>
  placeWhere(list.length, (k) => list[k]! >= value);

/** The first number below `count` that holds, where all after it do, too; else `count`. */
function placeWhere(count: number, holds: (k: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (holds(mid)) high = mid;
    else low = mid + 1;
  }
  return low;
}
