import { makeFolder } from '../codec/files.ts';
import { morulaVersion } from '../codec/packageRoot.ts';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { builtinsFor } from '../model/index.ts';
import { type MovieInfo, type MovieSource, openMovie } from '../read/index.ts';
import {
  openResult,
  prepareResult,
  type ResultPlan,
  type RunFile,
  readRunFile,
  segmentKey,
  storeMovie,
  takeLock,
} from '../store/index.ts';
import { likelyDevice } from './chooseDevice.ts';
import { findModel } from './models.ts';
import { absolute } from './names.ts';
import type { Hooks } from './progress.ts';
import { sampleOf } from './sameMovie.ts';
import { type ModelJob, resolveSettings, type SegmentJob } from './segmentJob.ts';

/** Seconds that a slice waits for another one to prepare the folder. */
const SLICE_PATIENCE = 60;

/** A job with every choice made. */
export interface SettledJob {
  job: ModelJob;
  source: MovieSource;
  info: MovieInfo;
  plan: ResultPlan;
}

/** Looks at movie and model, and makes every choice that the job leaves open. Nothing is written. */
export async function settleJob(wanted: SegmentJob, hooks: Hooks): Promise<SettledJob> {
  const source = { ...wanted.source, path: absolute(wanted.source.path) };
  const { info, sample } = await examine(source);
  const job = { ...wanted, model: wanted.model ?? (await usualModel(wanted, info)) };
  for (const warning of info.warnings) hooks.onNote?.(`note: ${warning}`);
  const model = await findModel(job.model, job, hooks);
  const restorer = job.restore === undefined ? null : await findModel(job.restore, job, hooks);
  const segment = resolveSettings(job, info, model, restorer);
  const plan = { morula: morulaVersion(), movie: storeMovie(info, sample), segment, hasLabels: true };
  return { job, source, info, plan };
}

/**
 * The built-in model of a job that names none: the one that a result in the folder was begun with, whatever device it
 * goes on with, else the one that suits the device.
 */
async function usualModel(job: SegmentJob, { ndim }: MovieInfo): Promise<string> {
  const names = builtinsFor(ndim, likelyDevice(job.device));
  const begun =
    job.overwrite || job.folder.trim() === '' ? null : await readRunFile(job.folder).catch(() => null);
  return names.find((name) => name === begun?.segment.model) ?? names[0];
}

/** What the movie is, and a sample of its pixels. */
async function examine(source: MovieSource): Promise<{ info: MovieInfo; sample: string }> {
  const movie = await openMovie(source);
  try {
    return { info: movie.info, sample: await sampleOf(movie) };
  } finally {
    await movie.close();
  }
}

/** A result folder that is ready to be filled. */
export interface OpenFolder {
  run: RunFile;
  release: () => Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

/**
 * Takes and prepares the result folder. A job for all frames keeps it for itself; slices, of which several may fill
 * one folder at once, take turns at preparing it and then let it go, and need no turn where it is prepared.
 */
export async function openFolder(job: SegmentJob, plan: ResultPlan): Promise<OpenFolder> {
  if (job.frames === undefined) return prepareFolder(job, plan, 0);
  // On another machine nobody sees whether the holder of a lock is alive: slices do not wait without need.
  const standing = job.overwrite ? null : await readRunFile(job.folder).catch(() => null);
  const key = segmentKey(plan.movie, plan.segment);
  if (standing?.segmentKey === key && standing.stages.segment !== 'preparing') {
    return { run: standing, release: nothing };
  }
  const { release } = await prepareFolder(job, plan, SLICE_PATIENCE);
  await release();
  return { run: await openResult(job.folder), release: nothing };
}

/** Takes and prepares the folder. @param patience seconds to wait for a living holder */
export async function prepareFolder(
  job: SegmentJob,
  plan: ResultPlan,
  patience: number,
): Promise<OpenFolder> {
  if (job.folder.trim() === '') {
    throw new MorulaError('usage', '--output: the result must be a folder, got nothing');
  }
  try {
    await makeFolder(job.folder);
  } catch (error) {
    throw asStorageError('store', job.folder, error);
  }
  const release = await takeLock(job.folder, patience);
  try {
    return { run: await prepareResult(job.folder, plan, job.overwrite), release };
  } catch (error) {
    await release();
    throw error;
  }
}
