import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readChecksum } from '../codec/files.ts';
import { asStorageError, MorulaError, quoted } from '../errors/index.ts';
import {
  buildLineage,
  type CellMarks,
  cellMarks,
  editedLineage,
  type History,
  noMarks,
  paintLabels,
  replay,
} from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import type { Detections, LabelImage } from '../segment/types.ts';
import { stageKey } from './canonical.ts';
import { describeChange } from './change.ts';
import { readEditLog } from './editLog.ts';
import { loadDetections, missingFrames } from './frames.ts';
import { createLabels, readLabels } from './labels.ts';
import { layout } from './layout.ts';
import { loadLinks } from './links.ts';
import { takeEditsLock } from './lock.ts';
import { inspectRunFile, readRunFile, runFileError, writeRunFile } from './runFile.ts';
import type { Output, RunFile, SegmentSettings, StoredMovie } from './types.ts';

/** Key of a segmentation: the movie's content description and every setting that decides a pixel. */
export function segmentKey(movie: StoredMovie, settings: SegmentSettings): string {
  const { fingerprint, sample, level, voxelSize, timeStep, nFrames } = movie;
  return stageKey('segment/1', { fingerprint, sample, level, voxelSize, timeStep, nFrames }, settings);
}

/** What a result is made for. */
export type ResultPlan = Pick<RunFile, 'morula' | 'movie' | 'segment' | 'hasLabels'>;

/**
 * Opens the result folder for a job: creates it, or goes on with one of the same job. run.json is written before
 * anything in the folder is removed or made, so that only a folder that says it is a result is ever cleared.
 *
 * @param overwrite removes what another job left in the folder
 * @throws `other-settings` (exit 78) with the difference, when the folder holds another job's result
 */
export async function prepareResult(folder: string, plan: ResultPlan, overwrite: boolean): Promise<RunFile> {
  const key = segmentKey(plan.movie, plan.segment);
  const state = await inspectRunFile(folder);
  if (state.kind === 'whole' && state.run.stages.segment !== 'preparing' && !overwrite) {
    if (state.run.segmentKey === key) return mendRun(folder, state.run, plan);
    throw new MorulaError(
      'other-settings',
      `store: ${folder} was made with other settings (${describeChange(state.run, plan)}); use --overwrite to start anew, or another -o`,
    );
  }
  if ((state.kind === 'damaged' || state.kind === 'absent') && !overwrite) {
    if (await holdsFrames(folder, key, plan.movie.nFrames)) return writeRunAgain(folder, plan, key);
  }
  if (state.kind === 'foreign' || (state.kind !== 'whole' && state.kind !== 'absent' && !overwrite)) {
    throw runFileError(folder, state);
  }
  if (state.kind !== 'whole') await refuseForeignFolder(folder, state.kind === 'absent' ? [] : OWN);
  const run = newRun(plan, key);
  await writeRunFile(folder, run);
  try {
    await keepEdits(folder);
    for (const name of OWN) await rm(`${folder}/${name}`, { recursive: true, force: true });
  } catch (error) {
    throw asStorageError('store', folder, error);
  }
  if (plan.hasLabels) {
    run.documents = await createRunLabels(folder, run);
  }
  run.stages.segment = 'running';
  await writeRunFile(folder, run);
  return run;
}

/** run.json of a job of which nothing is done. */
const newRun = ({ morula, movie, segment, hasLabels }: ResultPlan, key: string): RunFile => ({
  format: 'morula-result',
  version: 1,
  morula,
  movie,
  hasLabels,
  segment,
  segmentKey: key,
  link: null,
  stages: { segment: 'preparing', link: 'none' },
  summary: null,
});

/** True where a frame of this very job is done: its marker says so, whatever run.json says. */
async function holdsFrames(folder: string, key: string, nFrames: number): Promise<boolean> {
  if ((await readdir(join(folder, 'frames')).catch(() => [])).length === 0) return false;
  return (await missingFrames(folder, key, 0, nFrames)).length < nFrames;
}

/** Writes a run.json that was lost or damaged again; what the stages left stands by its own markers. */
async function writeRunAgain(folder: string, plan: ResultPlan, key: string): Promise<RunFile> {
  const run = newRun(plan, key);
  run.stages.segment = 'running';
  if (plan.hasLabels) run.documents = await createRunLabels(folder, run);
  await writeRunFile(folder, run);
  return run;
}

const createRunLabels = (
  folder: string,
  { movie, segment, morula, segmentKey: key }: RunFile,
): Promise<Output[]> => createLabels(folder, movie, segment.omeZarr, { version: morula, segmentKey: key });

