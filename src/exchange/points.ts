import { writeFileAtomic } from '../codec/files.ts';
import { MorulaError } from '../errors/index.ts';
import type { Detections } from '../segment/types.ts';
import { arrange, countFrames, emptyDetections, plainLinks, reorder } from './build.ts';
import {
  checkLength,
  firstLine,
  fixed,
  MAX_ROWS,
  plainText,
  readLines,
  separatorOf,
  splitLine,
  tableBlocks,
  textCell,
} from './csv.ts';
import { type Grown, growing } from './grow.ts';
import { numberHint, widthMessage } from './hints.ts';
import { kindOf } from './input.ts';
import {
  emptyMarks,
  hasMarks,
  keepMark,
  MARKS,
  type Mark,
  type markTexts,
  moveMarks,
  type RowMarks,
} from './marks.ts';
import { shown } from './numberTable.ts';
import type { LengthUnit, ReadOptions, Tracks } from './types.ts';

/** Which column holds what; -1 = no such column. */
interface Columns {
  id: number;
  t: number;
  z: number;
  y: number;
  x: number;
  radius: number;
  parent: number;
  label: number;
  prob: number;
  size: number;
  border: number;
  time: number;
  intensity: number[];
  /** Columns of texts that people wrote. */
  marks: [kind: Mark, column: number][];
}

/** What the header says. */
interface Header {
  columns: Columns;
  width: number;
  separator: string;
  unit: LengthUnit;
  /** Known where the table says whether its sizes are areas or volumes. */
  ndim: 2 | 3 | null;
}

/** Names of the columns of marks. */
const MARK_NAMES: Readonly<Record<Mark, readonly string[]>> = {
  name: ['name'],
  colour: ['colour', 'color'],
  tags: ['tags', 'tag'],
  end: ['end'],
  groups: ['groups', 'group'],
};

const NAMES: Record<Exclude<keyof Columns, 'intensity' | 'marks'>, readonly string[]> = {
  id: ['id', 'node'],
  t: ['t', 'frame'],
  z: ['z', 'z_um'],
  y: ['y', 'y_um'],
  x: ['x', 'x_um'],
  radius: ['radius', 'radius_um'],
  parent: ['parent', 'parent_id'],
  label: ['label', 'seg_id'],
  prob: ['prob'],
  size: ['area_um2', 'volume_um3'],
  border: ['touches_border'],
  time: ['time_s'],
};

function parseHeader(path: string, line: string): Header {
  const separator = separatorOf(line);
  const names = splitLine(line, separator).map((name) => name.trim().toLowerCase());
  const at = (keys: readonly string[]): number => names.findIndex((name) => keys.includes(name));
  const columns: Columns = {
    id: at(NAMES.id),
    t: at(NAMES.t),
    z: at(NAMES.z),
    y: at(NAMES.y),
    x: at(NAMES.x),
    radius: at(NAMES.radius),
    parent: at(NAMES.parent),
    label: at(NAMES.label),
    prob: at(NAMES.prob),
    size: at(NAMES.size),
    border: at(NAMES.border),
    time: at(NAMES.time),
    intensity: [],
    marks: MARKS.map((kind): [Mark, number] => [kind, at(MARK_NAMES[kind])]).filter(
      ([, column]) => column >= 0,
    ),
  };
  for (let c = 0; names.includes(`mean_intensity_c${c}`); c++)
    columns.intensity.push(at([`mean_intensity_c${c}`]));
  const missing = (['id', 't', 'y', 'x', 'parent'] as const).filter((name) => columns[name] < 0);
  if (missing.length > 0) {
    const message = `row 1 must name the columns id, t, x, y and parent, found ${shown(line)} without ${missing.join(', ')}`;
    throw new MorulaError('invalid-data', `csv: ${path}: ${message}`);
  }
  return {
    columns,
    width: names.length,
    separator,
    unit: names.includes('x_um') ? 'micrometer' : 'unknown',
    ndim: names.includes('volume_um3') ? 3 : names.includes('area_um2') ? 2 : null,
  };
}

/** The file's rows as columns of type `T`, and the line each stood on. */
interface Rows<T> {
  header: Header;
  values: Record<keyof typeof NAMES, T>;
  intensity: T;
  line: T;
  marks: RowMarks;
}

const KEYS = Object.keys(NAMES) as (keyof typeof NAMES)[];

