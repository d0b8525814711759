import type { NdArray } from '../array/index.ts';
import { encodeColumns } from '../codec/columns.ts';
import { MorulaError } from '../errors/index.ts';
import { type EditSession, openEditSession, openSameMovie } from '../pipeline/index.ts';
import type { Movie } from '../read/index.ts';
import { loadWeak, openResult, type RunFile, readFindings, type WeakTable } from '../store/index.ts';
import { projectFirst, projectMax } from './project.ts';
import { encodeTable, type TableName } from './tables.ts';

/** A table and the last edit that it shows. */
export interface ServedTable {
  bytes: Uint8Array;
  seq: number;
}

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
  /** One channel's plane `[y, x]`; `z` = 'max' projects. */
  plane(t: number, channel: number, z: number | 'max'): Promise<NdArray>;
  /** Label plane `[y, x]`; `z` = 'max' takes the label that is nearest to the viewer (smallest z). */
  labels(t: number, z: number | 'max'): Promise<NdArray<Uint32Array>>;
  /** Candidates below the threshold of one frame, as bytes of `codec/columns`; none for what has none. */
  weak(t: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a result and, where it can be found, its movie. */
export async function openSource(folder: string): Promise<ViewSource> {
  const { movie, problem } = await findMovie(await openResult(folder));
  const session = await openEditSession(folder, movie);
  const tables = createTables(folder, session);
  return {
    folder,
    session,
    imageProblem: problem,
    run: async () => (await session.current()).run,
    table: tables,
    async plane(t, channel, z) {
      if (movie === null) throw new MorulaError('not-found', problem ?? 'view: the movie is not open');
      if (movie.info.ndim === 2 || z !== 'max') return movie.readPlane(t, channel, z === 'max' ? 0 : z);
      return projectMax(movie, t, channel);
    },
    async labels(t, z) {
      const { run } = await session.current();
      if (run.movie.ndim === 2) return session.labels(t);
      if (z !== 'max') return session.labels(t, z);
      return projectFirst(run.movie.shape, (plane) => session.labels(t, plane));
    },
    weak: async (t) => encodeWeakTable(await loadWeak(folder, (await session.current()).run, t), t),
    async close() {
      await session.close();
      await movie?.close();
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
