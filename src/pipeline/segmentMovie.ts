import { MorulaError } from '../errors/index.ts';
import type { Device } from '../model/index.ts';
import {
  createPool,
  EARLY_THREADS,
  forEachBounded,
  type OpenTask,
  type Pool,
  type SegmentTask,
} from '../pool/index.ts';
import type { MovieSource } from '../read/index.ts';
import {
  commitFrames,
  missingFrames,
  openResult,
  type RunFile,
  readRunFile,
  surveyFrames,
  writeRunFile,
} from '../store/index.ts';
import { chooseDevice, likelyDevice } from './chooseDevice.ts';
import { collectNotes } from './notes.ts';
import type { Hooks } from './progress.ts';
import { openFolder, settleJob } from './segmentFolder.ts';
import { type ModelJob, restorerTask, type SegmentJob, taskTemplate, workersOf } from './segmentJob.ts';
import { unionLength } from './spans.ts';

/** What a segmentation did. */
export interface SegmentReport {
  run: RunFile;
  /** Frames segmented now, and found done. */
  fresh: number;
  kept: number;
  /** Cells in all frames asked for. */
  detections: number;
  /** Those of the frames asked for that hold masked chunks, see `MovieSource.badChunks`. */
  masked: number[];
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
  const ahead = (await isSegmented(wanted)) ? null : startAhead(wanted);
  try {
    return await segmentWith(ahead, wanted, hooks);
  } finally {
    // Does nothing where frames were segmented: their pool is drained.
    ahead?.abort(null);
  }
}

/** Whether a result in the folder says that all its frames are done: most likely nothing is to be computed. */
async function isSegmented({ folder, overwrite }: SegmentJob): Promise<boolean> {
  if (overwrite || folder.trim() === '') return false;
  const run = await readRunFile(folder).catch(() => null);
  return run?.stages.segment === 'done';
}

/** The pool of a job that runs on the CPU: while the job is looked at, its process and threads start. */
function startAhead(job: SegmentJob): Pool | null {
  if (likelyDevice(job.device) !== 'cpu') return null;
  const [start, end] = job.frames ?? [0, Number.POSITIVE_INFINITY];
  const pool = poolOf(job, 'cpu', Math.max(1, end - start));
  pool.start('segment');
  return pool;
}

function poolOf(job: SegmentJob, device: Device, frames: number): Pool {
  const { frameTimeout } = job;
  return createPool(Math.min(workersOf(job, device), frames), {
    busy: device === 'cpu',
    ...(frameTimeout === undefined ? {} : { frameTimeout }),
  });
}

/** Each thread opens movie and model. What fails here fails again with its first frame. */
function openAhead(
  pool: Pool,
  { model, threads }: ModelJob,
  source: MovieSource,
  restore: SegmentTask['restore'],
): void {
  const task: OpenTask = { source, model, restore, device: 'cpu', threads };
  for (let i = 0; i < Math.min(pool.size, EARLY_THREADS); i++)
    pool.run('openSegment', task).catch(() => undefined);
}

async function segmentWith(ahead: Pool | null, wanted: SegmentJob, hooks: Hooks): Promise<SegmentReport> {
  const started = performance.now();
  const { job, source, info, plan } = await settleJob(wanted, hooks);
  if (ahead !== null) openAhead(ahead, job, source, restorerTask(job, plan.segment));
  const [start, end] = job.frames ?? [0, info.nFrames];
  if (end > info.nFrames) {
    throw new MorulaError(
      'usage',
      `--frames: ${start}:${end} must lie in 0:${info.nFrames}, the frames of ${info.name}`,
    );
  }

  const { run, release } = await openFolder(job, plan);
  try {
    const standing = await surveyFrames(job.folder, run.segmentKey, start, end);
    const todo = standing.missing;
    const device = todo.length === 0 ? null : await chooseDevice(job.model, job.device, hooks);
    if (device !== null) await noteDevice(job.folder, run, device);
    const tally =
      device === null
        ? { fresh: 0, masked: [], detections: 0, networkSeconds: 0, busySeconds: 0 }
        : await segmentFrames(
            ahead,
            todo,
            end - start,
            taskTemplate(job, source, info, run, device),
            job,
            hooks,
          );
    if (await isComplete(job, run, start, end)) await markSegmented(job.folder, run);
    return {
      run,
      fresh: tally.fresh,
      kept: end - start - tally.fresh,
      device,
      detections: standing.detections + tally.detections,
      masked: [...standing.masked, ...tally.masked].sort((a, b) => a - b),
      networkSeconds: tally.networkSeconds,
      busySeconds: tally.busySeconds,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await release();
  }
}

/** Looks from the slice's end on, and ends at the first frame that is missing: slices mostly follow one another. */
async function isComplete(job: SegmentJob, run: RunFile, start: number, end: number): Promise<boolean> {
  const { nFrames } = run.movie;
  for (let i = 0; i < nFrames - (end - start); i++) {
    const t = (end + i) % nFrames;
    if ((await missingFrames(job.folder, run.segmentKey, t, t + 1)).length > 0) return false;
  }
  return true;
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

type Tally = Pick<SegmentReport, 'fresh' | 'masked' | 'detections' | 'networkSeconds' | 'busySeconds'>;

async function segmentFrames(
  ahead: Pool | null,
  todo: readonly number[],
  total: number,
  template: Omit<SegmentTask, 't'>,
  job: SegmentJob,
  hooks: Hooks,
): Promise<Tally> {
  const tally: Tally = { fresh: 0, masked: [], detections: 0, networkSeconds: 0, busySeconds: 0 };
  const spans: number[] = [];
  const { device } = template;
  const pool = ahead ?? poolOf(job, device, todo.length);
  let done = total - todo.length;
  const notes = collectNotes(hooks);
  // Beside a slice that was thought dead its successor may work, or have worked and been linked since: what stands
  // stays. A job for all frames has the folder to itself.
  const doneMeanwhile = async (t: number): Promise<number | null> => {
    if (job.frames === undefined) return null;
    const { missing, detections } = await surveyFrames(template.folder, template.segmentKey, t, t + 1);
    return missing.length === 0 ? detections : null;
  };
  const report = (): void => hooks.onProgress?.({ stage: 'segmenting', done, total, unit: 'frames', device });
  report();
  try {
    // One frame for each worker, one more so that none waits for the next message, and as many that are being written.
    await forEachBounded(
      todo,
      2 * pool.size + 1,
      async (t) => {
        const before = await doneMeanwhile(t);
        if (before === null) {
          const frame = await pool.run('segment', { ...template, t });
          if ((await doneMeanwhile(t)) === null) await commitFrames(template.folder, [frame.packed]);
          tally.fresh++;
          tally.detections += frame.count;
          if (frame.packed.marker.masked !== undefined) tally.masked.push(t);
          tally.networkSeconds += frame.seconds.network;
          for (const time of frame.spans) spans.push(time);
          notes.add(t, frame.warnings);
        } else {
          tally.detections += before;
        }
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
