import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MorulaError } from '../errors/index.ts';
import { type CellMarks, trackletNodes } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { assembleTracks, tableDetections } from './assemble.ts';
import { fixed, textCell } from './csv.ts';
import { kindOf, readWhole } from './input.ts';
import { emptyMarks, keepMark, markNotes, type RowMarks } from './marks.ts';
import { headerOf, readNumberTable, shown, type TableRules } from './numberTable.ts';
import { measureNotes } from './shortfalls.ts';
import { writeTextAtomic } from './textFile.ts';
import { linkTracks, orderTracks } from './trackLinks.ts';
import type { ExportContext, Exported, ReadOptions, Tracks } from './types.ts';

const RULES: TableRules<'id' | 't' | 'z' | 'y' | 'x'> = {
  format: 'napari',
  columns: { id: ['id', 'track_id'], t: ['t'], z: ['z'], y: ['y'], x: ['x'] },
  required: ['id', 't', 'y', 'x'],
  whole: ['id'],
  finite: ['z', 'y', 'x'],
  frame: 't',
};

/** Where the graph of a table lies: `<name>-graph.json` beside `<name>.csv`. */
const graphPath = (path: string): string => `${path.replace(/\.csv$/i, '')}-graph.json`;

/** Where the names of tracks lie, where somebody gave some: `<name>-names.csv` beside `<name>.csv`. */
const namesPath = (path: string): string => `${path.replace(/\.csv$/i, '')}-names.csv`;

const NAME_RULES: TableRules<'id'> = {
  format: 'napari',
  columns: { id: ['id'] },
  required: ['id'],
  whole: ['id'],
  finite: [],
  texts: ['name', 'colour'],
};

/** Names and colours of the tracks, at their first rows. */
async function readNames(path: string, track: Float64Array, order: Int32Array): Promise<RowMarks> {
  const marks = emptyMarks();
  if ((await kindOf(namesPath(path))) !== 'file') return marks;
  const { texts, values } = await readNumberTable(namesPath(path), NAME_RULES);
  const firstOf = new Map<number, number>();
  for (const row of order.toReversed()) firstOf.set(track[row], row);
  for (const kind of ['name', 'colour'] as const)
    for (const [line, text] of texts.get(kind) ?? []) {
      const row = firstOf.get(values.id[line]);
      if (row !== undefined) keepMark(marks, row, kind, text);
    }
  return marks;
}

/** A row for every track with a name or a colour. */
function* namesOf(lineage: Lineage, { names, colours }: CellMarks): Generator<string> {
  yield 'ID,name,colour\n';
  for (let id = 1; id <= lineage.tracklets.count; id++) {
    if (!names.has(id) && !colours.has(id)) continue;
    yield `${id},${textCell(names.get(id) ?? '')},${colours.get(id) ?? ''}\n`;
  }
}

/** True for a table whose header is exactly that of napari's tracks: ID, T, (Z), Y, X in this order. */
export async function looksLikeNapari(path: string): Promise<boolean> {
  const names = (await headerOf(path))?.join(' ');
  return names === 'id t y x' || names === 'id t z y x';
}

/** The pairs (child, parent) of a graph file. */
async function readGraph(path: string): Promise<[number, number][]> {
  const bad = (message: string): never => {
    throw new MorulaError('invalid-data', `napari: ${path}: ${message}`);
  };
  let graph: unknown;
  try {
    graph = JSON.parse(await readWhole(path));
  } catch (error) {
    if (error instanceof SyntaxError)
      bad(`must be JSON, found: ${error.message.slice(0, 200).replaceAll(/\s+/g, ' ')}`);
    throw error;
  }
  if (typeof graph !== 'object' || graph === null || Array.isArray(graph)) {
    return bad('must be an object of {child: [parents]}');
  }
  const pairs: [number, number][] = [];
  for (const [key, value] of Object.entries(graph)) {
    const parents: unknown[] = Array.isArray(value) ? value : [value];
    if (!/^-?\d+$/.test(key)) bad(`a child must be the number of a track, got ${shown(key)}`);
    for (const parent of parents) {
      if (!Number.isSafeInteger(parent)) {
        bad(
          `the parents of track ${key} must be numbers of tracks, got ${shown(JSON.stringify(parent) ?? '')}`,
        );
      }
      pairs.push([Number(key), Number(parent)]);
    }
    if (parents.length > 1) {
      bad(`track ${key} must have one parent at most, found ${parents.length}; merges cannot be read`);
    }
  }
  return pairs;
}

