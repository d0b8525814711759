import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { MorulaError } from '../errors/index.ts';
import { type Model, modelDigest } from '../model/index.ts';
import type { SegmentTask } from '../pool/index.ts';
import type { MovieInfo, MovieSource } from '../read/index.ts';
import type { RunFile, SegmentSettings } from '../store/index.ts';

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
  /** Bytes that all workers together may take for their frames; undefined = half of the machine's. */
  memory?: number;
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

/** The task of every frame, but for the frame. */
export function taskTemplate(
  job: SegmentJob,
  source: MovieSource,
  info: MovieInfo,
  run: RunFile,
): Omit<SegmentTask, 't'> {
  const { objectDiameter, channel, probThreshold, nmsThreshold, modelDigest } = run.segment;
  return {
    source,
    folder: resolve(job.folder),
    segmentKey: run.segmentKey,
    model: job.model,
    modelDigest,
    device: job.device,
    threads: job.threads,
    memory: (job.memory ?? totalmem() / 2) / workersOf(job),
    channel,
    probThreshold,
    nmsThreshold,
    objectDiameterPx: objectDiameter === null ? Number.NaN : objectDiameter / info.voxelSize[1],
  };
}

/** Every choice that decides a pixel, the model's own where the job has none. Refuses what does not fit. */
export function resolveSettings(job: SegmentJob, info: MovieInfo, model: Model): SegmentSettings {
  checkModelFits(model, info);
  const { manifest } = model;
  if (job.objectDiameter !== undefined && manifest.objectDiameterPx === null) {
    throw new MorulaError(
      'usage',
      `--object-diameter: model ${manifest.name} does not say which diameter it was trained for; leave the option out`,
    );
  }
  if (job.objectDiameter !== undefined && !info.voxelSizeKnown) {
    throw new MorulaError(
      'usage',
      `--object-diameter: ${info.name} does not say how large its pixels are, which micrometres need; give --pixel-size too`,
    );
  }
  return {
    kind: 'network',
    model: manifest.name,
    modelDigest: modelDigest(model),
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

/** Frames under way at once. */
export function workersOf(job: SegmentJob): number {
  return job.workers ?? availableParallelism();
}