/**
 * A result of the same job, as it should be: what run.json says of the job comes from the job where it is damaged, and
 * metadata of the label images that are, too.
 */
async function mendRun(folder: string, run: RunFile, { movie, segment }: ResultPlan): Promise<RunFile> {
  const said = segmentKey(run.movie, run.segment) === run.segmentKey;
  const labelled = await haveContent(folder, run.documents ?? []);
  if (said && labelled) return run;
  if (!said) Object.assign(run, { movie, segment });
  if (!labelled) run.documents = run.hasLabels ? await createRunLabels(folder, run) : [];
  await writeRunFile(folder, run);
  return run;
}

/** True when every file is as it was written. */
async function haveContent(folder: string, files: readonly Output[]): Promise<boolean> {
  for (const { path, sha256 } of files) {
    const found = await readChecksum(join(folder, path)).catch(() => null);
    if (found?.sha256 !== sha256) return false;
  }
  return true;
}

/** What a result holds besides run.json and the lock. */
const OWN = [
  'plan.json',
  'cluster',
  'blocks',
  'links.json',
  'frames',
  'links.bin',
  'motion.bin',
  'certainty.bin',
  'rescued.bin',
  'labels',
  'tracks.geff',
  'tables',
  'README.txt',
  'original.xml',
  'edits.jsonl',
];

/** Names of edit logs that were laid aside because everything started anew: work of people is not thrown away. */
const KEPT_EDITS = /^edits-\d+\.jsonl$/;

/** Lays the edit log aside under the next free name. */
async function keepEdits(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (!names.includes('edits.jsonl')) return;
  const release = await takeEditsLock(folder);
  try {
    let n = 1;
    while (names.includes(`edits-${n}.jsonl`)) n++;
    await rename(layout.edits(folder), join(folder, `edits-${n}.jsonl`));
  } finally {
    await release();
  }
}

/** A folder with other things in it is not ours to fill. */
async function refuseForeignFolder(folder: string, own: readonly string[]): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw asStorageError('store', folder, error);
  }
  const expected = new Set([...own, 'run.json', 'run.lock', 'edits.lock']);
  const ours = (name: string): boolean =>
    /^\..*\.tmp$/.test(name) || KEPT_EDITS.test(name) || expected.has(name);
  const foreign = names.filter((name) => !ours(name));
  if (foreign.length > 0) {
    throw new MorulaError(
      'usage',
      `store: ${folder} holds other files (${foreign.slice(0, 3).join(', ')}) and is not a morula result; choose another -o`,
    );
  }
}

/** A finished or unfinished result. */
export async function openResult(folder: string): Promise<RunFile> {
  const run = await readRunFile(folder);
  if (run === null) {
    throw new MorulaError(
      'not-found',
      `store: ${folder} is not a morula result: no run.json in it; make one with: morula track <movie> -o ${quoted(folder)}`,
    );
  }
  return run;
}

/**
 * Detections, links and everything that follows from them, as the linker left it: without edits.
 *
 * @param detections default: as `loadDetections` gives them
 */
export async function loadBase(folder: string, run: RunFile, detections?: Detections): Promise<Lineage> {
  return buildLineage(detections ?? (await loadDetections(folder, run)), await loadLinks(folder));
}

/** A result as it is after edits. */
export interface EditedResult {
  lineage: Lineage;
  /** Names, tags and the like, by its rows and tracklets. */
  marks: CellMarks;
  history: History;
  /** Label image of frame `t`, or one of its planes. */
  labels(t: number, z?: number | null): Promise<LabelImage>;
  /** What a user should know of the edit log, one line each. */
  notes: string[];
}

/**
 * A result with the edits that people made.
 *
 * @param detections default: as `loadDetections` gives them
 * @throws `invalid-data` when it is not linked, or a file of it is damaged
 */
export async function loadResult(
  folder: string,
  run: RunFile,
  detections?: Detections,
): Promise<EditedResult> {
  const base = await loadBase(folder, run, detections);
  const { entries, torn } = await readEditLog(folder, run.segmentKey);
  const history = replay(base, run.hasLabels, entries);
  const edited = entries.length === 0 ? null : editedLineage(history.state);
  return {
    lineage: edited?.lineage ?? base,
    marks: edited === null ? noMarks() : cellMarks(history.state, edited),
    history,
    labels: async (t, z = null) =>
      paintLabels(history.state, t, await readLabels(folder, t, z), z ?? undefined),
    notes: torn === null ? [] : [torn],
  };
}
