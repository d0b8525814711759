import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { MorulaError } from '../errors/index.ts';
import { type Device, type Manifest, type Model, modelDigest } from '../model/index.ts';
import type { SegmentTask } from '../pool/index.ts';
import type { MovieInfo, MovieSource } from '../read/index.ts';
import type { RunFile, SegmentSettings } from '../store/index.ts';

/** Everything that a user can say about segmenting. */
export interface SegmentJob {
  source: MovieSource;
  /** Result folder. */
  folder: string;
  /** Built-in name, folder or file; undefined = the built-in one for frames of the movie's dimensions. */
  model?: string;
  /**
   * Index or name, or several with commas between, as many as the network takes and in its order; undefined = the
   * first one, or all of a movie that has as many as the network takes.
   */
  channel?: number | string;
  device: Device;
  /** Seconds that one run of the network may take; undefined = 15 minutes, or 20 times the longest so far. */
  frameTimeout?: number;
  /** Frames under way at once; undefined = one for each core, and a few where a GPU is shared. */
  workers?: number;
  threads: number;
  /** Bytes that all workers together may take for their frames; undefined = half of the machine's. */
  memory?: number;
  /** In (0, 1); undefined = the model's own. */
  probThreshold?: number;
  nmsThreshold?: number;
  /** Micrometres; undefined = the model's own scale. */
  objectDiameter?: number;
  /** Folder or file of a network that restores what the model sees; undefined = nothing does. */
  restore?: string;
  omeZarr: '0.4' | '0.5';
  /** Half-open slice of frames, so that slices can run on different machines; undefined = all. */
  frames?: readonly [number, number];
  overwrite: boolean;
}

/** A job whose model is chosen. */
export type ModelJob = SegmentJob & { model: string };

/** The task of every frame, but for the frame. */
export function taskTemplate(
  job: ModelJob,
  source: MovieSource,
  info: MovieInfo,
  run: RunFile,
  device: Device,
): Omit<SegmentTask, 't'> {
  const { objectDiameter, channel, probThreshold, nmsThreshold, modelDigest } = run.segment;
  const [start, end] = job.frames ?? [0, info.nFrames];
  const atOnce = Math.min(workersOf(job, device), Math.max(1, end - start));
  return {
    source,
    folder: resolve(job.folder),
    segmentKey: run.segmentKey,
    model: job.model,
    modelDigest,
    restore: restorerTask(job, run.segment),
    device,
    threads: job.threads,
    memory: (job.memory ?? totalmem() / 2) / atOnce,
    channel,
    probThreshold,
    nmsThreshold,
    objectDiameterPx: objectDiameter === null ? Number.NaN : objectDiameter / info.voxelSize[1],
  };
}

/** The network that restores, as tasks name it. */
export function restorerTask(job: SegmentJob, { restore }: SegmentSettings): SegmentTask['restore'] {
  return job.restore === undefined || restore === undefined
    ? null
    : { model: job.restore, digest: restore.digest };
}

/** Every choice that decides a pixel, the model's own where the job has none. Refuses what does not fit. */
export function resolveSettings(
  job: SegmentJob,
  info: MovieInfo,
  model: Model,
  restorer: Model | null = null,
): SegmentSettings {
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
    channel: findChannels(job.channel, info, manifest),
    probThreshold: job.probThreshold ?? manifest.thresholds.prob,
    nmsThreshold: nmsThresholdOf(job, manifest),
    objectDiameter: job.objectDiameter ?? null,
    ...(restorer === null ? {} : { restore: restorerOf(restorer, info) }),
    omeZarr: job.omeZarr,
  };
}

