import type { Constraints } from '../../link/types.ts';

/**
 * Constraints without what no frame pair of the linker can hold: a division whose daughters are first seen in different
 * frames. Of such a division the linker is told the nearer daughter and that nothing else follows; the later one starts
 * a track of its own for it, and keeps the link that the edit gave it.
 *
 * @param t frame of every row
 */
export function withinReach(constraints: Required<Constraints>, t: Int32Array): Required<Constraints> {
  const daughters = new Map<number, number[]>();
  for (const [u, v] of constraints.mustLink) daughters.set(u, [...(daughters.get(u) ?? []), v]);
  const split = [...daughters].filter(([, two]) => new Set(two.map((v) => t[v])).size > 1);
  if (split.length === 0) return constraints;
  const sources = new Set(split.map(([u]) => u));
  const late = new Set(split.map(([, two]) => two.reduce((a, b) => (t[b] > t[a] ? b : a))));
  return {
    ...constraints,
    mustLink: constraints.mustLink.filter(([, v]) => !late.has(v)),
    mustDivide: constraints.mustDivide.filter((u) => !sources.has(u)),
    frozenOut: [...new Set([...constraints.frozenOut, ...sources])],
    frozenIn: [...new Set([...constraints.frozenIn, ...late])],
  };
}
