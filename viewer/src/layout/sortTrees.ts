import { rootsOf } from '../data/branches.ts';
import type { Branches } from '../data/types.ts';
import { rootsBySize } from './leafOrder.ts';

/** What trees are put in order by. */
export type TreeSort = 'size' | 'start' | 'suspicion' | 'name';
export const TREE_SORTS: readonly TreeSort[] = ['size', 'start', 'suspicion', 'name'];

/**
 * Founders in an order: largest tree first, first to begin first, most doubtful first, or by name (those without one
 * last). Equal ones stay in the order of their numbers.
 *
 * @param names by branch
 * @param doubt by lineage: how wrong its worst open place is, 0 = none
 */
export function sortFounders(
  branches: Branches,
  by: TreeSort,
  names: ReadonlyMap<number, string>,
  doubt: ReadonlyMap<number, number>,
): Int32Array {
  const roots = rootsOf(branches);
  if (by === 'size') return rootsBySize(branches, roots);
  const { t0, lineage } = branches;
  const name = (b: number): string => names.get(b) ?? '\uffff';
  const doubtOf = (b: number): number => doubt.get(lineage[b]!) ?? 0;
  const order: Record<Exclude<TreeSort, 'size'>, (a: number, b: number) => number> = {
    start: (a, b) => t0[a]! - t0[b]!,
    suspicion: (a, b) => doubtOf(b) - doubtOf(a),
    name: (a, b) => name(a).localeCompare(name(b), 'en', { numeric: true }),
  };
  return roots.sort((a, b) => order[by](a, b) || a - b);
}
