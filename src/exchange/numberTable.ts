import { MorulaError } from '../errors/index.ts';
import { checkLength, firstLine, MAX_ROWS, plainText, readLines, separatorOf, splitLine } from './csv.ts';
import { type Grown, growing } from './grow.ts';
import { numberHint, widthMessage } from './hints.ts';
import { kindOf } from './input.ts';

/** Lines of a header that may follow the first: names, short names and units, as TrackMate writes them. */
const MORE_HEADERS = 3;

/** Signs that programs write where there is no value; a slashed o in a foreign encoding comes as U+FFFD. */
const NO_VALUE = new Set(['', 'nan', 'none', 'ø', '∅', '\ufffd']);

/** The same where a text may stand. */
const NO_TEXT = new Set(['ø', '\ufffd']);

/** What a format asks of its table. `K` names the columns. */
export interface TableRules<K extends string> {
  /** Start of every message. */
  format: string;
  /** Names a column may have in the header, in lower case. */
  columns: Readonly<Record<K, readonly string[]>>;
  required: readonly K[];
  /** Columns that hold whole numbers in every row, where the file has them. */
  whole: readonly K[];
  /** Columns that hold a finite number in every row, where the file has them. */
  finite: readonly K[];
  /** The column of frames, whole and 0 or more. */
  frame?: K;
  /** Names of columns of texts, in lower case. */
  texts?: readonly string[];
  /** True if up to three more lines of header may follow, told by having no number in the required columns. */
  moreHeaders?: boolean;
}

/** Columns of a text table as numbers, `count` long; NaN where a cell is empty or the file has no such column. */
export interface NumberTable<K extends string> {
  /** Program part and file, for messages. */
  place: string;
  count: number;
  values: Record<K, Float64Array>;
  /** Line of the file that a row stood on, from 1. */
  line: Float64Array;
  /** Texts of `rules.texts` by row, those that are not empty. */
  texts: ReadonlyMap<string, ReadonlyMap<number, string>>;
  has(column: K): boolean;
  /** Cells of the last header line after the first, by column; an empty text where there is none. */
  unitOf(column: K): string;
}

/** Text of the file as a message may show it: short, quoted, on one line. */
export const shown = (text: string): string => JSON.stringify(text.slice(0, 60));

interface Header<K extends string> {
  separator: string;
  width: number;
  at: Record<K, number>;
  /** Columns of texts, by name. */
  texts: readonly (readonly [name: string, column: number])[];
}

const cellsOf = (line: string, separator: string): string[] => {
  return splitLine(line, separator).map((name) => name.trim().toLowerCase());
};

function parseHeader<K extends string>(place: string, rules: TableRules<K>, line: string): Header<K> {
  const separator = separatorOf(line);
  const names = cellsOf(line, separator);
  const keys = Object.keys(rules.columns) as K[];
  const at = Object.fromEntries(
    keys.map((key) => [key, names.findIndex((name) => rules.columns[key].includes(name))]),
  ) as Record<K, number>;
  const missing = rules.required.filter((key) => at[key] < 0).map((key) => rules.columns[key][0]);
  if (missing.length > 0) {
    const wanted = rules.required.map((key) => rules.columns[key][0]).join(', ');
    const message = `row 1 must name the columns ${wanted}, found ${shown(line)} without ${missing.join(', ')}`;
    throw new MorulaError('invalid-data', `${place}: ${message}`);
  }
  const texts = (rules.texts ?? []).map((name) => [name, names.indexOf(name)] as const);
  return { separator, width: names.length, at, texts: texts.filter(([, column]) => column >= 0) };
}

function toNumber(text: string): number {
  const trimmed = text.trim();
  return NO_VALUE.has(trimmed.toLowerCase()) ? Number.NaN : Number(trimmed);
}

/** The number in a cell, checked by the rules of its column. */
function parseCell<K extends string>(
  place: string,
  rules: TableRules<K>,
  key: K,
  cell: string,
  row: number,
): number {
  const value = toNumber(cell);
  const bad = (must: string, hint = ''): never => {
    const name = rules.columns[key][0];
    throw new MorulaError(
      'invalid-data',
      `${place}: row ${row}: ${name} must be ${must}, got ${shown(cell.trim())}${hint}`,
    );
  };
  if (Number.isNaN(value) && !NO_VALUE.has(cell.trim().toLowerCase()))
    return bad('a number', numberHint(cell.trim()));
  if (key === rules.frame && !(Number.isInteger(value) && value >= 0 && value < 2 ** 31)) {
    return bad('a frame number of 0 or more');
  }
  if (rules.whole.includes(key) && !Number.isSafeInteger(value)) return bad('a whole number');
  if (rules.finite.includes(key) && !Number.isFinite(value)) return bad('a finite number');
  return value;
}

/**
 * Reads a table of numbers by header name, with comma, semicolon or tab, row by row; other columns are passed over.
 *
 * @throws `not-found`, `invalid-data` (exit 65) that names the row: a missing column, a row of another length, a cell
 *   that is no number, a position that is not finite, more rows than `MAX_ROWS`
 */
export async function readNumberTable<K extends string>(
  path: string,
  rules: TableRules<K>,
): Promise<NumberTable<K>> {
  const place = `${rules.format}: ${path}`;
  const keys = Object.keys(rules.columns) as K[];
  const columns = Object.fromEntries(keys.map((key) => [key, growing()])) as Record<K, Grown>;
  const lines = growing();
  const texts = new Map<string, Map<number, string>>((rules.texts ?? []).map((name) => [name, new Map()]));
  let header: Header<K> | null = null;
  let units: string[] = [];
  await checkLength(path, place);
  for await (const { line, row } of readLines(path)) {
    if (header === null) {
      header = parseHeader(place, rules, line);
      continue;
    }
    const cells = splitLine(line, header.separator);
    if (cells.length !== header.width) {
      const message = widthMessage(line, header.separator, header.width, cells.length);
      throw new MorulaError('invalid-data', `${place}: row ${row}: ${message}`);
    }
    const { at } = header;
    const headerLike = rules.moreHeaders && lines.count === 0 && row <= 1 + MORE_HEADERS;
    if (headerLike && rules.required.every((key) => Number.isNaN(toNumber(cells[at[key]])))) {
      units = cells;
      continue;
    }
    for (const key of keys) {
      columns[key].push(at[key] < 0 ? Number.NaN : parseCell(place, rules, key, cells[at[key]], row));
    }
    for (const [name, column] of header.texts) {
      const text = plainText(cells[column]).trim();
      if (text !== '' && !NO_TEXT.has(text)) texts.get(name)?.set(lines.count, text);
    }
    lines.push(row);
    if (lines.count > MAX_ROWS) {
      throw new MorulaError('invalid-data', `${place}: must have ${MAX_ROWS} rows at most, found more`);
    }
  }
  if (header === null)
    throw new MorulaError('invalid-data', `${place} must have a header line, the file is empty`);
  const { at } = header;
  return {
    place,
    count: lines.count,
    values: Object.fromEntries(keys.map((key) => [key, columns[key].values()])) as Record<K, Float64Array>,
    line: lines.values(),
    texts,
    has: (key) => at[key] >= 0,
    unitOf: (key) => units[at[key]] ?? '',
  };
}

/** Column names in the first line of a text table, in lower case; null for what is no text table. */
export async function headerOf(path: string): Promise<string[] | null> {
  if ((await kindOf(path)) !== 'file' || !/\.(csv|tsv|txt)$/i.test(path)) return null;
  const line = (await firstLine(path)).slice(0, 4096);
  return cellsOf(line, separatorOf(line));
}
