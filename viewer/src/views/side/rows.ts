import { type Arrangement, arrange, type Comparison, compares } from '../../data/arrange/arrange.ts';
import type { Column, TableModel } from './columns.ts';

/** `duration > 10`, `lineage = 3`, `time = 2..5`: a column, a comparison, a number, and the last one of a range. */
interface Condition extends Comparison {
  column: Pick<Column, 'key' | 'value'>;
}

const NUMBER = '-?\\d+(?:\\.\\d+)?';
const TERM = new RegExp(`^([a-z_]+)(<=|>=|!=|=|<|>)(${NUMBER})(?:\\.\\.(${NUMBER}))?$`);

/** What a filter says, or why it cannot be read. */
export type Filter = { conditions: Condition[]; ids: number[]; words: string[]; problem: string };

/**
 * Reads a filter: terms with commas or spaces between, each a number (matches the first two columns), a comparison such as
 * `duration>10` or `time=2..5` (both ends count), or, where a column has words, a part of one. Column names may be
 * shortened as long as they are clear.
 */
export function parseFilter(
  text: string,
  columns: readonly Pick<Column, 'key' | 'value' | 'word'>[],
): Filter {
  const filter: Filter = { conditions: [], ids: [], words: [], problem: '' };
  const named = columns.some((column) => column.word !== undefined);
  for (const term of termsOf(text)) {
    if (/^\d+$/.test(term)) {
      filter.ids.push(Number(term));
      continue;
    }
    const match = TERM.exec(term);
    const column = match && columnNamed(match[1]!, columns);
    if (!match && named && /^[^<>=!]+$/.test(term)) filter.words.push(term);
    else if (!match || !column)
      filter.problem = `"${term}" is not a number, nor like ${columns.at(-1)!.key}>10`;
    else if (match[4] !== undefined && match[2] !== '=')
      filter.problem = `a range is written ${match[1]}=${match[3]}..${match[4]}`;
    else
      filter.conditions.push({
        column,
        operator: match[2]!,
        value: Number(match[3]),
        to: Number(match[4] ?? Number.NaN),
      });
  }
  return filter;
}

/** The terms of a filter, in small letters and without spaces. */
export const termsOf = (text: string): string[] =>
  text
    .trim()
    .toLowerCase()
    .replace(/\s*(<=|>=|!=|=|<|>)\s*/g, '$1')
    .split(/[\s,]+/)
    .filter((part) => part !== '');

/** The column of a name that may be shortened. */
const columnNamed = <C extends Pick<Column, 'key'>>(name: string, columns: readonly C[]): C | undefined =>
  columns.find((c) => c.key === name) ?? columns.find((c) => c.key.startsWith(name));

/** Does a comparison hold of a row? */
export const holds = (condition: Condition, row: number): boolean =>
  compares(condition, condition.column.value(row));

/** Has a row one of the numbers of a filter, and all of its words? */
export function isNamed(
  { ids, words }: Filter,
  columns: readonly Pick<Column, 'value' | 'word'>[],
  row: number,
): boolean {
  const [first, second] = columns;
  return (
    (ids.length === 0 || ids.some((id) => first!.value(row) === id || second!.value(row) === id)) &&
    words.every((part) => columns.some((c) => c.word?.(row).toLowerCase().includes(part) ?? false))
  );
}

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

/** Rows that pass the filter, in order; see `arrangementOf`. */
export const arrangeRows = (
  model: TableModel,
  filter: Filter,
  sortBy: string,
  direction: 1 | -1,
): Int32Array => arrange(arrangementOf(model, filter, sortBy, direction));

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
