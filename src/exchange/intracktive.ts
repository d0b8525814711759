import { MorulaError } from '../errors/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { assembleTracks, tableDetections } from './assemble.ts';
import { countFrames } from './build.ts';
import { fixed, significant } from './csv.ts';
import { markNotes } from './marks.ts';
import { headerOf, type NumberTable, readNumberTable, type TableRules } from './numberTable.ts';
import { measureNotes, scaleNotes } from './shortfalls.ts';
import { writeTextAtomic } from './textFile.ts';
import { linkTracks, orderTracks } from './trackLinks.ts';
import type { ExportContext, Exported, ReadOptions, Tracks } from './types.ts';

type Key = 'track' | 't' | 'z' | 'y' | 'x' | 'parent' | 'radius' | 'prob' | 'label' | 'size';

const RULES: TableRules<Key> = {
  format: 'intracktive',
  columns: {
    track: ['track_id'],
    t: ['t'],
    z: ['z'],
    y: ['y'],
    x: ['x'],
    parent: ['parent_track_id'],
    radius: ['radius'],
    prob: ['prob'],
    label: ['label'],
    size: ['area', 'volume'],
  },
  required: ['track', 't', 'y', 'x', 'parent'],
  whole: ['track'],
  finite: ['z', 'y', 'x'],
  frame: 't',
};

/** True for a table with the columns of inTRACKtive. */
export async function looksLikeIntracktive(path: string): Promise<boolean> {
  const names = await headerOf(path);
  if (names === null) return false;
  return RULES.required.every((key) => names.some((name) => RULES.columns[key].includes(name)));
}

/** Pairs (child, parent), once a track; all rows of a track must agree. */
function parentsOf(
  table: NumberTable<Key>,
  order: Int32Array,
  nameOf: (i: number) => string,
): [number, number][] {
  const { track, parent } = table.values;
  const pairs: [number, number][] = [];
  const none = (value: number): number => (Number.isNaN(value) ? -1 : value);
  for (let k = 0; k < order.length; k++) {
    const row = order[k];
    const value = none(parent[row]);
    if (k === 0 || track[order[k - 1]] !== track[row]) {
      if (value !== -1) pairs.push([track[row], value]);
      continue;
    }
    const before = none(parent[order[k - 1]]);
    if (before === value) continue;
    const message = `${nameOf(row)}: parent_track_id must be one in all rows of a track, got ${value} after ${before}`;
    throw new MorulaError('invalid-data', `${table.place}: ${message}`);
  }
  return pairs;
}

/**
 * Reads a table of inTRACKtive: `track_id,t,(z),y,x,parent_track_id`, -1 = none; radius, prob, label and area or volume
 * where they are there. A track that is the only child of the one before goes on from it, as `writeIntracktive` splits.
 *
 * @throws `invalid-data` (exit 65) that names the row
 */
export async function readIntracktive(path: string, options: ReadOptions = {}): Promise<Tracks> {
  const table = await readNumberTable(path, RULES);
  const { place, count, line, values } = table;
  const nameOf = (i: number): string => `row ${line[i]} (track ${values.track[i]})`;
  const rows = { place, count, track: values.track, t: values.t, nameOf };
  const order = orderTracks(rows);
  const detections = tableDetections(table);
  detections.radius.set(values.radius);
  detections.size.set(values.size);
  if (values.prob.every((prob) => !(prob < 0 || prob > 1))) detections.prob.set(values.prob);
  detections.label.set(values.label.map((label) => (Number.isInteger(label) && label > 0 ? label : 0)));
  const links = linkTracks(rows, order, parentsOf(table, order, nameOf));
  return assembleTracks(
    { format: 'intracktive', place, detections, ...links, sourceId: values.track, unit: 'unknown', nameOf },
    options,
  );
}

/** Tracks without a gap: a tracklet is cut where it misses a frame. */
interface Pieces {
  /** Per node: number of its track, from 1. */
  trackOf: Int32Array;
  /** Per track, index = number - 1: number of its parent, -1 = none. */
  parent: number[];
  nSplit: number;
}

