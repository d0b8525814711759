import { rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { makeFolder, writeFileAtomic } from '../codec/files.ts';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { writePoints } from '../exchange/index.ts';
import { buildLineage, findDivisions } from '../lineage/index.ts';
import {
  createPool,
  forEachBounded,
  type Pool,
  type SimulatedLife,
  type SimulationRequest,
} from '../pool/index.ts';
import type { Hooks } from './progress.ts';

/** What a user can say about a synthetic movie. */
export interface SimulateJob extends SimulationRequest {
  /** OME-Zarr folder to write. */
  path: string;
  workers?: number;
  overwrite: boolean;
}

/** What was made. */
export interface SimulateReport {
  movie: string;
  /** Truth folder in the Cell Tracking Challenge layout, and the same as points. */
  truth: string;
  points: string;
  frames: number;
  detections: number;
  divisions: number;
  seconds: number;
}

/** Frames that one task renders. */
const BLOCK = 4;

/**
 * Makes a synthetic movie with its true lineage beside it: `<name>_GT` (masks) and `<name>.points.csv`. The points
 * are written last, so that a movie with points beside it is whole.
 *
 * @throws `usage` when the movie exists and `overwrite` is not set
 */
export async function simulateMovie(job: SimulateJob, hooks: Hooks = {}): Promise<SimulateReport> {
  const started = performance.now();
  const { path, workers, overwrite, ...request } = job;
  const outPath = resolve(path);
  await clearTarget(outPath, overwrite);
  const pool = createPool(workers ?? availableParallelism());
  try {
    const life = await pool.run('simulate', { kind: 'life', request, outPath });
    if (life === null) throw new Error('simulate: the life task gave nothing back');
    await clearTruth(life.truth, overwrite);
    await pool.run('simulate', { kind: 'create', request, outPath });
    await renderFrames(pool, life.options.frames, request, outPath, hooks);
    await writeTruth(life);
    const lineage = buildLineage(life.detections, life.links);
    return {
      movie: path,
      truth: life.truth.folder,
      points: life.truth.points,
      frames: life.options.frames,
      detections: life.detections.count,
      divisions: findDivisions(lineage).count,
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    // Half a movie would look like a whole one.
    await pool.drain();
    await rm(outPath, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  } finally {
    await pool.drain();
  }
}

/** Removes the truth of an earlier movie of that name, if that was asked for. */
async function clearTruth(truth: SimulatedLife['truth'], overwrite: boolean): Promise<void> {
  for (const path of [truth.points, truth.folder]) {
    if (!overwrite && (await stat(path).catch(() => null)) !== null) {
      throw new MorulaError('usage', `simulate: ${path} exists; use --overwrite, or another name`);
    }
    await rm(path, { recursive: true, force: true });
  }
}

async function clearTarget(outPath: string, overwrite: boolean): Promise<void> {
  const found = await stat(outPath).catch(() => null);
  if (found !== null && !overwrite) {
    throw new MorulaError('usage', `simulate: ${outPath} exists; use --overwrite, or another name`);
  }
  if (found !== null && !(await isZarr(outPath))) {
    throw new MorulaError(
      'usage',
      `simulate: ${outPath} is not an OME-Zarr movie and is left alone; use another name`,
    );
  }
  try {
    await rm(outPath, { recursive: true, force: true });
    await makeFolder(dirname(outPath));
  } catch (error) {
    throw asStorageError('simulate', outPath, error);
  }
}

async function isZarr(path: string): Promise<boolean> {
  for (const name of ['zarr.json', '.zgroup', '.zattrs']) {
    if ((await stat(`${path}/${name}`).catch(() => null)) !== null) return true;
  }
  return false;
}

async function renderFrames(
  pool: Pool,
  total: number,
  request: SimulationRequest,
  outPath: string,
  hooks: Hooks,
): Promise<void> {
  const blocks = Array.from({ length: Math.ceil(total / BLOCK) }, (_, k): [number, number] => [
    k * BLOCK,
    Math.min((k + 1) * BLOCK, total),
  ]);
  let done = 0;
  await forEachBounded(
    blocks,
    pool.size + 1,
    async (frames) => {
      await pool.run('simulate', { kind: 'write', request, outPath, frames });
      done += frames[1] - frames[0];
      hooks.onProgress?.({ stage: 'simulating', done, total, unit: 'frames' });
    },
    hooks.signal,
  );
}

async function writeTruth(life: SimulatedLife): Promise<void> {
  const rows = life.tracks.map(({ id, begin, end, parent }) => `${id} ${begin} ${end} ${parent}\n`);
  await writeFileAtomic(life.truth.trackTable, rows.join(''));
  await writePoints(life.truth.points, life.detections, buildLineage(life.detections, life.links).parent);
}