function emptyRows(header: Header): Rows<Grown> {
  const values = Object.fromEntries(KEYS.map((key) => [key, growing()])) as Rows<Grown>['values'];
  return { header, values, intensity: growing(), line: growing(), marks: emptyMarks() };
}

function wholeRows({ header, values, intensity, line, marks }: Rows<Grown>): Rows<Float64Array> {
  const columns = Object.fromEntries(KEYS.map((key) => [key, values[key].values()]));
  return {
    header,
    values: columns as Rows<Float64Array>['values'],
    intensity: intensity.values(),
    line: line.values(),
    marks,
  };
}

/** The number in a cell; NaN for an empty one. */
function toNumber(path: string, row: number, name: string, text: string | undefined): number {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || trimmed.toLowerCase() === 'nan') return Number.NaN;
  const value = Number(trimmed);
  if (Number.isNaN(value)) {
    throw new MorulaError(
      'invalid-data',
      `csv: ${path}: row ${row}: ${name} must be a number, got ${shown(trimmed)}${numberHint(trimmed)}`,
    );
  }
  return value;
}

function parseRow(path: string, rows: Rows<Grown>, line: string, row: number): void {
  const { header, values } = rows;
  const cells = splitLine(line, header.separator);
  const bad = (message: string): never => {
    throw new MorulaError('invalid-data', `csv: ${path}: row ${row}: ${message}`);
  };
  if (cells.length !== header.width) bad(widthMessage(line, header.separator, header.width, cells.length));
  const read = {} as Record<keyof typeof NAMES, number>;
  for (const name of KEYS) {
    const column = header.columns[name];
    read[name] = column < 0 ? Number.NaN : toNumber(path, row, name, cells[column]);
    values[name].push(read[name]);
  }
  for (const column of header.columns.intensity)
    rows.intensity.push(toNumber(path, row, 'intensity', cells[column]));
  for (const [kind, column] of header.columns.marks)
    keepMark(rows.marks, rows.line.count, kind, plainText(cells[column]));
  rows.line.push(row);
  if (rows.line.count > MAX_ROWS) bad(`there must be ${MAX_ROWS} rows at most, found more`);
  if (!Number.isSafeInteger(read.id)) bad(`id must be an integer, got ${shown(cells[header.columns.id])}`);
  if (!Number.isInteger(read.t) || read.t < 0 || read.t >= 2 ** 31) {
    bad(`t must be a frame number of 0 or more, got ${shown(cells[header.columns.t])}`);
  }
  for (const name of ['z', 'y', 'x'] as const) {
    if (header.columns[name] >= 0 && !Number.isFinite(read[name])) {
      bad(`${name} must be a finite number, got ${shown(cells[header.columns[name]])}`);
    }
  }
}

async function readRows(path: string): Promise<Rows<Float64Array>> {
  let rows: Rows<Grown> | null = null;
  await checkLength(path, `csv: ${path}`);
  for await (const { line, row } of readLines(path)) {
    if (rows === null) rows = emptyRows(parseHeader(path, line));
    else parseRow(path, rows, line, row);
  }
  if (rows === null)
    throw new MorulaError('invalid-data', `csv: ${path} must have a header line, the file is empty`);
  return wholeRows(rows);
}

/** Rows of parents; -1 and empty mean none. Duplicate ids and unknown parents are refused. */
function findParents(
  path: string,
  { values, line }: Rows<Float64Array>,
): { source: Int32Array; target: Int32Array } {
  const rowOf = new Map<number, number>();
  for (let i = 0; i < values.id.length; i++) {
    const before = rowOf.get(values.id[i]);
    if (before !== undefined) {
      const message = `row ${line[i]}: id ${values.id[i]} must be there once, row ${line[before]} has it too`;
      throw new MorulaError('invalid-data', `csv: ${path}: ${message}`);
    }
    rowOf.set(values.id[i], i);
  }
  const source: number[] = [];
  const target: number[] = [];
  for (let i = 0; i < values.id.length; i++) {
    const parent = values.parent[i];
    if (parent === -1 || Number.isNaN(parent)) continue;
    const at = rowOf.get(parent);
    if (at === undefined) {
      const message = `row ${line[i]}: parent ${parent} must be the id of a row, there is none; -1 means no parent`;
      throw new MorulaError('invalid-data', `csv: ${path}: ${message}`);
    }
    source.push(at);
    target.push(i);
  }
  return { source: Int32Array.from(source), target: Int32Array.from(target) };
}

