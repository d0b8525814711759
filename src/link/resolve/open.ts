import type { ConstraintTable } from '../constraints.ts';
import type { Choices } from '../solve/types.ts';

/** What may change: rows as sources (their links out) and rows as targets (their links in). */
export interface Part {
  sources: ReadonlySet<number>;
  targets: ReadonlySet<number>;
}

/** Links as plain lists. */
interface Links {
  source: readonly number[];
  target: readonly number[];
}

/** Rows whose links do not yet meet the constraints, as sources and as targets. */
export function unmetRows(table: ConstraintTable, { source, target }: Links): Part {
  const sources = new Set<number>();
  const targets = new Set<number>();
  const open = (u: number, v: number): void => {
    sources.add(u);
    targets.add(v);
  };
  const after = new Map<number, Set<number>>();
  const before = new Map<number, number>();
  for (let k = 0; k < source.length; k++) {
    const [u, v] = [source[k], target[k]];
    after.set(u, (after.get(u) ?? new Set()).add(v));
    before.set(v, u);
    const forbidden = table.forbidden.has(u) || table.forbidden.has(v);
    if (forbidden || table.cannot.has(`${u} ${v}`)) open(u, v);
    if (table.frozenOut.has(u) && !table.targets.get(u)?.has(v)) open(u, v);
    if (table.frozenIn.has(v) && table.source.get(v) !== u) open(u, v);
  }
  for (const [u, wanted] of table.targets) {
    for (const v of wanted) {
      if (after.get(u)?.has(v)) continue;
      open(u, v);
      for (const other of after.get(u) ?? []) targets.add(other);
      const rival = before.get(v);
      if (rival !== undefined) sources.add(rival);
    }
  }
  for (const u of table.mustDivide) if (after.get(u)?.size !== 2) sources.add(u);
  for (const u of table.cannotDivide) if ((after.get(u)?.size ?? 0) > 1) sources.add(u);
  return { sources, targets };
}

/**
 * All that competes, however remotely, with what is given: rows joined by options or by links as they stand.
 *
 * @param choices options of every row that could be open
 */
export function partAround(choices: Choices, { source, target }: Links, given: Part): Part {
  const { count, n, a, b } = choices;
  // Row u as a source is u, row v as a target is count + v.
  const near: number[][] = Array.from({ length: 2 * count }, () => []);
  const join = (u: number, v: number): void => {
    near[u].push(count + v);
    near[count + v].push(u);
  };
  for (let o = 0; o < n; o++) {
    join(choices.source[o], a[o]);
    if (b[o] >= 0) join(choices.source[o], b[o]);
  }
  for (let k = 0; k < source.length; k++) join(source[k], target[k]);
  const seen = new Set<number>([...given.sources, ...[...given.targets].map((v) => count + v)]);
  const stack = [...seen];
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    for (const j of near[i]) {
      if (seen.has(j)) continue;
      seen.add(j);
      stack.push(j);
    }
  }
  const all = [...seen];
  return {
    sources: new Set(all.filter((i) => i < count)),
    targets: new Set(all.filter((i) => i >= count).map((i) => i - count)),
  };
}
