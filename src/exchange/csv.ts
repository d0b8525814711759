import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MorulaError } from '../errors/index.ts';
import { asReadError } from './input.ts';

/** Characters in a line at most: a file without line ends must not fill the memory. */
const MAX_LINE = 1 << 20;
/** A lineage with more rows has no index of ids in JavaScript (`Map` holds 2^24 keys), nor a viewer. */
export const MAX_ROWS = 2 ** 24 - 1;
/** Rows per block of text handed to the file system. */
const BLOCK = 4096;

/** `value` to `digits` decimals in its shortest form; empty for NaN and infinities. */
export function fixed(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '';
  const scale = 10 ** digits;
  const rounded = Math.round(value * scale) / scale;
  return String(Number.isFinite(rounded) ? rounded + 0 : value);
}

/** `value` to `digits` significant digits in its shortest form; empty for NaN and infinities. */
export function significant(value: number, digits = 6): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits)) + 0) : '';
}

/**
 * A text cell: quoted where it holds a separator, a quote or a line break; a text that a spreadsheet would run as a
 * formula (first character = + - @, tab or return, and not a number) is given a leading apostrophe, and so is one that
 * has such already; see `plainText`.
 */
export function textCell(text: string): string {
  const formula = /^'*[=+\-@\t\r]/.test(text) && (text.trim() === '' || Number.isNaN(Number(text)));
  const safe = formula ? `'${text}` : text;
  return formula || /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text that a cell of `textCell` stands for. */
export function plainText(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

/** A table as blocks of text, each some thousand rows, header first. */
export function tableBlocks(header: readonly string[], count: number, row: (i: number) => string): string[] {
  const blocks: string[] = [];
  let lines: string[] = [header.map(textCell).join(',')];
  for (let i = 0; i < count; i++) {
    lines.push(row(i));
    if (lines.length < BLOCK) continue;
    blocks.push(`${lines.join('\n')}\n`);
    lines = [];
  }
  if (lines.length > 0) blocks.push(`${lines.join('\n')}\n`);
  return blocks;
}

/** Cells of one line; cells may be quoted, a quote inside is doubled. */
export function splitLine(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] !== '"') {
      const end = line.indexOf(separator, at);
      cells.push(line.slice(at, end < 0 ? undefined : end));
      if (end < 0) return cells;
      at = end + 1;
      continue;
    }
    let cell = '';
    at++;
    for (;;) {
      const quote = line.indexOf('"', at);
      cell += line.slice(at, quote < 0 ? undefined : quote);
      if (quote < 0) return [...cells, cell];
      at = quote + 1;
      if (line[at] !== '"') break;
      cell += '"';
      at++;
    }
    cells.push(cell);
    if (line[at] !== separator) return cells;
    at++;
  }
  return cells;
}

/** The separator of a header line: the one of comma, semicolon and tab that it has most of. */
export function separatorOf(header: string): string {
  let best = ',';
  let most = 0;
  for (const separator of [',', ';', '\t']) {
    const n = header.split(separator).length - 1;
    if (n > most) {
      most = n;
      best = separator;
    }
  }
  return best;
}

/**
 * Lines of a UTF-8 text file with their numbers from 1, without a byte-order mark; blank lines are left out.
 *
 * @throws `not-found`, `invalid-data` for a line that is longer than any table's
 */
export async function* readLines(path: string): AsyncGenerator<{ line: string; row: number }> {
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 });
  let row = 0;
  let rest = '';
  const numbered = function* (texts: readonly string[]): Generator<{ line: string; row: number }> {
    for (const text of texts) {
      row++;
      const line = row === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
      if (line.trim() !== '') yield { line, row };
    }
  };
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      rest += chunk;
      // A carriage return at the end may be half of a line end.
      const held = rest.endsWith('\r') ? '\r' : '';
      const texts = (held ? rest.slice(0, -1) : rest).split(/\r\n|\n|\r/);
      rest = texts.pop() + held;
      yield* numbered(texts);
      if (rest.length > MAX_LINE) {
        const message = `row ${row + 1}: a line must have ${MAX_LINE} characters at most, found more; is it a text table?`;
        throw new MorulaError('invalid-data', `import: ${path}: ${message}`);
      }
    }
    yield* numbered([rest.replace(/\r$/, '')]);
  } catch (error) {
    throw asReadError(path, error);
  } finally {
    stream.destroy();
  }
}

/** The first line that is not blank, or an empty text. */
export async function firstLine(path: string): Promise<string> {
  for await (const { line } of readLines(path)) return line;
  return '';
}

/** Fewest bytes that a row can have: a file below `MAX_ROWS` times as many has not too many rows. */
const SHORTEST_ROW = 4;
const NEWLINE = 10;

/**
 * Refuses a table of more than `MAX_ROWS` rows before any of it is kept: two gigabytes of rows would fill the memory
 * before the last one came. Counts line ends of large files only; small ones are not read.
 *
 * @param place start of the message
 * @throws `invalid-data` that names the first row too many, `not-found`
 */
export async function checkLength(path: string, place: string): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    throw asReadError(path, error);
  }
  try {
    if ((await file.stat()).size < MAX_ROWS * SHORTEST_ROW) return;
    if ((await countLines(file, MAX_ROWS + 2)) < MAX_ROWS + 2) return;
  } finally {
    await file.close();
  }
  const message = `row ${MAX_ROWS + 2}: there must be ${MAX_ROWS} rows at most, found more; cut the table by frames or lineages`;
  throw new MorulaError('invalid-data', `${place}: ${message}`);
}

/** Ends of lines, up to `most`; ends early at a line that is too long for any table, which its reader refuses. */
async function countLines(file: FileHandle, most: number): Promise<number> {
  const block = Buffer.allocUnsafe(1 << 22);
  let lines = 0;
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(block, 0, block.length);
    const bytes = block.subarray(0, bytesRead);
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0 && lines < most; end = bytes.indexOf(NEWLINE, at)) {
      lines++;
      at = end + 1;
      length = 0;
    }
    length += bytesRead - at;
    if (bytesRead === 0 || lines >= most || length > 4 * MAX_LINE) return lines;
  }
}