function toDetections({ header, values, intensity }: Rows<Float64Array>): Detections {
  const flat = values.z.every((z) => Number.isNaN(z) || z === 0);
  const ndim = header.ndim ?? (flat ? 2 : 3);
  const nChannels = header.columns.intensity.length;
  const out = emptyDetections(values.id.length, ndim, nChannels);
  out.t.set(values.t);
  out.label.set(values.label.map((label) => (Number.isInteger(label) && label > 0 ? label : 0)));
  if (ndim === 3) out.z.set(values.z.map((z) => (Number.isNaN(z) ? 0 : z)));
  out.y.set(values.y);
  out.x.set(values.x);
  out.size.set(values.size);
  out.radius.set(values.radius);
  out.prob.set(values.prob);
  out.border.set(values.border.map((border) => (border === 1 ? 1 : 0)));
  out.intensity.set(intensity);
  return out;
}

/** Seconds a frame, from the first row whose time is not 0. */
function findTimeStep({ values }: Rows<Float64Array>): number | undefined {
  const i = values.t.findIndex((t, k) => t > 0 && values.time[k] > 0);
  return i < 0 ? undefined : values.time[i] / values.t[i];
}

/**
 * Reads points: `id,t,x,y,z,radius,parent` by header name (z and radius optional, parent -1 or empty = none), with
 * comma, semicolon or tab; or our own `nodes.csv`.
 *
 * @throws `invalid-data` (exit 65) that names the row: a missing column, a cell that is no number, a duplicate id,
 *   an unknown parent, a parent that is not earlier
 */
export async function readPoints(path: string, options: ReadOptions = {}): Promise<Tracks> {
  const rows = await readRows(path);
  const read = toDetections(rows);
  const { source, target } = findParents(path, rows);
  const { detections, links, row, warnings } = arrange(read, plainLinks(source, target), {
    place: `csv: ${path}`,
    nameOf: (i) => `row ${rows.line[i]} (id ${rows.values.id[i]})`,
    strict: options.strict ?? false,
  });
  const timeStep = options.timeStep ?? findTimeStep(rows);
  return {
    format: 'csv',
    detections,
    links,
    ndim: detections.ndim,
    nFrames: countFrames(detections),
    unit: rows.header.unit,
    ...(timeStep === undefined ? {} : { timeStep }),
    ...(options.voxelSize === undefined ? {} : { voxelSize: options.voxelSize }),
    sourceId: reorder(rows.values.id, row),
    ...(hasMarks(rows.marks) ? { marks: moveMarks(rows.marks, row) } : {}),
    warnings,
  };
}

/** True for a text file whose header has the columns of points. */
export async function looksLikePoints(path: string): Promise<boolean> {
  if ((await kindOf(path)) !== 'file' || !/\.(csv|tsv|txt)$/i.test(path)) return false;
  const line = (await firstLine(path)).slice(0, 4096);
  const names = splitLine(line, separatorOf(line)).map((name) => name.trim().toLowerCase());
  return names.some((name) => NAMES.t.includes(name)) && names.some((name) => NAMES.x.includes(name));
}

/**
 * Writes points `id,t,x,y,z,radius,parent`; id is the row, parent -1 = none, an unknown radius is left empty.
 *
 * @param parent per row: row of the predecessor, -1 = none
 * @param marks what people said, a column for each of `kinds`
 */
export async function writePoints(
  path: string,
  detections: Pick<Detections, 'count' | 't' | 'z' | 'y' | 'x' | 'radius'>,
  parent: ArrayLike<number>,
  marks: ReturnType<typeof markTexts> | null = null,
): Promise<void> {
  const { count, t, z, y, x, radius } = detections;
  const kinds = marks?.kinds ?? [];
  const header = ['id', 't', 'x', 'y', 'z', 'radius', 'parent', ...kinds];
  const blocks = tableBlocks(header, count, (i) => {
    const texts = kinds.map((kind) => `,${textCell(marks!.texts[kind](i))}`).join('');
    return `${i},${t[i]},${fixed(x[i])},${fixed(y[i])},${fixed(z[i])},${fixed(radius[i])},${parent[i]}${texts}`;
  });
  await writeFileAtomic(path, ...blocks);
}