/** The channel of each of the network's inputs; a network of one input has a number. */
function findChannels(
  wanted: number | string | undefined,
  info: MovieInfo,
  { name, channels: nInputs }: Model['manifest'],
): number | number[] {
  const { channels } = info;
  const found =
    wanted === undefined
      ? channels.slice(0, nInputs === 1 ? 1 : channels.length).map(({ index }) => index)
      : namesIn(wanted, info).map((one) => findChannel(one, info));
  if (found.length === nInputs) return nInputs === 1 ? found[0] : found;
  const takes = `${name} takes ${nInputs} channel${nInputs === 1 ? '' : 's'}`;
  const given =
    wanted === undefined
      ? `model: ${takes}, ${info.name} has ${listed(info)}`
      : `--channel: ${takes}, got "${wanted}"`;
  const example = Array.from({ length: nInputs }, (_, i) => channels[i % channels.length].index).join(',');
  throw new MorulaError(
    wanted === undefined ? 'unsupported' : 'usage',
    `${given}; name ${nInputs === 1 ? 'one' : `${nInputs}, in the order of its training`}: --channel ${example}`,
  );
}

/** A name may hold commas: the whole text counts first. */
function namesIn(wanted: number | string, { channels }: MovieInfo): (number | string)[] {
  if (typeof wanted === 'number' || channels.some(({ name }) => name === wanted)) return [wanted];
  return wanted.split(',').map((part) => part.trim());
}

function findChannel(wanted: number | string, info: MovieInfo): number {
  const found = info.channels.find(({ index, name }) => name === wanted || String(index) === String(wanted));
  if (found !== undefined) return found.index;
  throw new MorulaError('usage', `--channel: "${wanted}" is not in ${info.name}; it has ${listed(info)}`);
}

function listed({ channels }: MovieInfo): string {
  return channels.map(({ index, name }) => `${index} (${name})`).join(', ');
}

/** The network of `--restore`, checked. */
function restorerOf(model: Model, info: MovieInfo): NonNullable<SegmentSettings['restore']> {
  const { manifest, path } = model;
  const { name, ndim, channels } = manifest;
  if (!restores(manifest))
    throw new MorulaError(
      'unsupported',
      `--restore: ${path} must be a network that restores; if it is one, put a model.json with {"kind": "restoration"} beside it`,
    );
  if (ndim !== info.ndim || channels !== 1)
    throw new MorulaError(
      'unsupported',
      `--restore: a network for ${info.ndim}D frames of one channel is needed for ${info.name}, ${name} takes ${ndim}D ones of ${channels}`,
    );
  return { model: name, digest: modelDigest(model) };
}

/** True for a network whose output is the picture that it was given, restored. */
function restores(manifest: Manifest): boolean {
  return manifest.kind === 'semantic' && manifest.classes[0] === 'image';
}

function checkModelFits(model: Model, info: MovieInfo): void {
  if (restores(model.manifest))
    throw new MorulaError(
      'unsupported',
      `model: ${model.manifest.name} restores pictures and finds no cells; give it as --restore`,
    );
  if (model.manifest.ndim === info.ndim) return;
  throw new MorulaError(
    'unsupported',
    `model: ${model.manifest.name} is made for ${model.manifest.ndim}D frames, ${info.name} is ${info.ndim}D (${info.shape.join(' x ')} pixels, z y x); leave --model out, or give a ${info.ndim}D model`,
  );
}

/** Sessions that share a GPU: while one is in the network, the others read, normalise, decode and write. */
const GPU_SESSIONS = 3;

/** The overlap threshold; 0 for a semantic network, whose objects do not overlap. */
function nmsThresholdOf({ nmsThreshold }: SegmentJob, manifest: Manifest): number {
  if (manifest.kind === 'stardist') return nmsThreshold ?? manifest.thresholds.nms;
  if (nmsThreshold === undefined) return 0;
  throw new MorulaError(
    'usage',
    `--nms-threshold: model ${manifest.name} is a semantic network, whose objects do not overlap; leave the option out`,
  );
}

/** Frames under way at once. */
export function workersOf(job: SegmentJob, device: Device): number {
  const cores = availableParallelism();
  return job.workers ?? (device === 'cpu' ? cores : Math.min(cores, GPU_SESSIONS));
}
