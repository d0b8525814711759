import { mkdir } from 'node:fs/promises';
import { sha256Hex } from '../codec/files.ts';
import { morulaVersion } from '../codec/packageRoot.ts';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { builtinFor, type Device } from '../model/index.ts';
import { createPool, forEachBounded, type SegmentTask } from '../pool/index.ts';
import { type MovieInfo, type MovieSource, openMovie } from '../read/index.ts';
import {
  commitPacked,
  missingFrames,
  openResult,
  prepareResult,
  type ResultPlan,
  type RunFile,
  storeMovie,
  surveyFrames,
  takeLock,
  writeRunFile,
} from '../store/index.ts';
import { chooseDevice } from './chooseDevice.ts';
import { findModel } from './models.ts';
import { absolute } from './names.ts';
import { collectNotes } from './notes.ts';
import type { Hooks } from './progress.ts';
import { resolveSettings, type SegmentJob, taskTemplate, workersOf } from './segmentJob.ts';
import { unionLength } from './spans.ts';

/** Seconds that a slice waits for another one to prepare the folder. */
const SLICE_PATIENCE = 60;

/** What a segmentation did. */
export interface SegmentReport {
  run: RunFile;
  /** Frames segmented now, and found done. */
  fresh: number;
  kept: number;
  /** Cells in all frames asked for. */
  detections: number;
  /** Where the network ran; null when every frame was done before. */
  device: Device | null;
  /** Wall clock, and the network's share summed over workers, seconds. */
  seconds: number;
  networkSeconds: number;
  /** Time in which at least one worker was in the network: how busy the device was. */
  busySeconds: number;
}

/**
 * Segments the frames of a movie that are not done yet and commits each one.
 *
 * @throws `other-settings` when the folder holds another job's result; any error of reading, model or storage
 */
export async function segmentMovie(wanted: SegmentJob, hooks: Hooks = {}): Promise<SegmentReport> {
  const started = performance.now();
  const source = { ...wanted.source, path: absolute(wanted.source.path) };
  const { info, sample } = await examine(source);
  const job = { ...wanted, model: wanted.model ?? builtinFor(info.ndim) };
  for (const warning of info.warnings) hooks.onNote?.(`note: ${warning}`);
  const model = await findModel(job.model, job, hooks);
  const settings = resolveSettings(job, info, model);
  const [start, end] = job.frames ?? [0, info.nFrames];
  if (end > info.nFrames) {
    throw new MorulaError(
      'usage',
      `--frames: ${start}:${end} must lie in 0:${info.nFrames}, the frames of ${info.name}`,
    );
  }

  const plan = {
    morula: morulaVersion(),
    movie: storeMovie(info, sample),
    segment: settings,
    hasLabels: true,
  };
  const { run, release } = await openFolder(job, plan);
  try {
    const standing = await surveyFrames(job.folder, run.segmentKey, start, end);
    const todo = standing.missing;
    const device = todo.length === 0 ? null : await chooseDevice(job.model, job.device, hooks);
    if (device !== null) await noteDevice(job.folder, run, device);
    const tally =
      device === null
        ? { detections: 0, networkSeconds: 0, busySeconds: 0 }
        : await segmentFrames(todo, end - start, taskTemplate(job, source, info, run, device), job, hooks);
    if (await isComplete(job, run, start, end)) await markSegmented(job.folder, run);
    return {
      run,
      fresh: todo.length,
      kept: end - start - todo.length,
      device,
      detections: standing.detections + tally.detections,
      networkSeconds: tally.networkSeconds,
      busySeconds: tally.busySeconds,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await release();
  }
}

/** What the movie is, and a digest of the middle plane of its first frame: two movies may agree in all metadata. */
async function examine(source: MovieSource): Promise<{ info: MovieInfo; sample: string }> {
  const movie = await openMovie(source);
  try {
    const { info } = movie;
    const { data } = await movie.readPlane(0, 0, Math.floor(info.shape[0] / 2));
    return { info, sample: sha256Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) };
  } finally {
    await movie.close();
  }
}

/**
 * Takes and prepares the result folder. A job for all frames keeps it for itself; slices, of which several may fill
 * one folder at once, take turns at preparing it and then let it go.
 */
async function openFolder(
  job: SegmentJob,
  plan: ResultPlan,
): Promise<{ run: RunFile; release: () => Promise<void> }> {
  if (job.folder.trim() === '') {
    throw new MorulaError('usage', '--output: the result must be a folder, got nothing');
  }
  try {
    await mkdir(job.folder, { recursive: true });
  } catch (error) {
    throw asStorageError('store', job.folder, error);
  }
  const slice = job.frames !== undefined;
  const release = await takeLock(job.folder, slice ? SLICE_PATIENCE : 0);
  try {
    const run = await prepareResult(job.folder, plan, job.overwrite);
    if (!slice) return { run, release };
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return { run: await openResult(job.folder), release: async () => undefined };
}

async function isComplete(job: SegmentJob, run: RunFile, start: number, end: number): Promise<boolean> {
  const { nFrames } = run.movie;
  if (start === 0 && end === nFrames) return true;
  return (await missingFrames(job.folder, run.segmentKey, 0, nFrames)).length === 0;
}

/** Adds the device to run.json. Slices may do so at once: one of two then stays out, the frames' own markers name it. */
async function noteDevice(folder: string, run: RunFile, device: Device): Promise<void> {
  const now = await openResult(folder);
  const devices = [...new Set([...(now.devices ?? []), device])];
  run.devices = devices;
  if (devices.length === now.devices?.length) return;
  await writeRunFile(folder, { ...now, devices });
}

/** Another slice or `link` may have written run.json since this one opened it. */
async function markSegmented(folder: string, run: RunFile): Promise<void> {
  const now = await openResult(folder);
  run.stages.segment = 'done';
  if (now.stages.segment === 'done' || now.segmentKey !== run.segmentKey) return;
  now.stages.segment = 'done';
  await writeRunFile(folder, now);
}

async function segmentFrames(
  todo: readonly number[],
  total: number,
  template: Omit<SegmentTask, 't'>,
  job: SegmentJob,
  hooks: Hooks,
): Promise<Pick<SegmentReport, 'detections' | 'networkSeconds' | 'busySeconds'>> {
  const tally = { detections: 0, networkSeconds: 0, busySeconds: 0 };
  const spans: number[] = [];
  const { device } = template;
  const { frameTimeout } = job;
  const pool = createPool(Math.min(workersOf(job, device), todo.length), {
    busy: device === 'cpu',
    ...(frameTimeout === undefined ? {} : { frameTimeout }),
  });
  let done = total - todo.length;
  const notes = collectNotes(hooks);
  const report = (): void => hooks.onProgress?.({ stage: 'segmenting', done, total, unit: 'frames', device });
  report();
  try {
    // One frame for each worker, one more so that none waits for the next message, and as many that are being written.
    await forEachBounded(
      todo,
      2 * pool.size + 1,
      async (t) => {
        const frame = await pool.run('segment', { ...template, t });
        await commitPacked(template.folder, frame.packed);
        tally.detections += frame.count;
        tally.networkSeconds += frame.seconds.network;
        for (const time of frame.spans) spans.push(time);
        notes.add(t, frame.warnings);
        done++;
        report();
      },
      hooks.signal,
    );
  } finally {
    await pool.drain();
    notes.end();
  }
  tally.busySeconds = unionLength(spans) / 1000;
  return tally;
}
