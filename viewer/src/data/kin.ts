import { rootOf } from './branches.ts';
import type { Branches } from './types.ts';

/** What a selection stands for: the cell alone, or with its ancestors, its descendants, or its whole lineage. */
export type Scope = 'cell' | 'lineage' | 'ancestors' | 'descendants';
export const SCOPES: readonly Scope[] = ['cell', 'lineage', 'ancestors', 'descendants'];

/** Branches that a selection of branch `b` stands for, `b` among them. Cost O(branches answered). */
export function kinOf(branches: Branches, b: number, scope: Scope): number[] {
  if (scope === 'cell') return [b];
  if (scope === 'ancestors') {
    const line = [b];
    for (let p = branches.parent[b]!; p >= 0; p = branches.parent[p]!) line.push(p);
    return line;
  }
  const found = [scope === 'lineage' ? rootOf(branches, b) : b];
  for (let k = 0; k < found.length; k++) {
    const { childA, childB } = branches;
    for (const child of [childA[found[k]!]!, childB[found[k]!]!]) if (child >= 0) found.push(child);
  }
  return found;
}
