import { MorulaError } from '../../errors/index.ts';
import { allowsAlone, allowsDivision, type ConstraintTable, demandsSomething } from '../constraints.ts';
import type { Candidates, Costs } from './types.ts';

/** What a demanded option is cheaper by: more than anything else in a movie can weigh against it. */
export const BONUS = 1000;

/** Costs with what is ruled out at infinity, and all that meets a demand cheaper by `BONUS`. */
export function withConstraints(table: ConstraintTable, candidates: Candidates, costs: Costs): Costs {
  const { source, target, pairA, pairB } = candidates;
  const bonus = (u: number): number => (demandsSomething(table, u) ? BONUS : 0);
  return {
    edge: costs.edge.map((cost, k) =>
      allowsAlone(table, source[k], target[k]) ? cost - bonus(source[k]) : Number.POSITIVE_INFINITY,
    ),
    pair: costs.pair.map((cost, p) => {
      const u = source[pairA[p]];
      const allowed = allowsDivision(table, u, target[pairA[p]], target[pairB[p]]);
      return allowed ? cost - bonus(u) : Number.POSITIVE_INFINITY;
    }),
  };
}

/** Must-links from frame to frame, which become candidates however far they reach. */
export function demandedEdges(table: ConstraintTable, t: Int32Array): [number, number][] {
  const edges = [...table.targets].flatMap(([u, targets]) =>
    [...targets].map((v): [number, number] => [u, v]),
  );
  return edges.filter(([u, v]) => t[v] === t[u] + 1);
}

/** Must-links over gaps, which no frame pair can hold. */
export function demandedGaps(table: ConstraintTable, t: Int32Array): [number, number][] {
  const edges = [...table.targets].flatMap(([u, targets]) =>
    [...targets].map((v): [number, number] => [u, v]),
  );
  return edges.filter(([u, v]) => t[v] > t[u] + 1);
}

/** Constraints that an error names. */
const NAMED = 3;

/** What can stand in the way of a demand about `u`: what is ruled out for it, and demands in its frame; at most a few. */
function rivalsOf(table: ConstraintTable, t: Int32Array, u: number): string {
  const near = (w: number): boolean => w !== u && t[w] === t[u];
  const found = [...[...table.cannot].map((key) => key.split(' ')).filter(([w]) => Number(w) === u)].map(
    ([w, v]) => `cannot-link ${w} to ${v}`,
  );
  for (const w of table.mustDivide) if (near(w)) found.push(`must-divide ${w}`);
  for (const [w, targets] of table.targets) {
    if (w === u || near(w)) for (const v of targets) found.push(`must-link ${w} to ${v}`);
  }
  for (const v of table.forbidden) if (t[v] === t[u] + 1) found.push(`forbidden ${v}`);
  for (const v of table.frozenIn) if (t[v] === t[u] + 1) found.push(`frozen ${v}`);
  if (found.length === 0) return '; no such detections are near it';
  return ` beside ${found.slice(0, NAMED).join(', ')}${found.length > NAMED ? ' and others' : ''}`;
}

/**
 * Refuses a solution in which a demand is not met: two of them share what only one can have, or there is no candidate.
 *
 * @param links every link, gaps included
 * @param t frame of every row
 * @throws `invalid-option` naming the demand and what it may be at odds with
 */
export function checkDemands(
  table: ConstraintTable,
  links: { source: readonly number[]; target: readonly number[] },
  t: Int32Array,
): void {
  const targets = new Map<number, number[]>();
  for (let k = 0; k < links.source.length; k++) {
    const list = targets.get(links.source[k]);
    if (list === undefined) targets.set(links.source[k], [links.target[k]]);
    else list.push(links.target[k]);
  }
  const unmet = (what: string, u: number): never => {
    throw new MorulaError(
      'invalid-option',
      `link: constraints must be possible, but ${what} cannot be met${rivalsOf(table, t, u)}; take one of them away`,
    );
  };
  for (const [u, wanted] of table.targets) {
    for (const v of wanted) if (!targets.get(u)?.includes(v)) unmet(`must-link ${u} to ${v}`, u);
  }
  for (const u of table.mustDivide) if (targets.get(u)?.length !== 2) unmet(`must-divide ${u}`, u);
}
