import { mkdir, readdir, rm } from 'node:fs/promises';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { buildLineage } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { describeDifference, stageKey } from './canonical.ts';
import { loadDetections } from './frames.ts';
import { createLabels } from './labels.ts';
import { loadLinks } from './links.ts';
import { readRunFile, writeRunFile } from './runFile.ts';
import type { RunFile, SegmentSettings, StoredMovie } from './types.ts';

/** Key of a segmentation: the movie's content description and every setting that decides a pixel. */
export function segmentKey(movie: StoredMovie, settings: SegmentSettings): string {
  const { fingerprint, level, voxelSize, timeStep, nFrames } = movie;
  return stageKey('segment/1', { fingerprint, level, voxelSize, timeStep, nFrames }, settings);
}

/** What a result is made for. */
export interface ResultPlan {
  morula: string;
  movie: StoredMovie;
  segment: SegmentSettings;
  /** False for imported points, which have no label images. */
  hasLabels: boolean;
}

/**
 * Opens the result folder for a job: creates it, or goes on with one of the same job.
 *
 * @param overwrite removes what an other job left in the folder
 * @throws `other-settings` (exit 78) with the difference, when the folder holds another job's result
 */
export async function prepareResult(folder: string, plan: ResultPlan, overwrite: boolean): Promise<RunFile> {
  const key = segmentKey(plan.movie, plan.segment);
  const before = await readRunFile(folder);
  if (before !== null && before.segmentKey === key && !overwrite) return before;
  if (before !== null && !overwrite) {
    const changes = describeDifference(
      { movie: before.movie, segment: before.segment },
      { movie: plan.movie, segment: plan.segment },
    );
    throw new MorulaError(
      'other-settings',
      `store: ${folder} was made with other settings (${changes.join('; ')}); use --overwrite to start anew, or another -o`,
    );
  }
  if (before === null) await refuseForeignFolder(folder);
  try {
    await clearResult(folder);
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw asStorageError('store', folder, error);
  }
  if (plan.hasLabels) {
    await createLabels(folder, plan.movie, plan.segment.omeZarr, { version: plan.morula, segmentKey: key });
  }
  const run: RunFile = {
    format: 'morula-result',
    version: 1,
    morula: plan.morula,
    movie: plan.movie,
    hasLabels: plan.hasLabels,
    segment: plan.segment,
    segmentKey: key,
    link: null,
    stages: { segment: 'running', link: 'none' },
    summary: null,
  };
  await writeRunFile(folder, run);
  return run;
}

/** A folder with other things in it is not ours to fill. Leftovers of a run that died before run.json are. */
async function refuseForeignFolder(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
      throw new MorulaError(
        'usage',
        `store: the result ${folder} must be a folder, found a file; choose another -o`,
      );
    }
    throw asStorageError('store', folder, error);
  }
  const foreign = names.filter((name) => !name.endsWith('.tmp') && !OWN.has(name));
  if (foreign.length > 0) {
    throw new MorulaError(
      'usage',
      `store: ${folder} holds other files (${foreign.slice(0, 3).join(', ')}) and is not a morula result; choose another -o`,
    );
  }
}

const OWN = new Set([
  'run.json',
  'run.lock',
  'labels',
  'frames',
  'links.bin',
  'links.json',
  'tracks.geff',
  'tables',
  'edits.jsonl',
]);

async function clearResult(folder: string): Promise<void> {
  // run.json goes first: without it nothing else in the folder is trusted.
  for (const name of OWN) {
    if (name !== 'run.lock') await rm(`${folder}/${name}`, { recursive: true, force: true });
  }
}

/** A finished or unfinished result. */
export async function openResult(folder: string): Promise<RunFile> {
  const run = await readRunFile(folder);
  if (run === null) {
    throw new MorulaError(
      'not-found',
      `store: ${folder} is not a morula result: no run.json in it; make one with: morula track <movie> -o ${folder}`,
    );
  }
  return run;
}

/** Detections, links and everything that follows from them. */
export async function loadLineage(folder: string, run: RunFile): Promise<Lineage> {
  return buildLineage(await loadDetections(folder, run), await loadLinks(folder));
}
