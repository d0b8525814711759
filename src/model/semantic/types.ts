import type { Device, Layout, Triple } from '../basics.ts';

/** What a channel of a semantic network says of a pixel. */
export const CLASSES = ['background', 'foreground', 'boundary', 'distance', 'other'] as const;
/** 'image' = the restored grey value: the one channel of a network that restores. */
export type SemanticClass = (typeof CLASSES)[number] | 'image';

/** What turns a network's numbers into probabilities; distances are taken as they are. */
export const ACTIVATIONS = ['none', 'sigmoid', 'softmax'] as const;

/**
 * How grey values are fed. Percentiles of the frame become 0 and 1 (`percentiles`); the frame's mean and standard
 * deviation become 0 and 1 (`standard`); or every value v becomes `gain v + offset` (`linear`).
 */
export type SemanticNormalise =
  | { method: 'percentiles'; low: number; high: number; perChannel: boolean }
  | { method: 'standard'; perChannel: boolean }
  | { method: 'linear'; gain: number; offset: number };

/** How the probabilities of a semantic network become objects. Pixels are those of the frame. */
export interface InstanceRules {
  /**
   * Where objects start. 'interior': connected parts of where foreground less boundary exceeds `seedThreshold`.
   * 'distance': peaks of the network's distance channel, or without one of the smoothed distance to where that
   * difference falls below `seedThreshold`.
   */
  seeds: 'interior' | 'distance';
  /** In (0, 1). */
  seedThreshold: number;
  /** Standard deviation by which computed distances are smoothed, pixels along x. */
  smoothing: number;
  /** How far a peak must stand above the saddle to a higher one: pixels along x, or units of the distance channel. */
  minDepth: number;
  /** The same as a share of the peak's height, in [0, 1). */
  minContrast: number;
  /** Pixels of the smallest object. */
  minSize: number;
  /** Pixels of the largest hole in the foreground that is filled before objects are told apart. */
  maxHole: number;
  /** Touching objects are one where the mean boundary between them is below this; null = never. */
  mergeBelow: number | null;
  /** Units of the distance channel: its largest values are about 1 ('relative'), or pixels. */
  distanceUnit: 'relative' | 'pixels';
  /** Length of a voxel along z, y and x, relative to x. */
  spacing: Triple;
}

/** A network that tells foreground from background, pixel by pixel, and how to feed it. Lists for axes are `[(z), y, x]`. */
export interface SemanticManifest {
  name: string;
  kind: 'semantic';
  ndim: 2 | 3;
  layout: Layout;
  /** Input channels. */
  channels: number;
  normalise: SemanticNormalise;
  /** Names of the outputs whose channels, one after another, are `classes`; as large as the input. */
  outputs: readonly string[];
  classes: readonly SemanticClass[];
  activation: (typeof ACTIVATIONS)[number];
  /** Foreground is where its probability exceeds `prob`. */
  thresholds: { prob: number };
  instances: InstanceRules;
  /** The input's sizes must be multiples of these. */
  divisibleBy: readonly number[];
  /** Input pixels on each side of a tile whose output is not trusted. */
  halo: readonly number[];
  /** The only sizes that the file takes, or null. */
  fixedSize: readonly number[] | null;
  /** Memory that a run takes for each pixel of its input, bytes: how large tiles may be. */
  bytesPerVoxel: number;
  /** Objects are not rescaled. */
  objectDiameterPx: null;
  diameterRangePx: null;
}

/** Outputs of one run. The arrays are valid until the session's next run. */
export interface SemanticOutput {
  /** One `[(depth), height, width]` for each of `classes`, before the activation. */
  planes: Float32Array[];
  /** Milliseconds inside the runtime. */
  ms: number;
}

/** A semantic network made ready to run on one device. Not shared between threads. */
export interface SemanticSession {
  manifest: SemanticManifest;
  device: Device;
  close(): Promise<void>;
  /**
   * Runs the network on a normalised `[channels, (depth), height, width]` image.
   *
   * @param size multiples of `divisibleBy`, or `fixedSize`
   * @throws `shape-mismatch` when the file's outputs are not what the manifest says
   */
  run(input: Float32Array, size: readonly number[]): Promise<SemanticOutput>;
}
