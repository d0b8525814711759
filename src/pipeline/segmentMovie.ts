import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { morulaVersion } from '../codec/packageRoot.ts';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { loadModel, type Model } from '../model/index.ts';
import { createPool, forEachBounded, type SegmentTask } from '../pool/index.ts';
import { type MovieInfo, type MovieSource, openMovie } from '../read/index.ts';
import {
  missingFrames,
  prepareResult,
  type RunFile,
  type SegmentSettings,
  storeMovie,
  takeLock,
  writeRunFile,
} from '../store/index.ts';
import { absolute } from './names.ts';
import type { Hooks } from './progress.ts';

/** Everything that a user can say about segmenting. */
export interface SegmentJob {
  source: MovieSource;
  /** Result folder. */
  folder: string;
  model: string;
  channel: number | string;
  device: string;
  /** Frames under way at once; undefined = one for each core. */
  workers?: number;
  threads: number;
  /** In (0, 1); undefined = the model's own. */
  probThreshold?: number;
  nmsThreshold?: number;
  /** Micrometres; undefined = the model's own scale. */
  objectDiameter?: number;
  omeZarr: '0.4' | '0.5';
  /** Half-open slice of frames, so that slices can run on different machines; undefined = all. */
  frames?: readonly [number, number];
  overwrite: boolean;
}

/** What a segmentation did. */
export interface SegmentReport {
  run: RunFile;
  /** Frames segmented now, and found done. */
  fresh: number;
  kept: number;
  /** Cells in the fresh frames. */
  detections: number;
  /** Wall clock, and the network's share summed over workers, seconds. */
  seconds: number;
  networkSeconds: number;
}

/**
 * Segments the frames of a movie that are not done yet and commits each one.
 *
 * @throws `other-settings` when the folder holds another job's result; any error of reading, model or storage
 */
export async function segmentMovie(job: SegmentJob, hooks: Hooks = {}): Promise<SegmentReport> {
  const started = performance.now();
  const source = { ...job.source, path: absolute(job.source.path) };
  const movie = await openMovie(source);
  const info = movie.info;
  await movie.close();
  for (const warning of info.warnings) hooks.onNote?.(`note: ${warning}`);
  const model = await loadModel(job.model);
  checkModelFits(model, info);
  const settings = resolveSettings(job, info, model);
  const [start, end] = job.frames ?? [0, info.nFrames];
  if (end > info.nFrames) {
    throw new MorulaError(
      'usage',
      `--frames: ${start}:${end} must lie in 0:${info.nFrames}, the frames of ${info.name}`,
    );
  }

  const release = await holdFolder(job);
  try {
    const plan = { morula: morulaVersion(), movie: storeMovie(info), segment: settings, hasLabels: true };
    const run = await prepareResult(job.folder, plan, job.overwrite);
    const todo = await missingFrames(job.folder, run.segmentKey, start, end);
    const tally = await segmentFrames(todo, end - start, taskTemplate(job, source, info, run), job, hooks);
    if (run.stages.segment !== 'done' && (await isComplete(job, run, start, end))) {
      run.stages.segment = 'done';
      await writeRunFile(job.folder, run);
    }
    return {
      run,
      fresh: todo.length,
      kept: end - start - todo.length,
      ...tally,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await release();
  }
}

/** Several slices may fill one folder at once; a job for all frames wants it for itself. */
async function holdFolder(job: SegmentJob): Promise<() => Promise<void>> {
  try {
    await mkdir(job.folder, { recursive: true });
  } catch (error) {
    throw asStorageError('store', job.folder, error);
  }
  return job.frames === undefined ? takeLock(job.folder) : async () => undefined;
}

async function isComplete(job: SegmentJob, run: RunFile, start: number, end: number): Promise<boolean> {
  const { nFrames } = run.movie;
  if (start === 0 && end === nFrames) return true;
  return (await missingFrames(job.folder, run.segmentKey, 0, nFrames)).length === 0;
}

async function segmentFrames(
  todo: readonly number[],
  total: number,
  template: Omit<SegmentTask, 't'>,
  job: SegmentJob,
  hooks: Hooks,
): Promise<{ detections: number; networkSeconds: number }> {
  const tally = { detections: 0, networkSeconds: 0 };
  if (todo.length === 0) return tally;
  const pool = createPool(Math.min(job.workers ?? availableParallelism(), todo.length));
  let done = total - todo.length;
  const report = (): void => hooks.onProgress?.({ stage: 'segmenting', done, total, unit: 'frames' });
  report();
  try {
    // One frame more than there are workers, so that none waits for the next message.
    await forEachBounded(
      todo,
      pool.size + 1,
      async (t) => {
        const frame = await pool.run('segment', { ...template, t });
        tally.detections += frame.count;
        tally.networkSeconds += frame.seconds.network;
        for (const warning of frame.warnings) hooks.onNote?.(`note: frame ${t}: ${warning}`);
        done++;
        report();
      },
      hooks.signal,
    );
  } finally {
    await pool.drain();
  }
  return tally;
}

function taskTemplate(
  job: SegmentJob,
  source: MovieSource,
  info: MovieInfo,
  run: RunFile,
): Omit<SegmentTask, 't'> {
  const { objectDiameter, channel, probThreshold, nmsThreshold, modelSha256 } = run.segment;
  return {
    source,
    folder: resolve(job.folder),
    segmentKey: run.segmentKey,
    model: job.model,
    modelSha256,
    device: job.device,
    threads: job.threads,
    channel,
    probThreshold,
    nmsThreshold,
    objectDiameterPx: objectDiameter === null ? Number.NaN : objectDiameter / info.voxelSize[1],
  };
}

function resolveSettings(job: SegmentJob, info: MovieInfo, model: Model): SegmentSettings {
  const { manifest } = model;
  if (job.objectDiameter !== undefined && manifest.objectDiameterPx === null) {
    throw new MorulaError(
      'usage',
      `--object-diameter: model ${manifest.name} does not say which diameter it was trained for; leave the option out`,
    );
  }
  return {
    kind: 'network',
    model: manifest.name,
    modelSha256: model.sha256,
    channel: findChannel(job.channel, info),
    probThreshold: job.probThreshold ?? manifest.thresholds.prob,
    nmsThreshold: job.nmsThreshold ?? manifest.thresholds.nms,
    objectDiameter: job.objectDiameter ?? null,
    omeZarr: job.omeZarr,
  };
}

function findChannel(wanted: number | string, info: MovieInfo): number {
  const found = info.channels.find((channel) => channel.index === wanted || channel.name === wanted);
  if (found !== undefined) return found.index;
  const names = info.channels.map((channel) => `${channel.index} (${channel.name})`).join(', ');
  throw new MorulaError('usage', `--channel: "${wanted}" is not in ${info.name}; it has ${names}`);
}

function checkModelFits(model: Model, info: MovieInfo): void {
  if (model.manifest.ndim === info.ndim) return;
  throw new MorulaError(
    'unsupported',
    `model: ${model.manifest.name} is made for ${model.manifest.ndim}D frames, ${info.name} is ${info.ndim}D (${info.shape.join(' x ')} pixels, z y x); give a ${info.ndim}D model with --model`,
  );
}
