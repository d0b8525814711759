import type { Outcome } from './outcome.ts';

/** What may take a target's place: the other row, whether it does, and how likely what is decided is right, of the two. */
export interface Counterpart {
  row: number;
  exchanged: boolean;
  sure: number;
}

/** Alternatives fainter than this are not kept, and no more than so many of a source. */
const FAINT = 0.01;
const KEPT = 3;

/**
 * Exchanges targets of the links into rows for those of their counterparts, both ways. What links and divisions were
 * likely to be, together with the same ones across, is shared out by how sure the exchanges are; costs stay. Counterparts
 * come in pairs.
 */
export function exchangeTargets(outcome: Outcome, counterparts: ReadonlyMap<number, Counterpart>): void {
  const { source, target, alternatives } = outcome;
  const linksOf = new Map<number, number[]>();
  for (const [k, v] of target.entries()) {
    const other = counterparts.get(v);
    if (other?.exchanged) target[k] = other.row;
    if (other !== undefined) linksOf.set(source[k], []);
  }
  if (linksOf.size === 0) return;
  for (const [k, u] of source.entries()) linksOf.get(u)?.push(k);
  const listed = new Map<number, number[]>();
  for (const [i, u] of alternatives.source.entries())
    if (linksOf.has(u)) listed.set(u, [...(listed.get(u) ?? []), i]);
  for (const [u, links] of linksOf) shareOut(outcome, u, links, listed.get(u) ?? [], counterparts);
}

/** Shares out the probability of what u does, and of the same across. `listed`: its alternatives. */
function shareOut(
  { target, prob, divides, alternatives }: Outcome,
  u: number,
  links: readonly number[],
  listed: readonly number[],
  counterparts: ReadonlyMap<number, Counterpart>,
): void {
  // What u may do: each target as it is, or its counterpart.
  let options: { rows: number[]; share: number }[] = [{ rows: [], share: 1 }];
  for (const k of links) {
    const other = counterparts.get(target[k]);
    const sure = other?.sure ?? 1;
    options = options.flatMap(({ rows, share }) => [
      { rows: [...rows, target[k]], share: share * sure },
      ...(other === undefined ? [] : [{ rows: [...rows, other.row], share: share * (1 - sure) }]),
    ]);
  }
  const sameRows = (i: number, rows: readonly number[]): boolean => {
    const [a, b] = [alternatives.targetA[i], alternatives.targetB[i]];
    return rows.length === 1 ? b < 0 && a === rows[0] : a !== b && rows.includes(a) && rows.includes(b);
  };
  // The options that are listed; when targets are exchanged, the one that is chosen now was among them.
  const rooms = listed.filter((i) => options.some(({ rows }) => sameRows(i, rows)));
  const before = links.length === 2 ? divides[u] : prob[links[0]];
  const all = Math.min(
    1,
    rooms.reduce((sum, i) => sum + alternatives.prob[i], before),
  );
  const entries = [
    ...listed.filter((i) => !rooms.includes(i)).map((i) => entryAt(alternatives, i)),
    ...options.slice(1).map(({ rows, share }) => ({ a: rows[0], b: rows[1] ?? -1, prob: all * share })),
  ].sort((p, q) => q.prob - p.prob || p.a - q.a || p.b - q.b);
  for (const [n, { a, b, prob: chance }] of entries.entries()) {
    if (n >= listed.length && (n >= KEPT || chance < FAINT)) break;
    const at = listed[n] ?? alternatives.source.length;
    alternatives.source[at] = u;
    alternatives.targetA[at] = a;
    alternatives.targetB[at] = b;
    alternatives.prob[at] = chance;
  }
  if (links.length === 2) divides[u] = all * options[0].share;
  for (const k of links) prob[k] = all * (counterparts.get(target[k])?.sure ?? 1);
}

function entryAt(
  { targetA, targetB, prob }: Outcome['alternatives'],
  i: number,
): { a: number; b: number; prob: number } {
  return { a: targetA[i], b: targetB[i], prob: prob[i] };
}
