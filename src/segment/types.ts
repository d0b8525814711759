import type { NdArray } from '../array/index.ts';

/**
 * The objects of one frame, in pixels, as a kernel leaves them: columns of length `count`, row i has label
 * `label[i]`. Rows are sorted by label; labels are 1..count without holes (objects without a visible pixel are
 * dropped and the rest renumbered, best prob first).
 */
export interface FrameObjects {
  count: number;
  label: Uint32Array;
  /** Centroid of the label's pixels, pixels (pixel centres have integer coordinates). z = 0 in 2D. */
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  /** Pixels (2D) or voxels (3D) of the label. */
  size: Float64Array;
  /** Network probability at the object's centre, in (0, 1], rounded to 1e-4; 1 where no network was asked. */
  prob: Float32Array;
  /** 1 if the label touches the image's border (any side; in 3D also first and last plane). */
  border: Uint8Array;
  /** `count x nChannels`, mean intensity under the label, in the image's units. */
  intensity: Float32Array;
  nChannels: number;
}

/** Label image of one frame, `[y, x]` or `[z, y, x]`; 0 is background. */
export type LabelImage = NdArray<Uint32Array>;

/**
 * Detections of a whole movie: columns of length `count`, physical units, sorted by (t, label). A row's index is the
 * detection's node number everywhere: tables, graph, viewer.
 */
export interface Detections {
  count: number;
  /** 2 or 3; in 2D every z is 0. */
  ndim: 2 | 3;
  /** Frame index. */
  t: Int32Array;
  /** Label in the frame's label image, or 0 where there is no image. */
  label: Uint32Array;
  /** Micrometres. */
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  /** Square micrometres in 2D, cubic micrometres in 3D; NaN = not known. */
  size: Float64Array;
  /** Equivalent radius, micrometres; NaN = not known. */
  radius: Float64Array;
  /** In [0, 1]; NaN = not known. */
  prob: Float32Array;
  /** 1 if the object touches the image's border. */
  border: Uint8Array;
  /** 1 if the network saw it below its threshold and the linker needed it; absent = none was. */
  rescued?: Uint8Array;
  /** `count x nChannels`, image units. */
  intensity: Float32Array;
  nChannels: number;
}
