import type { Device, PlaneLayout, Triple, VolumeLayout } from './basics.ts';
import type { SemanticManifest, SemanticSession } from './semantic/types.ts';

export type { Device, Layout, PlaneLayout, Triple, VolumeLayout } from './basics.ts';

/** What a manifest says whatever the number of axes. */
interface CommonManifest {
  name: string;
  kind: 'stardist';
  /** Input channels. */
  channels: number;
  nRays: number;
  /**
   * Percentiles of a frame that are mapped to 0 and 1: of all input channels together, as stained sections need, or
   * of each on its own.
   */
  normalise: { low: number; high: number; perChannel?: boolean };
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
  /** Grid positions at each side of a frame where no centre is taken; StarDist has 2, whatever its grid. */
  border: number;
  /**
   * What `border` is counted from at an axis's end: 'frame' = the frame's last position; 'padded' = the last one of
   * the input, padded to `divisibleBy`, as Python's `predict_instances` does: nearer to the end by the padding.
   */
  borderRule: 'frame' | 'padded';
}

/**
 * Log odds, less those that are asked for, that an object is real: `prob` times the log odds of its prob, plus `area` times
 * ln of its area in pixels of the network's input, plus `border` times the distance of its centre from the frame's border in
 * radii of the disc of that area, plus `offset`. Objects for which it is over 0 are kept.
 */
export interface KeepRule {
  prob: number;
  area: number;
  border: number;
  offset: number;
}

/** A network for planes and how to feed it. Spatial pairs are `[y, x]`. */
export interface PlaneManifest extends CommonManifest {
  ndim: 2;
  layout: PlaneLayout;
  /** Input pixels per output pixel, after the sub-lattice of `sparseLattice` is taken. */
  grid: readonly [number, number];
  /** The input's height and width must be multiples of these. */
  divisibleBy: readonly [number, number];
  /** Input pixels on each side of a tile whose output is not trusted. */
  halo: readonly [number, number];
  /**
   * What an object's outline is: 'centre' = what its centre predicts, as in StarDist; 'mean' = the mean of what the
   * grid positions at and beside its centre predict.
   */
  outline: 'centre' | 'mean';
  /**
   * Pixels beside an object join it where they reach this share, in (0, 1], of the contrast of the frame's typical
   * object; null: outlines stay as the network drew them.
   */
  edgeLevel: number | null;
  /** Which of the objects that suppression leaves are kept; null: all. */
  keep: KeepRule | null;
  /** The only height and width that the file takes, or null. */
  fixedSize: readonly [number, number] | null;
}

/** A network for volumes and how to feed it. Fields as in `PlaneManifest`, for the axes `[z, y, x]`. */
export interface VolumeManifest extends CommonManifest {
  ndim: 3;
  layout: VolumeLayout;
  grid: Triple;
  divisibleBy: Triple;
  halo: Triple;
  fixedSize: Triple | null;
  rays: Rays;
  /**
   * Shapes of voxels (z over y) that the network was trained on: planes are made to fit only beyond them. Without it
   * the shape that the rays are spread for.
   */
  anisotropyRange?: readonly [number, number] | null;
  /** Memory that a run takes for each voxel of its input, bytes: how large tiles may be. */
  bytesPerVoxel: number;
}

/** Directions of the rays of a 3D network: `n` along a golden spiral, spread evenly for voxels of relative size `anisotropy`. */
export interface Rays {
  name: 'golden-spiral';
  n: number;
  anisotropy: Triple;
}

/** What a StarDist network is and how to feed it. */
export type StarManifest = PlaneManifest | VolumeManifest;

/** What a network is and how to feed it. */
export type Manifest = StarManifest | SemanticManifest;

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

/** Outputs of one run on a plane, channel-planar at grid resolution. The arrays are valid until the session's next run. */
export interface GridOutput {
  /** Grid rows and columns: input size / grid. */
  height: number;
  width: number;
  /** `[height, width]`, in [0, 1]. */
  prob: Float32Array;
  /** Input pixels; may hold values below 0. `[nRays, height, width]`, or `[at.length, nRays]`. */
  dist: Float32Array;
  /** The positions in `prob` that `dist` has rows for, ascending; absent = `dist` has planes of all. */
  at?: Int32Array;
  /** Milliseconds inside the runtime. */
  ms: number;
}

/** Outputs of one run on a volume: as `GridOutput`, of shape `[depth, height, width]`. */
export interface VolumeOutput extends GridOutput {
  depth: number;
}

interface CommonSession {
  device: Device;
  close(): Promise<void>;
}

/** A network for planes made ready to run on one device. Not shared between threads. */
export interface PlaneSession extends CommonSession {
  manifest: PlaneManifest;
  /**
   * Runs the network on a normalised image.
   *
   * @param input `[channels, height, width]`, whatever the file's layout
   * @param height multiple of `divisibleBy`, or `fixedSize`
   * @param floor `dist` is needed where prob exceeds it; a session that was made `sparse` gives no more. Default: none
   * @throws `shape-mismatch` when the file's outputs are not what the manifest says
   */
  run(input: Float32Array, height: number, width: number, floor?: number): Promise<GridOutput>;
}

/** A network for volumes made ready to run on one device. Not shared between threads. */
export interface VolumeSession extends CommonSession {
  manifest: VolumeManifest;
  /** Runs the network on a normalised `[channels, depth, height, width]` volume; as `PlaneSession.run`. */
  run(
    input: Float32Array,
    depth: number,
    height: number,
    width: number,
    floor?: number,
  ): Promise<VolumeOutput>;
}

/** A network made ready to run. */
export type ModelSession = PlaneSession | VolumeSession | SemanticSession;

/** True for the session of a semantic network, 2D or 3D. */
export function isSemanticSession(session: ModelSession): session is SemanticSession {
  return session.manifest.kind === 'semantic';
}

/** True for the session of a 3D StarDist network. */
export function isVolumeSession(session: ModelSession): session is VolumeSession {
  return session.manifest.kind === 'stardist' && session.manifest.ndim === 3;
}
