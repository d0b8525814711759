import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scores } from '../../src/score/index.ts';
import { type Context, interpreter, jsonOf, morula, script } from './context.ts';
import { measure } from './measure.ts';

/** A file of ours that another program reads and writes again. */
interface Trip {
  /** Check of `trips.py`. */
  check: string;
  format: 'geff' | 'trackmate' | 'napari';
  back: string;
  /** What comes back, by the columns of nodes.csv, and what the other program drops. */
  kept: readonly string[];
}

const PLACE = ['frame', 'y_um', 'x_um'];

const TRIPS: readonly Trip[] = [
  {
    check: 'funtracks',
    format: 'geff',
    back: 'back.geff',
    kept: [...PLACE, 'label', 'radius_um', 'area_um2'],
  },
  { check: 'funtracks-csv', format: 'geff', back: 'back.csv', kept: PLACE },
  {
    check: 'pycellin',
    format: 'trackmate',
    back: 'back.xml',
    kept: [...PLACE, 'time_s', 'label', 'radius_um', 'area_um2'],
  },
  { check: 'pycellin-geff', format: 'geff', back: 'back.geff', kept: [...PLACE, 'label', 'radius_um'] },
  {
    check: 'geff-trackmate',
    format: 'trackmate',
    back: 'back.geff',
    kept: [...PLACE, 'time_s', 'radius_um'],
  },
  { check: 'napari', format: 'napari', back: 'back.csv', kept: [...PLACE, 'time_s'] },
];

/** Positions of tables are rounded to 4 digits, those of napari in pixels. */
const ROUNDING = 2.1e-4;

/**
 * Files of a result with masks to another program and back: whether the same lineage comes back, and the same values.
 *
 * @param result of a movie with masks, scales known; its GEFF lies beside them
 * @param expected nodes and links, as the other program must count them
 * @param note one verdict: null = as it must be, else what is wrong
 */
export async function makeTrips(
  context: Context,
  result: string,
  expected: { nodes: number; links: number },
  note: (file: string, check: string, verdict: string | null) => void,
): Promise<void> {
  const python = interpreter(context, 'trips');
  if (python === null) return;
  const before = tableOf(result);
  for (const { check, format, back, kept } of TRIPS) {
    const folder = join(context.work, `trip-${check}`);
    const made = join(folder, { geff: '', trackmate: 'out.xml', napari: 'out.csv' }[format]);
    if (format !== 'geff')
      jsonOf(await morula(context, ['export', result, '--format', format, '-o', made, '--json', '--quiet']));
    const source = format === 'geff' ? join(result, 'tracks.geff') : made;
    const target = `${folder}-${back}`;
    const run = await measure(python, [script('trips.py'), check, source, target], context.limits);
    const title = `our ${format}, there and back`;
    if (run.ended !== 'done') {
      note(title, check, `${run.ended}: ${run.complaint}`);
      continue;
    }
    const seen = JSON.parse(run.stdout.trim().split('\n').at(-1)!) as Record<string, number>;
    const wrong = (['nodes', 'links'] as const).filter((key) => seen[key] !== expected[key]);
    note(
      title,
      check,
      wrong.length > 0
        ? wrong.map((key) => `${key} must be ${expected[key]}, it saw ${seen[key]}`).join('; ')
        : await comesBack(context, target, result, before, kept),
    );
  }
}

async function comesBack(
  context: Context,
  path: string,
  result: string,
  before: Table,
  kept: readonly string[],
): Promise<string | null> {
  const again = `${path}.morula`;
  const scale = ['--pixel-size', '1,0.5,0.5', '--time-step', '60'];
  const read = await morula(context, ['import', path, '-o', again, ...scale, '--json', '--quiet']);
  if (read.ended !== 'done') return `${read.ended}: ${read.complaint}`;
  const score = ['score', again, '--truth', result, '--json', '--quiet'];
  const { DET, LNK } = jsonOf<Scores>(await morula(context, score));
  if (DET !== 1 || LNK !== 1) return `must be the same lineage, found DET ${DET}, LNK ${LNK}`;
  const after = tableOf(again);
  const changed = kept.filter((name) => differ(before, after, name));
  return changed.length === 0 ? null : `other values in ${changed.join(', ')}`;
}

/** Columns of numbers by name, rows by frame and place; empty cells are NaN. */
type Table = Map<string, number[]>;

function tableOf(result: string): Table {
  const [head = '', ...lines] = readFileSync(join(result, 'tables/nodes.csv'), 'utf8').trim().split('\n');
  const names = head.split(',');
  const rows = lines.map((line) => line.split(',').map((cell) => (cell === '' ? Number.NaN : Number(cell))));
  const [t, x, y] = ['frame', 'x_um', 'y_um'].map((name) => names.indexOf(name)) as [number, number, number];
  rows.sort((a, b) => a[t]! - b[t]! || a[x]! - b[x]! || a[y]! - b[y]!);
  return new Map(names.map((name, k) => [name, rows.map((row) => row[k]!)]));
}

function differ(before: Table, after: Table, name: string): boolean {
  const [a, b] = [before.get(name) ?? [], after.get(name) ?? []];
  return a.length !== b.length || a.some((value, i) => !(Math.abs(value - b[i]!) < ROUNDING));
}
