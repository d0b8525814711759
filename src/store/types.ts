import type { Dtype } from '../array/index.ts';
import type { Channel, MovieInfo } from '../read/types.ts';

/** The movie as the result remembers it: enough to open it again and to give every number its unit. */
export interface StoredMovie {
  /** Absolute path or address; null for imported tracks without a movie. */
  path: string | null;
  name: string;
  ndim: 2 | 3;
  nFrames: number;
  /** `[z, y, x]` pixels; zeros where there is no image. */
  shape: readonly [number, number, number];
  dtype: Dtype | null;
  level: number;
  channels: Channel[];
  /** `[z, y, x]` micrometres. */
  voxelSize: readonly [number, number, number];
  /** Seconds. */
  timeStep: number;
  /** False where nobody said how large a pixel is or how long a frame lasts; they are then 1. */
  voxelSizeKnown: boolean;
  timeStepKnown: boolean;
  /** Metadata's hash, see `MovieInfo.fingerprint`. */
  fingerprint: string;
  /** SHA-256 of some pixels, which tells apart two movies of one microscope; null where no pixel was read. */
  sample: string | null;
}

/** What decides the pixels of the labels: a change of any of these makes another result. */
export interface SegmentSettings {
  kind: 'network' | 'import';
  model: string;
  /** Hash of the model's bytes and of how they are fed; of imported tracks, of their content. */
  modelDigest: string;
  /** A list where the network takes several. */
  channel: number | readonly number[];
  probThreshold: number;
  nmsThreshold: number;
  /** Micrometres, NaN is stored as null: the model's own scale. */
  objectDiameter: number | null;
  /** The network that restored what the model saw, and its digest as `modelDigest`; absent where none did. */
  restore?: { model: string; digest: string };
  omeZarr: '0.4' | '0.5';
}

/** What decides the links. */
export interface LinkSettings {
  kind: 'lap' | 'global' | 'import';
  maxDistance: number | null;
  maxFrameInterval: number;
  divisions: boolean;
  /** Absent in older results and for linkers that know no motion. */
  motion?: 'auto' | 'none' | 'drift' | 'flow';
  /** True where candidates below the threshold could become cells; absent = they could not. */
  rescue?: true;
  /** SHA-256 of the network that judged the links; absent where none did. */
  scorer?: string;
  /** SHA-256 of the file of constraints; absent where there was none. */
  constraints?: string;
}

/** Counts and times that the end of a run prints and `info` shows. */
export interface Summary {
  frames: number;
  detections: number;
  tracklets: number;
  lineages: number;
  divisions: number;
  links: number;
  /** Cells that the network saw below its threshold and the linker needed; absent = none. */
  rescued?: number;
  /** Micrometres, as used. */
  maxDistance: number | null;
  /** Edits by people that are in these numbers, undone ones not counted; absent = none. */
  edits?: number;
  /** Logarithm of a likelihood ratio by which a better solution could differ at most; absent where nobody knows. */
  gap?: number;
  /** Frames moved as a whole and those moved cell by cell, and the usual step without and with both, micrometres. */
  motion?: { drift: number; flow: number; before: number; after: number };
  /** Links and divisions that are wrong by the linker's own probabilities, and those below 0.9; absent where it says none. */
  doubt?: { links: number; divisions: number; doubtful: number };
}

/** A file as it was written, its path relative to the result folder. */
export interface Output {
  path: string;
  bytes: number;
  sha256: string;
}

/** run.json */
export interface RunFile {
  format: 'morula-result';
  version: 1;
  morula: string;
  movie: StoredMovie;
  /** False for imported points, which have no label images. */
  hasLabels: boolean;
  segment: SegmentSettings;
  /** Hash of the movie's fingerprint and of `segment`: names the segmentation. */
  segmentKey: string;
  link: LinkSettings | null;
  /** `preparing`: what stood in the folder before is being removed; nothing in it counts. */
  stages: { segment: 'preparing' | 'running' | 'done'; link: 'none' | 'done' };
  summary: Summary | null;
  /**
   * Where the network ran, in the order of their first use. No part of `segmentKey`: devices agree to rounding (some
   * 1e-5, at most 0.03 where half precision is used), and a job that lost its GPU must go on from where it stood.
   */
  devices?: string[];
  /**
   * Metadata of the label images, and a TrackMate session that is kept, as they were written; absent in older results and
   * where there are none.
   */
  documents?: Output[];
}

/** frames/NNNNN.json, written after everything that it names is in place. */
export interface FrameMarker {
  v: 1;
  unit: string;
  key: string;
  count: number;
  /** Candidates below the threshold in the frame's table; absent in frames of older versions. */
  weak?: number;
  /** Chunks of the movie that did not decode and were taken as missing; absent = none. */
  masked?: number;
  /** Cells that the linker rescued, drawn into the labels behind the frame's `count`; absent = none. */
  rescued?: number;
  /** Where cells were rescued: what the segmentation wrote, as `outputs`. */
  segmented?: Output[];
  outputs: Output[];
  seconds: { read: number; network: number; total: number };
  /** `device` is where the network ran; absent for imported points. It may differ from frame to frame. */
  env: { morula: string; node: string; device?: string };
  warnings: string[];
}

/** A file to be written, its path relative to the result folder. */
export interface FileBytes {
  path: string;
  bytes: Uint8Array;
}

/** A frame that is ready to be committed, some ten kilobytes in 2D: it may cross threads and processes. */
export interface PackedFrame {
  t: number;
  /** Label chunks and table. */
  files: FileBytes[];
  /** What the marker says besides the files. */
  marker: Omit<FrameMarker, 'outputs'>;
}

/** The part of a movie's description that a result keeps. */
export function storeMovie(info: MovieInfo, sample: string | null): StoredMovie {
  const { path, name, ndim, nFrames, shape, dtype, level, channels, voxelSize, timeStep, fingerprint } = info;
  const { voxelSizeKnown, timeStepKnown } = info;
  return {
    path,
    name,
    ndim,
    nFrames,
    shape,
    dtype,
    level,
    channels,
    voxelSize,
    timeStep,
    voxelSizeKnown,
    timeStepKnown,
    fingerprint,
    sample,
  };
}

/** Where machines that link one movie together leave what each decided, and with which frame this one begins. */
export interface BlockSharing {
  folder: string;
  first: number;
}
