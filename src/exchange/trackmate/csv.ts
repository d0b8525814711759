import { basename, dirname, extname, join } from 'node:path';
import { MorulaError } from '../../errors/index.ts';
import type { Lineage } from '../../lineage/types.ts';
import { assembleTracks, tableDetections } from '../assemble.ts';
import { textCell } from '../csv.ts';
import { indexIds } from '../idLinks.ts';
import { kindOf, namesIn } from '../input.ts';
import { emptyMarks, keepMark, markNotes, type RowMarks } from '../marks.ts';
import { headerOf, type NumberTable, readNumberTable, type TableRules } from '../numberTable.ts';
import { radiusNotes } from '../shortfalls.ts';
import { writeTextAtomic } from '../textFile.ts';
import type { ExportContext, Exported, ReadOptions, Tracks } from '../types.ts';
import {
  edgeFeatures,
  type Feature,
  findTracks,
  HELD_MARKS,
  inFrames,
  spotFeatures,
  spotNames,
  trackFeatures,
  type Units,
  unitSign,
  unitsOf,
} from './features.ts';
import { givenColour } from './relabel.ts';
import { lengthUnit, secondsIn, sizeFactor } from './units.ts';

type SpotKey =
  | 'id'
  | 'track'
  | 't'
  | 'z'
  | 'y'
  | 'x'
  | 'time'
  | 'radius'
  | 'quality'
  | 'area'
  | 'volume'
  | 'label'
  | 'colour';

const SPOTS: TableRules<SpotKey> = {
  format: 'trackmate-csv',
  columns: {
    id: ['id'],
    track: ['track_id'],
    t: ['frame'],
    z: ['position_z'],
    y: ['position_y'],
    x: ['position_x'],
    time: ['position_t'],
    radius: ['radius'],
    quality: ['quality'],
    area: ['area'],
    volume: ['volume'],
    label: ['mask_label'],
    colour: ['manual_spot_color'],
  },
  required: ['id', 't', 'y', 'x'],
  whole: ['id'],
  finite: ['z', 'y', 'x'],
  frame: 't',
  texts: ['label'],
  moreHeaders: true,
};

/** Names and colours of the spots; a name that the program gave itself is none. */
function marksOf({ texts, values }: NumberTable<SpotKey>): RowMarks {
  const marks = emptyMarks();
  for (const [row, name] of texts.get('label') ?? [])
    if (name !== `ID${values.id[row]}`) keepMark(marks, row, 'name', name);
  for (const [row, colour] of values.colour.entries()) keepMark(marks, row, 'colour', givenColour(colour));
  return marks;
}

const EDGES: TableRules<'source' | 'target' | 'cost' | 'prob'> = {
  format: 'trackmate-csv',
  columns: {
    source: ['spot_source_id'],
    target: ['spot_target_id'],
    cost: ['link_cost'],
    prob: ['link_probability'],
  },
  required: ['source', 'target'],
  whole: ['source', 'target'],
  finite: [],
  moreHeaders: true,
};

async function isSpotTable(path: string): Promise<boolean> {
  const names = await headerOf(path);
  return ['id', 'frame', 'position_x', 'position_y'].every((name) => names?.includes(name));
}

/** The table of spots: the path itself, or the one in the folder whose name ends in `spots.csv`; null = none. */
async function findSpots(path: string): Promise<string | null> {
  if ((await kindOf(path)) !== 'folder') return (await isSpotTable(path)) ? path : null;
  for (const name of await namesIn(path)) {
    if (/spots\.csv$/i.test(name) && (await isSpotTable(join(path, name)))) return join(path, name);
  }
  return null;
}

/** True for a table of spots of TrackMate, or a folder with one. */
export async function looksLikeTrackMateCsv(path: string): Promise<boolean> {
  return (await findSpots(path)) !== null;
}

/** The table of edges beside the spots, of the same name with `edges` for `spots`; null = none. */
async function findEdges(spots: string): Promise<string | null> {
  const name = basename(spots);
  const names = [name.replace(/(all)?spots/i, 'edges'), name.replace(/spots/i, 'Edges'), 'edges.csv'];
  for (const candidate of names) {
    const path = join(dirname(spots), candidate);
    if (candidate !== name && (await kindOf(path)) === 'file') return path;
  }
  return null;
}

