import type { RunFile } from '../../../src/store/types.ts';

/** What `/api/info` answers. */
export interface Info {
  run: RunFile;
  /** Why there are no pixels, or null. */
  imageProblem: string | null;
  /** Does the server record edits? */
  edits?: boolean;
  /** Resolutions that planes can be had in, finest first; absent = one, as a whole. */
  levels?: readonly Level[];
}

/** A resolution: one of its pixels is `step` world units wide. */
export interface Level {
  step: number;
  width: number;
  height: number;
}

/** Where a plane's pixels lie: world units of its upper left corner, and of a pixel's side. */
export interface Placement {
  x: number;
  y: number;
  step: number;
}

/** Detections and their links as columns of length `count`, sorted by frame. Positions in micrometres. */
export interface Nodes {
  count: number;
  t: Int32Array;
  label: Uint32Array;
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  /** um^2 or um^3; NaN = not known. */
  size: Float64Array;
  /** um; NaN = not known. */
  radius: Float64Array;
  border: Uint8Array;
  /** Mean grey values, all channels of a node together; absent where there was no image. */
  intensity?: Float32Array | Float64Array;
  /** Rows of predecessor and successors, -1 = none. */
  parent: Int32Array;
  childA: Int32Array;
  childB: Int32Array;
  /** Numbers from 1. */
  tracklet: Int32Array;
  lineage: Int32Array;
  /** Place in the frame as segmented, where detections have no labels of their own; part of their names. */
  place?: Int32Array;
}

/** Tracklets as columns; a branch's index is its tracklet number - 1. */
export interface Branches {
  count: number;
  /** Node rows of branch b: `nodes[start[b]]` to `nodes[start[b + 1] - 1]`, in time. */
  start: Int32Array;
  nodes: Int32Array;
  /** First and last frame. */
  t0: Int32Array;
  t1: Int32Array;
  /** Frame where the mark of the tree begins: the parent's last frame, or `t0` of a founder. */
  from: Int32Array;
  /** Branch indices, -1 = none. */
  parent: Int32Array;
  childA: Int32Array;
  childB: Int32Array;
  /** Lineage number, from 1. */
  lineage: Int32Array;
  generation: Int32Array;
}

/** One plane of pixels as served. */
export interface Plane {
  data: PixelArray;
  width: number;
  height: number;
  /** Absent = the whole picture, a pixel a world unit. */
  at?: Placement;
}

export type PixelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Labels of one plane as places in the frame: 0 = background, k = the frame's k-th node, from 1. */
export interface LabelPlane {
  data: Uint32Array;
  width: number;
  height: number;
  /** As of a `Plane`. */
  at?: Placement;
}

/** How micrometres become world units (pixels of the image, or micrometres where there is none). */
export interface Space {
  /** Extent of the picture in world units. */
  width: number;
  height: number;
  depth: number;
  /** World units per micrometre along x, y, z; `offset` is added after. */
  scale: readonly [x: number, y: number, z: number];
  offset: readonly [x: number, y: number, z: number];
  /** Height of a world unit over its width on screen. */
  aspect: number;
  /** Micrometres per world unit along x. */
  umPerUnit: number;
}

/**
 * Everything about the lineage that the views read. Edits change it in place: the objects (this, `nodes`, `branches`)
 * stay, their columns may be others; `App.version` counts.
 */
export interface Dataset {
  info: Info;
  nFrames: number;
  nLineages: number;
  /** True while a cell has three daughters: another page's edits are being caught up with. */
  crowded: boolean;
  nodes: Nodes;
  branches: Branches;
  /** Nodes of frame t: rows `frameStart[t]` to `frameStart[t + 1] - 1`. */
  frameStart: Int32Array;
  /** Rows of dividing nodes, in order of time. */
  divisions: Int32Array;
  space: Space;
}
