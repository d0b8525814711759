import type { Column, TableModel } from './columns.ts';

/** `duration > 10`, `lineage = 3`: a column, a comparison, a number. */
interface Condition {
  column: Column;
  operator: string;
  value: number;
}

const TERM = /^([a-z_]+)\s*(<=|>=|!=|=|<|>)\s*(-?\d+(?:\.\d+)?)$/;

/** What a filter says, or why it cannot be read. */
export type Filter = { conditions: Condition[]; ids: number[]; words: string[]; problem: string };

/**
 * Reads a filter: terms with commas or spaces between, each a number (matches the first two columns), a comparison such as
 * `duration>10`, or, where a column has words, a part of one. Column names may be shortened as long as they are clear.
 */
export function parseFilter(text: string, columns: readonly Column[]): Filter {
  const filter: Filter = { conditions: [], ids: [], words: [], problem: '' };
  const named = columns.some((column) => column.word !== undefined);
  const tight = text
    .trim()
    .toLowerCase()
    .replace(/\s*(<=|>=|!=|=|<|>)\s*/g, '$1');
  for (const term of tight.split(/[\s,]+/).filter((part) => part !== '')) {
    if (/^\d+$/.test(term)) {
      filter.ids.push(Number(term));
      continue;
    }
    const match = TERM.exec(term);
    const column = match && columns.find((c) => c.key.startsWith(match[1]!));
    if (!match && named && /^[^<>=!]+$/.test(term)) filter.words.push(term);
    else if (!match || !column)
      filter.problem = `"${term}" is not a number, nor like ${columns.at(-1)!.key}>10`;
    else filter.conditions.push({ column, operator: match[2]!, value: Number(match[3]) });
  }
  return filter;
}

function holds({ column, operator, value }: Condition, row: number): boolean {
  const v = column.value(row);
  if (operator === '<') return v < value;
  if (operator === '>') return v > value;
  if (operator === '<=') return v <= value;
  if (operator === '>=') return v >= value;
  return operator === '=' ? v === value : v !== value;
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
  const [first, second] = model.columns;
  for (let row = 0; row < model.count; row++) {
    const named =
      filter.ids.length === 0 ||
      filter.ids.some((id) => first!.value(row) === id || second!.value(row) === id);
    const worded = filter.words.every((part) =>
      model.columns.some((c) => c.word?.(row).toLowerCase().includes(part) ?? false),
    );
    if (named && worded && filter.conditions.every((c) => holds(c, row))) rows.push(row);
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

/** The rows as CSV: one header line, empty for no number. */
export function toCsv(model: TableModel, rows: Int32Array): string {
  const lines = [model.columns.map((c) => c.key).join()];
  for (const row of rows) {
    lines.push(
      model.columns.map((c) => (c.word === undefined ? number(c.value(row)) : quote(c.word(row)))).join(),
    );
  }
  return `${lines.join('\n')}\n`;
}
