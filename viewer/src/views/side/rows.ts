import type { Column, TableModel } from './columns.ts';

/** `duration > 10`, `lineage = 3`, `time = 2..5`: a column, a comparison, a number, and the last one of a range. */
interface Condition {
  column: Pick<Column, 'key' | 'value'>;
  operator: string;
  value: number;
  /** NaN = no range. */
  to: number;
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
export function holds({ column, operator, value, to }: Condition, row: number): boolean {
  const v = column.value(row);
  if (!Number.isNaN(to)) return v >= value && v <= to;
  if (operator === '<') return v < value;
  if (operator === '>') return v > value;
  if (operator === '<=') return v <= value;
  if (operator === '>=') return v >= value;
  return operator === '=' ? v === value : v !== value;
}

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
 * Rows that pass the filter, sorted by a column (rows without a number last, equal ones by row).
 *
 * @param direction 1 = smallest first, -1 = largest first
 */
export function arrangeRows(
  model: TableModel,
  filter: Filter,
  sortBy: string,
  direction: 1 | -1,
): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < model.count; row++) {
    if (model.keeps?.(row) === false) continue;
    if (isNamed(filter, model.columns, row) && filter.conditions.every((c) => holds(c, row))) rows.push(row);
  }
  const column = model.columns.find((c) => c.key === sortBy);
  if (column === undefined) return Int32Array.from(rows);
  const { word } = column;
  if (word !== undefined) {
    // Rows without a word last, whatever the direction.
    const said = new Map(rows.map((row) => [row, word(row)]));
    const order = (a: string, b: string): number =>
      a === '' || b === ''
        ? Number(a === '') - Number(b === '')
        : direction * a.localeCompare(b, 'en', { numeric: true });
    return Int32Array.from(rows.sort((a, b) => order(said.get(a)!, said.get(b)!) || a - b));
  }
  const values = new Map(rows.map((row) => [row, column.value(row)]));
  return Int32Array.from(
    rows.sort((a, b) => {
      const [va, vb] = [values.get(a)!, values.get(b)!];
      if (Number.isNaN(va) || Number.isNaN(vb))
        return Number(Number.isNaN(va)) - Number(Number.isNaN(vb)) || a - b;
      return direction * (va - vb) || a - b;
    }),
  );
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
