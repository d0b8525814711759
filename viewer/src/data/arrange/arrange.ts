import { argsort } from './argsort.ts';

/** How a value is compared: `=` with `to` is a range, both ends in it. */
export interface Comparison {
  operator: string;
  value: number;
  /** NaN = no range. */
  to: number;
}

/** Which rows of a table are wanted and in which order: plain data, for a worker. */
export interface Arrangement {
  /** Rows of the table. */
  count: number;
  /** Per row: 0 = left out; null = none is. */
  mask: Uint8Array | null;
  /** Values by row that all must pass. */
  tests: readonly (Comparison & { values: Float64Array })[];
  /** A row must have one of these numbers in one of the columns; no numbers = every row passes. */
  ids: { numbers: readonly number[]; columns: readonly Float64Array[] };
  /** Values that rows are sorted by, null = they stay as they are. */
  by: Float64Array | null;
  /** 1 = smallest first, -1 = largest first. */
  direction: 1 | -1;
}

/** Does a comparison hold of a value? */
export function compares({ operator, value, to }: Comparison, v: number): boolean {
  if (!Number.isNaN(to)) return v >= value && v <= to;
  if (operator === '<') return v < value;
  if (operator === '>') return v > value;
  if (operator === '<=') return v <= value;
  if (operator === '>=') return v >= value;
  return operator === '=' ? v === value : v !== value;
}

/** The rows that pass, in order; rows without a number last, equal ones by row. Cost O(count). */
export function arrange({ count, mask, tests, ids, by, direction }: Arrangement): Int32Array {
  const rows = new Int32Array(count);
  let n = 0;
  for (let row = 0; row < count; row++) {
    if (mask !== null && mask[row] === 0) continue;
    if (!tests.every((test) => compares(test, test.values[row]!))) continue;
    if (ids.numbers.length > 0 && !ids.numbers.some((id) => ids.columns.some((c) => c[row] === id))) continue;
    rows[n++] = row;
  }
  const passed = rows.subarray(0, n);
  return by === null ? passed.slice() : argsort(by, passed, direction);
}

/** Memory that goes with an arrangement to another thread. */
export function transfersOf({ mask, tests, ids, by }: Arrangement): ArrayBuffer[] {
  const arrays = [mask, by, ...tests.map(({ values }) => values), ...ids.columns];
  return [...new Set(arrays.flatMap((one) => (one === null ? [] : [one.buffer as ArrayBuffer])))];
}
