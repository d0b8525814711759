import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A cell of the table; null where there is no such figure. */
export type Cell = string | number | null;

/** One part of the table: the same columns for all its rows. */
export interface Section {
  part: string;
  title: string;
  /** Sentences under the table. */
  notes: string[];
  rows: Record<string, Cell>[];
}

/** What a bench of peers has found so far, and on which machine. */
export interface PeersTable {
  machine: string;
  /** What could not be installed or cannot run here, and why. */
  missing: string[];
  sections: Section[];
}

/** The table as it stands in a folder, without the machine and what is missing, which each run says anew. */
export function loadSections(folder: string): Section[] {
  const file = join(folder, 'peers.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PeersTable).sections : [];
}

/** Writes `peers.md` and `peers.json`. */
export function writeTable(folder: string, table: PeersTable): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'peers.json'), `${JSON.stringify(table, null, 2)}\n`);
  writeFileSync(join(folder, 'peers.md'), tableText(table));
}

/** The table as Markdown. */
function tableText({ machine, missing, sections }: PeersTable): string {
  const absent = missing.map((line) => `- not run: ${line}`);
  return [
    '# morula and its peers',
    '',
    machine,
    ...(absent.length === 0 ? [] : ['', ...absent]),
    ...sections.map(sectionText),
    '',
  ].join('\n');
}

/** One section as Markdown: heading, table, notes. */
export function sectionText({ title, notes, rows }: Section): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [
    '',
    `## ${title}`,
    '',
    line(columns),
    `|${columns.map(() => '---').join('|')}|`,
    ...rows.map((row) => line(columns.map((column) => cellText(row[column] ?? null)))),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${note}`)]),
  ].join('\n');
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'number' ? String(cell) : cell.replaceAll('|', '\\|');
}

/** A figure rounded to `digits` decimals; null where it is none. */
export function rounded(value: number | null | undefined, digits: number): number | null {
  return value === null || value === undefined || !Number.isFinite(value)
    ? null
    : Number(value.toFixed(digits));
}