/**
 * Reads napari tracks: a table ID, T, (Z), Y, X and the graph `{child: [parents]}` beside it (`<name>-graph.json` or
 * `graph.json`), and names and colours of tracks (`<name>-names.csv`) as `writeNapari` leaves them. Positions are pixels,
 * micrometres where a voxel size is given.
 *
 * @throws `invalid-data` (exit 65) that names the row or the track
 */
export async function readNapari(path: string, options: ReadOptions = {}): Promise<Tracks> {
  const table = await readNumberTable(path, RULES);
  const { place, count, line } = table;
  const { id, t } = table.values;
  const nameOf = (i: number): string => `row ${line[i]} (track ${id[i]})`;
  const rows = { place, count, track: id, t, nameOf };
  const order = orderTracks(rows);
  const graphs = [graphPath(path), join(dirname(path), 'graph.json')];
  const kinds = await Promise.all(graphs.map(kindOf));
  const graph = graphs[kinds.indexOf('file')];
  const pairs = graph === undefined ? [] : await readGraph(graph);
  const tracks = assembleTracks(
    {
      ...{ format: 'napari', place, nameOf, sourceId: id },
      detections: tableDetections(table, options.voxelSize),
      ...linkTracks(rows, order, pairs),
      unit: options.voxelSize ? 'micrometer' : 'pixel',
      marks: await readNames(path, id, order),
    },
    options,
  );
  if (graph === undefined) {
    tracks.warnings.push(`${place}: no graph beside it (${basename(graphs[0])}), divisions are not known`);
  }
  return tracks;
}

function* tableOf(lineage: Lineage, { voxelSize }: ExportContext): Generator<string> {
  const { detections: d, tracklets } = lineage;
  yield d.ndim === 3 ? 'ID,T,Z,Y,X\n' : 'ID,T,Y,X\n';
  const [dz, dy, dx] = voxelSize;
  for (let id = 1; id <= tracklets.count; id++) {
    for (const i of trackletNodes(lineage, id)) {
      const z = d.ndim === 3 ? `${fixed(d.z[i] / dz)},` : '';
      yield `${id},${d.t[i]},${z}${fixed(d.y[i] / dy)},${fixed(d.x[i] / dx)}\n`;
    }
  }
}

/** `{child: [parent]}`, children in order. */
function graphOf({ tracklets }: Lineage): string {
  const lines: string[] = [];
  for (let k = 0; k < tracklets.count; k++) {
    if (tracklets.parent[k] > 0) lines.push(`  "${k + 1}": [${tracklets.parent[k]}]`);
  }
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}

/**
 * Writes napari tracks: `path` with one row a detection, ID = tracklet number, sorted by (ID, T), positions in pixels;
 * and the graph `<name>-graph.json`, whose keys napari wants as numbers; where people named or coloured cells,
 * `<name>-names.csv` with a row for each of their tracks. Gaps are kept as they are.
 *
 * Source: napari, Tracks layer: data of shape `N x (ID, T, (Z), Y, X)`, graph `{child: [parents]}`.
 */
export async function writeNapari(path: string, lineage: Lineage, context: ExportContext): Promise<Exported> {
  const { detections } = lineage;
  const scale = [1, ...context.voxelSize.slice(detections.ndim === 3 ? 0 : 1)].join(', ');
  const { marks, voxelSizeKnown = true, timeStep } = context;
  const named = marks !== undefined && marks.names.size + marks.colours.size > 0;
  if (named) await writeTextAtomic(namesPath(path), namesOf(lineage, marks));
  else await rm(namesPath(path), { force: true });
  await writeTextAtomic(graphPath(path), [graphOf(lineage)]);
  await writeTextAtomic(path, tableOf(lineage, context));
  return {
    paths: [path, graphPath(path), ...(named ? [namesPath(path)] : [])],
    notes: [
      ...(voxelSizeKnown
        ? [`napari: positions are in pixels; give the layer scale=(${scale}) for micrometres`]
        : []),
      ...(timeStep > 0 ? [`napari: times are in frames of ${timeStep} s`] : []),
      ...measureNotes('napari', lineage, []),
      ...markNotes('napari', marks, ['name', 'colour']),
    ],
  };
}
