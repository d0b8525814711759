import { MorulaError } from '../errors/index.ts';

/**
 * What a person knows of a movie, as rows of the detections. Links are pairs [source, target]; whatever they name, the
 * costs of everything else stay as they are.
 */
export interface Constraints {
  /** Links that must, and must not, be there. */
  mustLink?: readonly (readonly [number, number])[];
  cannotLink?: readonly (readonly [number, number])[];
  /** Rows that must divide before their next frame, and rows that must not. */
  mustDivide?: readonly number[];
  cannotDivide?: readonly number[];
  /** Rows that are no cells: nothing links them. */
  forbidden?: readonly number[];
  /** Rows that are cells, whatever the detector thought. All rows are kept as it is; a row cannot be forbidden, too. */
  required?: readonly number[];
  /** Rows whose links out, and whose links in, are those of `mustLink` and no others: parts that were approved. */
  frozenOut?: readonly number[];
  frozenIn?: readonly number[];
}

/** Constraints, looked up by row. */
export interface ConstraintTable {
  /** Targets that a source must have. */
  targets: Map<number, Set<number>>;
  /** Demanded links over gaps, `source target`: no frame pair holds them, they are added when all else is decided. */
  late: Set<string>;
  /** The source that a target must have. */
  source: Map<number, number>;
  cannot: Set<string>;
  mustDivide: Set<number>;
  cannotDivide: Set<number>;
  forbidden: Set<number>;
  frozenOut: Set<number>;
  frozenIn: Set<number>;
}

const key = (u: number, v: number): string => `${u} ${v}`;

function refuse(what: string, against: string): never {
  throw new MorulaError(
    'invalid-option',
    `link: constraints must agree, but ${what} contradicts ${against}; take one of them away`,
  );
}

/**
 * Checks that constraints can stand together and makes them easy to look up.
 *
 * @param t frame of every row
 * @throws `invalid-option` naming the two constraints that contradict each other, or the row that does not exist
 */
export function readConstraints(constraints: Constraints, t: Int32Array): ConstraintTable {
  const { mustLink = [], cannotLink = [], mustDivide = [], cannotDivide = [] } = constraints;
  const { forbidden = [], required = [], frozenOut = [], frozenIn = [] } = constraints;
  const rows = [
    mustLink,
    cannotLink,
    mustDivide,
    cannotDivide,
    forbidden,
    required,
    frozenOut,
    frozenIn,
  ].flat(2);
  for (const row of rows) {
    if (Number.isInteger(row) && row >= 0 && row < t.length) continue;
    throw new MorulaError('invalid-option', `link: constraints must name rows below ${t.length}, got ${row}`);
  }
  const table: ConstraintTable = {
    targets: new Map(),
    late: new Set(),
    source: new Map(),
    cannot: new Set(cannotLink.map(([u, v]) => key(u, v))),
    mustDivide: new Set(mustDivide),
    cannotDivide: new Set(cannotDivide),
    forbidden: new Set(forbidden),
    frozenOut: new Set(frozenOut),
    frozenIn: new Set(frozenIn),
  };
  for (const [u, v] of mustLink) addMustLink(table, t, u, v);
  for (const u of mustDivide) {
    if (table.cannotDivide.has(u)) refuse(`must-divide ${u}`, `cannot-divide ${u}`);
    if (table.forbidden.has(u)) refuse(`must-divide ${u}`, `forbidden ${u}`);
    if (table.frozenOut.has(u) && (table.targets.get(u)?.size ?? 0) < 2)
      refuse(`must-divide ${u}`, `frozen ${u}`);
  }
  for (const row of required) if (table.forbidden.has(row)) refuse(`required ${row}`, `forbidden ${row}`);
  return table;
}

function addMustLink(table: ConstraintTable, t: Int32Array, u: number, v: number): void {
  const what = `must-link ${u} to ${v}`;
  if (t[v] <= t[u]) refuse(what, `time (frames ${t[u]} and ${t[v]})`);
  if (table.cannot.has(key(u, v))) refuse(what, `cannot-link ${u} to ${v}`);
  for (const row of [u, v]) if (table.forbidden.has(row)) refuse(what, `forbidden ${row}`);
  const other = table.source.get(v);
  if (other !== undefined && other !== u) refuse(what, `must-link ${other} to ${v}`);
  table.source.set(v, u);
  if (t[v] > t[u] + 1) table.late.add(key(u, v));
  const targets = table.targets.get(u) ?? new Set();
  targets.add(v);
  table.targets.set(u, targets);
  if (targets.size > 2) refuse(what, `must-link ${u} to ${[...targets].slice(0, 2).join(' and ')}`);
  if (targets.size === 2 && table.cannotDivide.has(u)) refuse(what, `cannot-divide ${u}`);
}

/** False where the table rules the link out. */
export function allowsLink(table: ConstraintTable, u: number, v: number): boolean {
  if (table.forbidden.has(u) || table.forbidden.has(v) || table.cannot.has(key(u, v))) return false;
  const from = table.source.get(v);
  if (from !== undefined ? from !== u : table.frozenIn.has(v)) return false;
  const wanted = table.targets.get(u);
  if (wanted === undefined) return !table.frozenOut.has(u);
  if (wanted.has(v)) return true;
  // One link is demanded; another beside it is a division.
  return wanted.size < 2 && !table.frozenOut.has(u) && !table.cannotDivide.has(u);
}

/**
 * True where u may go on as v alone: not when it must divide, nor when something else is demanded of it. A daughter that
 * is demanded over a gap comes later.
 */
export function allowsAlone(table: ConstraintTable, u: number, v: number): boolean {
  if (!allowsLink(table, u, v)) return false;
  const wanted = [...(table.targets.get(u) ?? [])];
  if (wanted.length === 0) return !table.mustDivide.has(u);
  const others = wanted.filter((w) => w !== v);
  if (others.length === wanted.length || !others.every((w) => table.late.has(key(u, w)))) return false;
  return others.length === 1 || !table.mustDivide.has(u);
}

/** True where u may divide into v and w. */
export function allowsDivision(table: ConstraintTable, u: number, v: number, w: number): boolean {
  if (table.cannotDivide.has(u) || !allowsLink(table, u, v) || !allowsLink(table, u, w)) return false;
  for (const target of table.targets.get(u) ?? []) if (target !== v && target !== w) return false;
  return true;
}

/** True where doing nothing is not allowed for u: something is demanded of it. */
export function demandsSomething(table: ConstraintTable, u: number): boolean {
  return table.mustDivide.has(u) || table.targets.has(u);
}
