import { takeRows } from '../array/index.ts';
import type { LinkOptions, LinkResult } from '../link/types.ts';
import type { Movie } from '../read/index.ts';
import type { Detections, LabelImage } from '../segment/types.ts';
import {
  type BlockSharing,
  drawRuns,
  loadWeak,
  type Rescued,
  type RunFile,
  readLabels,
  readMarkers,
  type WeakTable,
  withoutRescued,
} from '../store/index.ts';
import { type Runs, sizeOf } from './edit/runs.ts';
import { candidateRuns, free, type Measured, measure } from './edit/shapes.ts';
import { linkApart } from './linkApart.ts';
import type { Hooks } from './progress.ts';
import { openSameMovie } from './sameMovie.ts';

/** Candidates below the threshold of all frames as the linker takes them, and the place of each in its frame's table. */
interface WeakRows {
  detections: Detections;
  index: Int32Array;
}

/** What linking gave; `rescued` null where no candidate became a cell. */
export interface Rescuing {
  found: LinkResult;
  detections: Detections;
  rescued: Rescued | null;
}

/** Pixels of one rescued cell, and what is under them. */
interface Drawn {
  row: number;
  runs: Runs;
  z: number;
  y: number;
  x: number;
  size: number;
  radius: number;
  border: 0 | 1;
  intensity: readonly (number | null)[];
}

/**
 * Links the detections of a result where candidates below the threshold may become cells, and gives these their pixels:
 * on background only, better candidates first. One that would be left without a pixel is no candidate, and the movie is
 * linked again without it.
 *
 * @param segmented the detections, none rescued
 * @param sharing as of `linkApart`
 */
export async function linkRescuing(
  folder: string,
  run: RunFile,
  segmented: Detections,
  options: LinkOptions,
  hooks: Hooks = {},
  scorer?: string,
  sharing: BlockSharing | null = null,
): Promise<Rescuing> {
  let weak = await loadWeakRows(folder, run);
  const movie = await openAgain(folder, run);
  try {
    for (;;) {
      const given = weak.index.length === 0 ? options : { ...options, weak: weak.detections };
      const found = await linkApart(segmented, given, hooks, undefined, scorer, sharing);
      if (found.rescued === null) return { found, detections: found.detections, rescued: null };
      const { drawn, hidden } = await drawAll(folder, run, movie, found, weak, hooks);
      if (hidden.size === 0) return { found, ...settle(found, drawn) };
      weak = keepRows(weak, (row) => !hidden.has(row));
    }
  } finally {
    await movie?.close();
  }
}

/** The movie, for intensities; null where it is not there any more. */
async function openAgain(folder: string, run: RunFile): Promise<Movie | null> {
  if (run.movie.path === null) return null;
  const masked = (await readMarkers(folder, run)).some((marker) => marker.masked !== undefined);
  const rule = masked ? { badChunks: 'mask' as const } : {};
  return openSameMovie(run, rule).catch(() => null);
}

async function loadWeakRows(folder: string, run: RunFile): Promise<WeakRows> {
  const rows: { t: number; index: number; table: WeakTable }[] = [];
  const { ndim, nFrames } = run.movie;
  for (let t = 0; t < nFrames; t++) {
    const table = await loadWeak(folder, run, t);
    if (table === null) continue;
    for (let index = 0; index < table.count; index++) rows.push({ t, index, table });
  }
  const column = (name: 'z' | 'y' | 'x' | 'radius'): Float64Array =>
    Float64Array.from(rows, ({ table, index }) => table[name][index]);
  const radius = column('radius');
  return {
    index: Int32Array.from(rows, ({ index }) => index),
    detections: {
      count: rows.length,
      ndim,
      t: Int32Array.from(rows, ({ t }) => t),
      label: new Uint32Array(rows.length),
      z: column('z'),
      y: column('y'),
      x: column('x'),
      size: radius.map((r) => (ndim === 2 ? Math.PI * r * r : (4 / 3) * Math.PI * r ** 3)),
      radius,
      prob: Float32Array.from(rows, ({ table, index }) => table.prob[index]),
      border: new Uint8Array(rows.length),
      intensity: new Float32Array(0),
      nChannels: 0,
    },
  };
}

function keepRows({ detections, index }: WeakRows, keep: (row: number) => boolean): WeakRows {
  const kept = Array.from(index.keys()).filter(keep);
  return { index: Int32Array.from(kept, (row) => index[row]), detections: takeRows(detections, kept) };
}

/** Draws every rescued cell; `hidden`: rows of the candidates that have no free pixel. */
async function drawAll(
  folder: string,
  run: RunFile,
  movie: Movie | null,
  { detections, rescued }: LinkResult,
  weak: WeakRows,
  hooks: Hooks,
): Promise<{ drawn: Drawn[]; hidden: Set<number> }> {
  const markers = await readMarkers(folder, run);
  const from = rescued as Int32Array;
  const drawn: Drawn[] = [];
  const hidden = new Set<number>();
  let frame = -1;
  let image: LabelImage = { data: new Uint32Array(0), shape: [0, 0] };
  let table: WeakTable | null = null;
  let source: Measured = { run, movie: null, state: { base: { detections } } };
  for (let row = 0; row < from.length; row++) {
    if (from[row] < 0) continue;
    const t = detections.t[row];
    if (t !== frame) {
      hooks.signal?.throwIfAborted();
      frame = t;
      table = await loadWeak(folder, run, t);
      const { data, shape } = withoutRescued(await readLabels(folder, t), markers[t]);
      image = { data: data.slice(), shape };
      source = { ...source, movie: movie === null ? null : oneFrame(movie) };
    }
    const shape = candidateRuns(table, weak.index[from[row]], sizeOf(image), run.movie);
    const runs = free(shape, image, new Set([0]));
    if (runs.length === 0) {
      hidden.add(from[row]);
      continue;
    }
    const { z, y, x, size, radius, border, intensity } = await measure(source, t, runs, image, null);
    drawRuns(image, runs, detections.label[row]);
    drawn.push({ row, runs, z, y, x, size: size as number, radius: radius as number, border, intensity });
  }
  return { drawn, hidden };
}

/** A movie of which each channel's frame is read once; for one frame. */
function oneFrame(movie: Movie): Measured['movie'] {
  const read = new Map<number, ReturnType<Movie['readFrame']>>();
  return {
    info: movie.info,
    readFrame(t, channel = 0) {
      const known = read.get(channel) ?? movie.readFrame(t, channel);
      read.set(channel, known);
      return known;
    },
  };
}

/** The detections with what was measured under the rescued ones, and these by themselves. */
function settle(
  { detections }: LinkResult,
  drawn: readonly Drawn[],
): { detections: Detections; rescued: Rescued } {
  const all = { ...detections, rescued: new Uint8Array(detections.count) };
  const { nChannels } = all;
  for (const cell of drawn) {
    all.rescued[cell.row] = 1;
    for (const name of ['z', 'y', 'x', 'size', 'radius', 'border'] as const) all[name][cell.row] = cell[name];
    for (let c = 0; c < nChannels; c++)
      all.intensity[cell.row * nChannels + c] = cell.intensity[c] ?? Number.NaN;
  }
  const rows = drawn.map(({ row }) => row);
  return {
    detections: all,
    rescued: { detections: takeRows(all, rows), runs: drawn.map(({ runs }) => runs) },
  };
}
