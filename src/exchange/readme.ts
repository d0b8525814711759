import { join } from 'node:path';
import { writeFileAtomic } from '../codec/files.ts';
import type { Lineage } from '../lineage/types.ts';
import type { Table } from './tableColumns.ts';
import { tablesOf } from './tables.ts';
import type { ExportContext } from './types.ts';

/** Characters in a line at most. */
const WIDTH = 100;

type About = Pick<
  ExportContext,
  'name' | 'voxelSize' | 'voxelSizeKnown' | 'timeStep' | 'nFrames' | 'certainty' | 'marks'
>;

/** `text` in lines of `WIDTH`, all but the first behind `indent` blanks. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part, i) => (i === 0 ? part : ' '.repeat(indent) + part));
}

/** A table's part: its file, what a row is, and every column with its unit. */
function explain({ file, row, columns: named }: Table, folder: string, pixelKnown: boolean): string[] {
  const columns = pixelKnown
    ? named
    : named.map((column) => ({ ...column, unit: column.unit.replace(/^um\b/, 'length') }));
  const names = Math.max(...columns.map(({ name }) => name.length)) + 2;
  const units = Math.max(...columns.map(({ unit }) => unit.length), 1) + 2;
  const lines = columns.flatMap(({ name, unit, about }) => {
    const [first, ...rest] = wrap(about, 2 + names + units);
    return [`  ${name.padEnd(names)}${(unit || '-').padEnd(units)}${first}`, ...rest];
  });
  return [`${folder}${file}: ${row}`, '', ...lines, ''];
}

/**
 * The README.txt beside the tables: every column with its unit, made of the same columns that the tables are.
 *
 * @param folder of the tables as seen from the file, `tables/` or nothing
 */
export function readmeText(lineage: Lineage, context: About, folder: string): string {
  const { name, voxelSize, voxelSizeKnown = true, timeStep } = context;
  const [z, y, x] = voxelSize;
  const pixel = lineage.detections.ndim === 3 ? `${z} x ${y} x ${x} um (z, y, x)` : `${y} x ${x} um (y, x)`;
  const lengths = voxelSizeKnown
    ? `Lengths are in micrometres (um); a pixel is ${pixel}.`
    : 'The size of a pixel is not known: a length is in pixels, or in what the tracks came in, also where the name of a column says um.';
  const times =
    timeStep > 0
      ? `Times are in seconds (s); a frame is ${timeStep} s.`
      : 'The time of a frame is not known: times in seconds (s) are empty, frames are counted from 0.';
  const intro = [
    `Cells of ${name.replaceAll(/\s+/g, ' ')} and their lineage, as morula found them.`,
    '',
    ...wrap(
      `Tables are text (UTF-8) with commas and one line of header; an empty cell means none, or not known; - is no unit. ${lengths} ${times}`,
      0,
    ),
    '',
  ];
  const parts = tablesOf(lineage, context).flatMap((table) => explain(table, folder, voxelSizeKnown));
  return `${[...intro, ...parts].join('\n').trimEnd()}\n`;
}

/** Writes `README.txt` into `folder`, whole or not at all; see `readmeText`. */
export async function writeReadme(
  folder: string,
  lineage: Lineage,
  context: About,
  tables = '',
): Promise<string> {
  const path = join(folder, 'README.txt');
  await writeFileAtomic(path, readmeText(lineage, context, tables));
  return path;
}