function cutPieces({ detections: { t, count }, tracklet, tracklets, parent }: Lineage): Pieces {
  const trackOf = new Int32Array(count);
  const parents: number[] = new Array(tracklets.count).fill(-1);
  const open = Int32Array.from({ length: tracklets.count + 1 }, (_, k) => k);
  for (let i = 0; i < count; i++) {
    const number = tracklet[i];
    const before = parent[i];
    if (before >= 0 && tracklet[before] !== number) parents[number - 1] = trackOf[before];
    else if (before >= 0 && t[i] - t[before] > 1) {
      parents.push(open[number]);
      open[number] = parents.length;
    }
    trackOf[i] = open[number];
  }
  return { trackOf, parent: parents, nSplit: parents.length - tracklets.count };
}

/** Columns besides track, place and parent: name and text of a row. Those without any value are left out. */
function extraColumns({ detections: d }: Lineage): [string, (i: number) => string][] {
  const some = (values: ArrayLike<number>): boolean => Array.prototype.some.call(values, Number.isFinite);
  const columns: [string, (i: number) => string, boolean][] = [
    ['radius', (i) => fixed(d.radius[i]), some(d.radius)],
    ['prob', (i) => fixed(d.prob[i]), some(d.prob)],
    ['label', (i) => (d.label[i] > 0 ? String(d.label[i]) : ''), d.label.some((label) => label > 0)],
    [d.ndim === 3 ? 'volume' : 'area', (i) => fixed(d.size[i]), some(d.size)],
  ];
  for (let c = 0; c < d.nChannels; c++) {
    columns.push([`mean_intensity_c${c}`, (i) => significant(d.intensity[i * d.nChannels + c]), true]);
  }
  return columns.filter(([, , there]) => there).map(([name, text]) => [name, text]);
}

function* tableOf(lineage: Lineage, { trackOf, parent }: Pieces): Generator<string> {
  const { detections: d } = lineage;
  const extra = extraColumns(lineage);
  yield `${['track_id', 't', 'z', 'y', 'x', 'parent_track_id', ...extra.map(([name]) => name)].join(',')}\n`;
  const order = Int32Array.from({ length: d.count }, (_, i) => i);
  order.sort((a, b) => trackOf[a] - trackOf[b] || a - b);
  for (const i of order) {
    const place = `${fixed(d.z[i])},${fixed(d.y[i])},${fixed(d.x[i])}`;
    const measures = extra.map(([, text]) => `,${text(i)}`).join('');
    yield `${trackOf[i]},${d.t[i]},${place},${parent[trackOf[i] - 1]}${measures}\n`;
  }
}

/** Frames below the last one in which no cell is. */
function countEmptyFrames(lineage: Lineage): number {
  return countFrames(lineage.detections) - new Set(lineage.detections.t).size;
}

/**
 * Writes a table for inTRACKtive: `track_id,t,z,y,x,parent_track_id` and measures as further columns, micrometres,
 * track = tracklet number. Its tracks have no gaps: a tracklet is split where it misses a frame, and the rest is the
 * only child of the part before, so that no position is made up.
 */
export async function writeIntracktive(
  path: string,
  lineage: Lineage,
  context: ExportContext,
): Promise<Exported> {
  const { marks } = context;
  const pieces = cutPieces(lineage);
  await writeTextAtomic(path, tableOf(lineage, pieces));
  const notes: string[] = [];
  if (pieces.nSplit > 0) {
    notes.push(
      `intracktive: tracks split at gaps: ${pieces.nSplit}; each rest is the only child of the part before`,
    );
  }
  const empty = countEmptyFrames(lineage);
  if (empty > 0) notes.push(`intracktive: frames without a cell: ${empty}; the viewer expects none`);
  const held = ['label', 'radius', 'prob', 'size', 'intensity'] as const;
  notes.push(...scaleNotes('intracktive', context, lineage.detections, 'micrometres'));
  notes.push(...measureNotes('intracktive', lineage, held), ...markNotes('intracktive', marks, []));
  return { paths: [path], notes };
}
