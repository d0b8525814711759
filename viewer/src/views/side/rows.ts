import type { Arrangement } from '../../data/arrange/arrange.ts';
import { type Filter, isNamed } from '../../filter/terms.ts';
import type { Column, TableModel } from '../../tables/columns.ts';

/**
 * Which rows pass the filter and what they are sorted by: rows without a number or a word last, equal ones by row.
 *
 * @param direction 1 = smallest first, -1 = largest first
 */
export function arrangementOf(
  model: TableModel,
  filter: Filter,
  sortBy: string,
  direction: 1 | -1,
): Arrangement {
  const { count, columns, keeps } = model;
  const valuesOf = ({ value }: Pick<Column, 'value'>): Float64Array => {
    const values = new Float64Array(count);
    for (let row = 0; row < count; row++) values[row] = value(row);
    return values;
  };
  const { conditions, ids, words } = filter;
  let mask: Uint8Array | null = null;
  if (keeps !== undefined || words.length > 0) {
    mask = new Uint8Array(count);
    const worded = { ...filter, ids: [] };
    for (let row = 0; row < count; row++)
      mask[row] = Number((keeps?.(row) ?? true) && isNamed(worded, columns, row));
  }
  const by = columns.find((c) => c.key === sortBy);
  return {
    count,
    mask,
    tests: conditions.map(({ column, ...test }) => ({ ...test, values: valuesOf(column) })),
    ids: { numbers: ids, columns: ids.length === 0 ? [] : columns.slice(0, 2).map(valuesOf) },
    by: by === undefined ? null : by.word === undefined ? valuesOf(by) : ranksOf(by.word, count),
    direction,
  };
}

/** Places of words in the alphabet, NaN = no word. */
function ranksOf(word: (row: number) => string, count: number): Float64Array {
  const said = Array.from({ length: count }, (_, row) => word(row));
  const sorted = [...new Set(said)]
    .filter((one) => one !== '')
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const rank = new Map(sorted.map((one, k) => [one, k]));
  return Float64Array.from(said, (one) => rank.get(one) ?? Number.NaN);
}

const number = (v: number): string => (Number.isFinite(v) ? String(v) : '');
/** A word of a CSV file; what a spreadsheet would take for a formula is none. */
const quote = (word: string): string => {
  const plain = /^[=+\-@\t\r]/.test(word) ? `'${word}` : word;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

/** The rows as CSV, or with another mark between: one header line, empty for no number. */
export function toCsv(model: TableModel, rows: Int32Array, between = ','): string {
  const lines = [model.columns.map((c) => c.key).join(between)];
  for (const row of rows) {
    lines.push(
      model.columns
        .map((c) => (c.word === undefined ? number(c.value(row)) : quote(c.word(row))))
        .join(between),
    );
  }
  return `${lines.join('\n')}\n`;
}