interface Ends {
  source: Int32Array;
  target: Int32Array;
  cost?: Float32Array;
  prob?: Float32Array;
  warnings: string[];
}

/** Rows that the edges join, forward in time. */
async function readEdges(
  path: string,
  spots: NumberTable<SpotKey>,
  rowOf: ReadonlyMap<number, number>,
): Promise<Ends> {
  const edges = await readNumberTable(path, EDGES);
  const source = new Int32Array(edges.count);
  const target = new Int32Array(edges.count);
  for (let k = 0; k < edges.count; k++) {
    const [from, to] = [edges.values.source[k], edges.values.target[k]];
    const u = rowOf.get(from);
    const v = rowOf.get(to);
    if (u === undefined || v === undefined) {
      const message = `row ${edges.line[k]}: edge ${from} to ${to} must join spots, there is no spot ${u === undefined ? from : to}`;
      throw new MorulaError('invalid-data', `${edges.place}: ${message}`);
    }
    const back = spots.values.t[u] > spots.values.t[v];
    source[k] = back ? v : u;
    target[k] = back ? u : v;
  }
  const cost = Float32Array.from(edges.values.cost, (value) => (value === -1 ? Number.NaN : value));
  return { source, target, cost, prob: Float32Array.from(edges.values.prob), warnings: [] };
}

/** Links along tracks that have one spot a frame; others need their edges. */
function chainTracks({ place, count, values }: NumberTable<SpotKey>): Ends {
  const order = Int32Array.from({ length: count }, (_, i) => i).filter((i) => values.track[i] >= 0);
  order.sort((a, b) => values.track[a] - values.track[b] || values.t[a] - values.t[b] || a - b);
  const branched = new Set<number>();
  const pairs: [number, number][] = [];
  for (let k = 1; k < order.length; k++) {
    const [a, b] = [order[k - 1], order[k]];
    if (values.track[a] !== values.track[b]) continue;
    if (values.t[a] === values.t[b]) branched.add(values.track[a]);
    pairs.push([a, b]);
  }
  const kept = pairs.filter(([a]) => !branched.has(values.track[a]));
  const warnings = [`${place}: no table of edges beside it, spots are linked along their tracks`];
  if (branched.size > 0) {
    warnings.push(
      `${place}: tracks with two spots in a frame: ${branched.size}; without edges their links are not known`,
    );
  }
  return {
    source: Int32Array.from(kept, ([a]) => a),
    target: Int32Array.from(kept, ([, b]) => b),
    warnings,
  };
}

/** Seconds a frame, where the table has times and their unit. */
function findTimeStep({ values, count, unitOf }: NumberTable<SpotKey>): number | undefined {
  const seconds = secondsIn(unitOf('time').replace(/[()]/g, ''));
  for (let i = 0; i < count && seconds !== undefined; i++) {
    if (values.t[i] > 0 && values.time[i] > 0) return (values.time[i] / values.t[i]) * seconds;
  }
  return undefined;
}

/**
 * Reads the tables that TrackMate exports: spots (one or four lines of header, columns by name, in any order), and the
 * edges beside them (`spots` in the name replaced by `edges`). Without edges, spots are linked along tracks that have
 * one spot a frame.
 *
 * @throws `not-found`, `invalid-data` (exit 65) that names the row
 */
export async function readTrackMateCsv(path: string, options: ReadOptions = {}): Promise<Tracks> {
  const file = (await findSpots(path)) ?? path;
  const table = await readNumberTable(file, SPOTS);
  const { place, line, values } = table;
  const nameOf = (i: number): string => `row ${line[i]} (spot ${values.id[i]})`;
  const scale = lengthUnit(table.unitOf('x').replace(/[()]/g, ''), options.voxelSize);
  const detections = tableDetections(table, scale.factors);
  detections.radius.set(values.radius.map((radius) => radius * scale.factors[2]));
  const size = detections.ndim === 3 ? values.volume : values.area;
  detections.size.set(size.map((value) => value * sizeFactor(scale, detections.ndim)));
  detections.label.set(values.label.map((label) => (Number.isInteger(label) && label > 0 ? label : 0)));
  const isProb = values.quality.every((q) => Number.isNaN(q) || q === -1 || (q >= 0 && q <= 1));
  if (isProb) detections.prob.set(values.quality.map((q) => (q === -1 ? Number.NaN : q)));
  const rowOf = indexIds({ place, ids: values.id, nameOf });
  const edges = await findEdges(file);
  const ends = edges === null ? chainTracks(table) : await readEdges(edges, table, rowOf);
  const timeStep = options.timeStep ?? findTimeStep(table);
  const tracks = assembleTracks(
    {
      ...{
        format: 'trackmate-csv',
        place,
        detections,
        ...ends,
        sourceId: values.id,
        unit: scale.unit,
        nameOf,
      },
      marks: marksOf(table),
    },
    { ...options, ...(timeStep === undefined ? {} : { timeStep }) },
  );
  tracks.warnings.push(...ends.warnings);
  if (!isProb) tracks.warnings.push(`${place}: QUALITY is no probability between 0 and 1, it is left out`);
  return tracks;
}

