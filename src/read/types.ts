import type { Dtype, NdArray } from '../array/index.ts';

/** How to open a movie; plain data, so that a worker can open the same one. */
export interface MovieSource {
  /** Folder, file, http(s) address or `s3://bucket/path`. */
  path: string;
  /** Resolution level, 0 is full resolution. */
  level?: number;
  /** `[z, y, x]` micrometres per pixel; overrides the metadata. 2 values for 2D: `[y, x]`. */
  pixelSize?: readonly number[];
  /** Seconds between frames; overrides the metadata. */
  timeStep?: number;
  /** OME-Zarr: a chunk that does not decode counts as missing, and is named in `Frame.masked`; absent = it is an error. */
  badChunks?: 'mask';
  /** OME-Zarr: a missing chunk is one that does not decode; absent = it is fill values. */
  requireChunks?: true;
}

/** One channel of a movie. */
export interface Channel {
  index: number;
  name: string;
  /** Six hex digits, or null when the metadata has none. */
  color: string | null;
}

/** What a movie is, read from its metadata before any pixel. */
export interface MovieInfo {
  /** Name without folder and suffix, for titles and default output paths. */
  name: string;
  path: string;
  /** In words: 'OME-Zarr 0.4 (zarr v2)', 'TIFF folder', ... */
  format: string;
  ndim: 2 | 3;
  nFrames: number;
  /** `[z, y, x]` pixels of one frame at the chosen level; z = 1 in 2D. */
  shape: readonly [number, number, number];
  dtype: Dtype;
  channels: Channel[];
  /** `[z, y, x]` micrometres; 1 where unknown, see `voxelSizeKnown`. */
  voxelSize: readonly [number, number, number];
  voxelSizeKnown: boolean;
  /** Seconds; 1 where unknown. */
  timeStep: number;
  timeStepKnown: boolean;
  levels: { path: string; shape: readonly number[] }[];
  level: number;
  /** Hash (hex) of the metadata that the pixels' meaning depends on: shape, dtype, axes, scales, array metadata. */
  fingerprint: string;
  /** Things a user should know that are not errors, one line each. */
  warnings: string[];
}

/** One channel of one time point. `image.shape` is `[y, x]` in 2D and `[z, y, x]` in 3D. */
export interface Frame {
  t: number;
  channel: number;
  image: NdArray;
  /** Why each chunk that was masked does not decode; absent = none was, see `MovieSource.badChunks`. */
  masked?: string[];
}

/** A part of a plane: pixels, start-inclusive, end-exclusive. */
export interface PlanePart {
  y: readonly [number, number];
  x: readonly [number, number];
}

/** An open movie. Frames are read on demand; nothing holds more than what is asked for. */
export interface Movie {
  info: MovieInfo;
  /**
   * Reads one channel of frame `t` (0-based). Missing chunks are fill values; a chunk that does not decode is an
   * `invalid-data` error that names array, key and frame.
   */
  readFrame(t: number, channel?: number): Promise<Frame>;
  /** Reads one z-plane `[y, x]` (for the viewer), or a part of it; in 2D `z` must be 0. */
  readPlane(t: number, channel: number, z: number, part?: PlanePart): Promise<NdArray>;
  /** Reads planes `from` to `to - 1` as `[z, y, x]`: what is too large to be read at once is read in slabs. */
  readSlab(t: number, channel: number, from: number, to: number): Promise<NdArray>;
  close(): Promise<void>;
}
