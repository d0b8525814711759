/** Axis order of a network's input and outputs. */
export type Layout = 'NCHW' | 'NHWC';

/** What a network is and how to feed it. Spatial pairs are `[y, x]`. */
export interface Manifest {
  name: string;
  kind: 'stardist';
  /** Spatial dimensions; 3D models are refused for now. */
  ndim: 2;
  layout: Layout;
  /** Input channels; only 1 is taken. */
  channels: 1;
  /** Input pixels per output pixel, after the sub-lattice of `sparseLattice` is taken. */
  grid: readonly [number, number];
  nRays: number;
  /** The input's height and width must be multiples of these. */
  divisibleBy: readonly [number, number];
  /** Input pixels on each side of a tile whose output is not trusted. */
  halo: readonly [number, number];
  /** Percentiles of a frame that are mapped to 0 and 1. */
  normalise: { low: number; high: number };
  thresholds: { prob: number; nms: number };
  /** Typical diameter of the training objects, pixels; null = not known, objects cannot be rescaled to it. */
  objectDiameterPx: number | null;
  /** Diameters that the network finds without rescaling, pixels; null = not known. */
  diameterRangePx: readonly [number, number] | null;
  /** 'sigmoid' where the file gives logits. */
  probActivation: 'none' | 'sigmoid';
  /** Output names. With `concatenated` both name the one output: channel 0 is prob, the rest dist. */
  outputs: { prob: string; dist: string };
  concatenated: boolean;
  /** Outputs are at full resolution and prob is 0 except at multiples of `grid`. */
  sparseLattice: boolean;
  /** The only height and width that the file takes, or null. */
  fixedSize: readonly [number, number] | null;
}

/** A network and the bytes that it was hashed from. Plain data: it can be posted to a thread. */
export interface Model {
  manifest: Manifest;
  /** The ONNX file; holds all its tensors. */
  bytes: Uint8Array;
  /** Hex digest of `bytes`. */
  sha256: string;
  path: string;
  /** What had to be guessed, one line each. */
  warnings: string[];
}

/** A model that ships with the package. */
export interface BuiltinModel {
  name: string;
  /** Folder that holds `model.onnx` and `model.json`. */
  path: string;
}

export type Device = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'coreml' | 'dml';

/** Outputs of one run, channel-planar at grid resolution. The arrays are valid until the session's next run. */
export interface GridOutput {
  /** Grid rows and columns: input size / grid. */
  height: number;
  width: number;
  /** `[height, width]`, in [0, 1]. */
  prob: Float32Array;
  /** `[nRays, height, width]`, input pixels; may hold values below 0. */
  dist: Float32Array;
  /** Milliseconds inside the runtime. */
  ms: number;
}

/** A network made ready to run on one device. Not shared between threads. */
export interface ModelSession {
  manifest: Manifest;
  device: Device;
  /** What a user should know about the device, or null. */
  note: string | null;
  /**
   * Runs the network on a normalised `[height, width]` image.
   *
   * @param height multiple of `divisibleBy`, or `fixedSize`
   * @throws `shape-mismatch` when the file's outputs are not what the manifest says
   */
  run(input: Float32Array, height: number, width: number): Promise<GridOutput>;
  close(): Promise<void>;
}