/** TrackMate's sign for no value. */
const NO_VALUE = 'ø';

/** A table with four lines of header: keys, names, short names, units. */
function* tableOf<R>(features: readonly Feature<R>[], rows: Iterable<R>, units: Units): Generator<string> {
  for (const line of [
    features.map(({ key }) => key),
    features.map(({ name }) => name),
    features.map(({ short }) => short),
    features.map((feature) => unitSign(feature, units)),
  ]) {
    yield `${line.map(textCell).join(',')}\n`;
  }
  for (const row of rows) yield `${features.map((feature) => feature.text(row) || NO_VALUE).join(',')}\n`;
}

/** A column of names or numbers that is a feature only in tables. */
function column<R>(key: string, name: string, text: (row: R) => string): Feature<R> {
  return { key, name, short: name, dimension: 'NONE', whole: false, text };
}

function* range(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

/**
 * Writes the three tables of TrackMate, spots as version 8 has them: micrometres and seconds (pixels and frames where
 * those are not known), no value = ø. `path` is a folder for `spots.csv`, `edges.csv`, `tracks.csv`; where it ends in `.csv`, the tables are
 * `<name>-spots.csv` and so on. A track is a lineage with a link; ID is the row of a detection.
 */
export async function writeTrackMateCsv(
  path: string,
  lineage: Lineage,
  given: ExportContext,
): Promise<Exported> {
  const units = unitsOf(given);
  const context = inFrames(given);
  const { detections: d } = lineage;
  const { tracks, trackOf } = findTracks(lineage);
  const { features, madeUp } = spotFeatures(lineage, context);
  const nameOf = spotNames(lineage, context.marks);
  const trackId = (row: number): string => (trackOf[row] < 0 ? '' : String(trackOf[row]));
  const spots: Feature<number>[] = [
    column('ID', 'ID', String),
    column('LABEL', 'Label', (i) => textCell(nameOf(i, i))),
    column('TRACK_ID', 'Track ID', trackId),
    column('TRACK_NAME', 'Track name', (i) => (trackOf[i] < 0 ? '' : `Track_${trackOf[i]}`)),
    column('TRACK_VISIBLE', 'Track visibility', (i) => (trackOf[i] < 0 ? '0' : '1')),
    ...features,
  ];
  const edges = [
    column<{ link: number; track: number }>('LABEL', 'Label', ({ link }) => {
      return `ID${lineage.links.source[link]} → ID${lineage.links.target[link]}`;
    }),
    column<{ link: number; track: number }>('TRACK_ID', 'Track ID', ({ track }) => String(track)),
    ...edgeFeatures(lineage, context, (row) => row),
  ];
  const named = column<(typeof tracks)[number]>('LABEL', 'Label', ({ id }) => `Track_${id}`);
  const edgeRows = tracks.flatMap(({ id, links }) => links.map((link) => ({ link, track: id })));
  const base = extname(path).toLowerCase() === '.csv' ? `${path.slice(0, -4)}-` : join(path, '/');
  const paths = ['spots', 'edges', 'tracks'].map((name) => `${base}${name}.csv`);
  await writeTextAtomic(paths[0], tableOf(spots, range(d.count), units));
  await writeTextAtomic(paths[1], tableOf(edges, edgeRows, units));
  await writeTextAtomic(paths[2], tableOf([named, ...trackFeatures(lineage, context)], tracks, units));
  const lost = markNotes('trackmate-csv', context.marks, HELD_MARKS);
  return { paths, notes: [...radiusNotes('trackmate-csv', madeUp), ...lost] };
}
