import type { NdArray } from '../array/index.ts';
import { encodeColumns } from '../codec/columns.ts';
import { MorulaError } from '../errors/index.ts';
import { type EditSession, openEditSession, openSameMovie } from '../pipeline/index.ts';
import { cutPart, type Movie, type PlanePart } from '../read/index.ts';
import { loadWeak, openResult, type RunFile, readFindings, type WeakTable } from '../store/index.ts';
import { coarseLabels, createMemo, openLevels, type ServedLevel } from './levels.ts';
import { projectFirst, projectMax } from './project.ts';
import { encodeTable, type TableName } from './tables.ts';

/** A table and the last edit that it shows. */
export interface ServedTable {
  bytes: Uint8Array;
  seq: number;
}

/** How much of a plane: a level's place in `levels`, default 0, and a part of it in that level's pixels, default all. */
export interface Detail {
  level?: number;
  part?: PlanePart;
}

/** Planes that are kept while their parts are asked for. */
const KEPT = 2;

/** Everything that the routes read from. */
export interface ViewSource {
  /** The result's. */
  folder: string;
  session: EditSession;
  /** Why there are no pixels to show, or null. */
  imageProblem: string | null;
  run(): Promise<RunFile>;
  /** A table of the edited lineage as bytes of `codec/columns`. */
  table(name: TableName): Promise<ServedTable>;
  /** Resolutions that planes can be had in, finest first; one where there are no pixels. */
  levels: readonly Omit<ServedLevel, 'movie'>[];
  /** One channel's plane `[y, x]`; `z` = 'max' projects. */
  plane(t: number, channel: number, z: number | 'max', detail?: Detail): Promise<NdArray>;
  /** Label plane `[y, x]`; `z` = 'max' takes the label that is nearest to the viewer (smallest z). */
  labels(t: number, z: number | 'max', detail?: Detail): Promise<NdArray<Uint32Array>>;
  /** Candidates below the threshold of one frame, as bytes of `codec/columns`; none for what has none. */
  weak(t: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a result and, where it can be found, its movie. */
export async function openSource(folder: string): Promise<ViewSource> {
  const { movie, problem } = await findMovie(await openResult(folder));
  const session = await openEditSession(folder, movie);
  const tables = createTables(folder, session);
  const { shape } = (await session.current()).run.movie;
  const levels =
    movie === null ? [{ step: 1, width: shape[2], height: shape[1], movie }] : await openLevels(movie);
  const memo = createMemo<NdArray>(KEPT);
  const wholeLabels = async (t: number, z: number | 'max'): Promise<NdArray<Uint32Array>> => {
    const { run } = await session.current();
    if (run.movie.ndim === 2) return session.labels(t);
    if (z !== 'max') return session.labels(t, z);
    return projectFirst(run.movie.shape, (plane) => session.labels(t, plane));
  };
  return {
    folder,
    session,
    imageProblem: problem,
    run: async () => (await session.current()).run,
    table: tables,
    levels,
    async plane(t, channel, z, { level = 0, part } = {}) {
      const from = levels[level].movie;
      if (from === null) throw new MorulaError('not-found', problem ?? 'view: the movie is not open');
      if (from.info.ndim === 2 || z !== 'max') return from.readPlane(t, channel, z === 'max' ? 0 : z, part);
      if (part === undefined) return projectMax(from, t, channel);
      return cutPart(await memo(`${t}/${channel}/${level}`, () => projectMax(from, t, channel)), part);
    },
    async labels(t, z, { level = 0, part } = {}) {
      if (level === 0 && part === undefined) return wholeLabels(t, z);
      const { history } = await session.current();
      const key = `labels/${t}/${z}/${history.entries.length}`;
      const whole = (await memo(key, () => wholeLabels(t, z))) as NdArray<Uint32Array>;
      const seen = level === 0 ? whole : coarseLabels(whole, levels[level]);
      return part === undefined ? seen : cutPart(seen, part);
    },
    weak: async (t) => encodeWeakTable(await loadWeak(folder, (await session.current()).run, t), t),
    async close() {
      await session.close();
      for (const level of levels) await level.movie?.close();
    },
  };
}

/** Encoded tables, kept until an edit or a new linking makes them old. */
function createTables(folder: string, session: EditSession): (name: TableName) => Promise<ServedTable> {
  const cache = new Map<TableName, ServedTable>();
  let shown: object | null = null;
  return async (name) => {
    const { run, history, edited } = await session.current();
    const seq = history.entries.length;
    if (shown !== edited) cache.clear();
    shown = edited;
    const known = cache.get(name);
    if (known !== undefined) return known;
    const { certainty } = name === 'certainty' ? await readFindings(folder) : { certainty: null };
    const bytes = encodeTable(name, { run, state: history.state, edited, certainty });
    const table = { bytes, seq };
    if (shown === edited) cache.set(name, table);
    return table;
  };
}

function encodeWeakTable(weak: WeakTable | null, t: number): Uint8Array {
  if (weak === null) return encodeColumns({ meta: { t, count: 0 }, columns: {} });
  const { z, y, x, prob, radius, dist, ...meta } = weak;
  return encodeColumns({ meta: { t, ...meta }, columns: { z, y, x, prob, radius, dist } });
}

async function findMovie(run: RunFile): Promise<{ movie: Movie | null; problem: string | null }> {
  if (run.movie.path === null) return { movie: null, problem: 'these tracks were imported without a movie' };
  try {
    return { movie: await openSameMovie(run), problem: null };
  } catch (error) {
    return { movie: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
