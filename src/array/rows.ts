import type { TypedArray } from './ndarray.ts';

/** Some rows of a column: `values[rows[i]]` for every i, `width` values a row. */
export function gather<T extends TypedArray>(values: T, rows: ArrayLike<number>, width = 1): T {
  const out = new (values.constructor as new (length: number) => T)(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let k = 0; k < width; k++) out[i * width + k] = values[from + k]!;
  }
  return out;
}

/**
 * Some rows of a table, in the order given. Its typed arrays are columns of `count` rows, each of as many values as
 * its length says; everything else but `count` stays as it is.
 *
 * @param rows in [0, count)
 */
export function takeRows<T extends { count: number }>(table: T, rows: ArrayLike<number>): T {
  const taken: Record<string, unknown> = { ...table, count: rows.length };
  for (const [name, value] of Object.entries<unknown>(table)) {
    if (!ArrayBuffer.isView(value)) continue;
    const column = value as TypedArray;
    taken[name] = gather(column, rows, table.count === 0 ? 0 : column.length / table.count);
  }
  return taken as T;
}
