import { type Comparison, compares } from '../data/arrange/arrange.ts';
import type { Column } from '../tables/columns.ts';

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
