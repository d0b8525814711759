import type { DiffDivision, DiffLink, LinkDiff } from '../types.ts';

/** Divisions among links: sources of two. */
function divisionsOf(links: readonly DiffLink[]): DiffDivision[] {
  const daughters = new Map<number, number[]>();
  for (const { source, target } of links) daughters.set(source, [...(daughters.get(source) ?? []), target]);
  return [...daughters]
    .filter(([, two]) => two.length === 2)
    .map(([parent, [a, b]]) => ({ parent, daughters: [Math.min(a, b), Math.max(a, b)] as const }))
    .sort((p, q) => p.parent - q.parent);
}

const byTarget = (p: DiffLink, q: DiffLink): number => p.target - q.target || p.source - q.source;

/**
 * What changed between all links in and out of some rows before and after.
 *
 * @param rows the rows that were open
 */
export function diffLinks(before: readonly DiffLink[], after: readonly DiffLink[], rows: number[]): LinkDiff {
  const key = ({ source, target }: DiffLink): string => `${source} ${target}`;
  const name = ({ parent, daughters }: DiffDivision): string => `${parent} ${daughters.join(' ')}`;
  const without = <T>(list: readonly T[], others: readonly T[], of: (item: T) => string): T[] => {
    const known = new Set(others.map(of));
    return list.filter((item) => !known.has(of(item)));
  };
  const [old, now] = [divisionsOf(before), divisionsOf(after)];
  return {
    added: without(after, before, key).sort(byTarget),
    removed: without(before, after, key).sort(byTarget),
    divisions: { added: without(now, old, name), removed: without(old, now, name) },
    rows: rows.sort((p, q) => p - q),
  };
}
