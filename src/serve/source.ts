import type { NdArray } from '../array/index.ts';
import { encodeColumns } from '../codec/columns.ts';
import { MorulaError } from '../errors/index.ts';
import { findDivisions, measureTracklets, tallyFrames } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import type { Certainty } from '../link/types.ts';
import { type Movie, openMovie } from '../read/index.ts';
import {
  loadLineage,
  loadWeak,
  openResult,
  type RunFile,
  readFindings,
  readLabels,
  type WeakTable,
} from '../store/index.ts';

/** Everything that the routes read from. */
export interface ViewSource {
  run: RunFile;
  /** Why there are no pixels to show, or null. */
  imageProblem: string | null;
  /** A table as bytes of `codec/columns`. */
  table(name: TableName): Uint8Array;
  /** One channel's plane `[y, x]`; `z` = 'max' projects. */
  plane(t: number, channel: number, z: number | 'max'): Promise<NdArray>;
  /** Label plane `[y, x]`; `z` = 'max' takes the label that is nearest to the viewer (smallest z). */
  labels(t: number, z: number | 'max'): Promise<NdArray<Uint32Array>>;
  /** Candidates below the threshold of one frame, as bytes of `codec/columns`; none for what has none. */
  weak(t: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export const TABLES = ['nodes', 'tracklets', 'divisions', 'counts', 'certainty'] as const;
export type TableName = (typeof TABLES)[number];

/** Opens a result and, where it can be found, its movie. */
export async function openSource(folder: string): Promise<ViewSource> {
  const run = await openResult(folder);
  const lineage = await loadLineage(folder, run);
  const { certainty } = await readFindings(folder);
  const { movie, problem } = await findMovie(run);
  const cache = new Map<TableName, Uint8Array>();
  return {
    run,
    imageProblem: problem,
    table(name) {
      const bytes =
        (cache.get(name) ?? name === 'certainty')
          ? encodeCertainty(lineage, certainty)
          : encodeTable(name, lineage, run);
      cache.set(name, bytes);
      return bytes;
    },
    async plane(t, channel, z) {
      if (movie === null) throw new MorulaError('not-found', problem ?? 'view: the movie is not open');
      if (movie.info.ndim === 2 || z !== 'max') return movie.readPlane(t, channel, z === 'max' ? 0 : z);
      return projectMax((await movie.readFrame(t, channel)).image);
    },
    async labels(t, z) {
      if (!run.hasLabels) throw new MorulaError('not-found', 'view: this result has no label images');
      if (run.movie.ndim === 2) return readLabels(folder, t);
      return z === 'max' ? projectFirst(await readLabels(folder, t)) : readLabels(folder, t, z);
    },
    weak: async (t) => encodeWeakTable(await loadWeak(folder, run, t), t),
    close: async () => movie?.close(),
  };
}

function encodeWeakTable(weak: WeakTable | null, t: number): Uint8Array {
  if (weak === null) return encodeColumns({ meta: { t, count: 0 }, columns: {} });
  const { z, y, x, prob, radius, dist, ...meta } = weak;
  return encodeColumns({ meta: { t, ...meta }, columns: { z, y, x, prob, radius, dist } });
}

async function findMovie(run: RunFile): Promise<{ movie: Movie | null; problem: string | null }> {
  const { path, level } = run.movie;
  if (path === null) return { movie: null, problem: 'these tracks were imported without a movie' };
  try {
    return { movie: await openMovie({ path, level }), problem: null };
  } catch (error) {
    return { movie: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * How sure the linker was: per node its predecessor (`linked`, -1 = none) and the probabilities of that link, of
 * beginning, ending and dividing (NaN = not known); and the alternatives, rows of their own length (`Alternatives` of
 * `link`).
 */
function encodeCertainty({ detections, links }: Lineage, certainty: Certainty | null): Uint8Array {
  const unknown = (): Float32Array => new Float32Array(detections.count).fill(Number.NaN);
  const linked = new Int32Array(detections.count).fill(-1);
  const linkIn = unknown();
  for (let k = 0; k < links.count; k++) {
    linked[links.target[k]] = links.source[k];
    linkIn[links.target[k]] = links.prob[k];
  }
  const { begins, ends, divides } = certainty ?? { begins: unknown(), ends: unknown(), divides: unknown() };
  const other = certainty?.alternatives ?? { source: [], targetA: [], targetB: [], prob: [] };
  const columns = {
    linked,
    linkIn,
    begins,
    ends,
    divides,
    source: Int32Array.from(other.source),
    targetA: Int32Array.from(other.targetA),
    targetB: Int32Array.from(other.targetB),
    prob: Float32Array.from(other.prob),
  };
  return encodeColumns({ meta: { known: certainty !== null }, columns });
}

function encodeTable(name: TableName, lineage: Lineage, run: RunFile): Uint8Array {
  if (name === 'nodes') {
    const { t, label, z, y, x, size, radius, prob, border, intensity, nChannels } = lineage.detections;
    const { parent, childA, childB, tracklet } = lineage;
    const columns = {
      t,
      label,
      z,
      y,
      x,
      size,
      radius,
      prob,
      border,
      intensity,
      parent,
      childA,
      childB,
      tracklet,
    };
    return encodeColumns({ meta: { nChannels }, columns: { ...columns, lineage: lineage.lineage } });
  }
  if (name === 'tracklets') {
    const { count, ...columns } = lineage.tracklets;
    const measures = measureTracklets(lineage, run.movie.timeStep);
    return encodeColumns({ meta: { count }, columns: { ...columns, ...measures } });
  }
  if (name === 'divisions') {
    const { count, ...columns } = findDivisions(lineage);
    return encodeColumns({ meta: { count }, columns });
  }
  return encodeColumns({ meta: {}, columns: { ...tallyFrames(lineage, run.movie.nFrames) } });
}

/** Maximum over z of a `[z, y, x]` image. */
function projectMax(volume: NdArray): NdArray {
  const [nz, ny, nx] = volume.shape as [number, number, number];
  const area = ny * nx;
  const data = volume.data.slice(0, area);
  for (let z = 1; z < nz; z++) {
    for (let i = 0, j = z * area; i < area; i++, j++) if (volume.data[j] > data[i]) data[i] = volume.data[j];
  }
  return { data, shape: [ny, nx] };
}

/** The first label along z of a `[z, y, x]` image. */
function projectFirst(volume: NdArray<Uint32Array>): NdArray<Uint32Array> {
  const [nz, ny, nx] = volume.shape as [number, number, number];
  const area = ny * nx;
  const data = volume.data.slice(0, area);
  for (let z = 1; z < nz; z++) {
    for (let i = 0, j = z * area; i < area; i++, j++) if (data[i] === 0) data[i] = volume.data[j];
  }
  return { data, shape: [ny, nx] };
}
