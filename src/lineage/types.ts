import type { Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';

export type * from './edits/types.ts';

/**
 * A whole lineage as columns: detections, links, and what follows from them. Tracklets are maximal unbranched paths
 * (they may span gaps), numbered from 1 in order of (first frame, first node); lineages are weakly connected
 * components, numbered from 1 in order of their first node.
 */
export interface Lineage {
  detections: Detections;
  links: Links;
  /** Per node: row of the predecessor, -1 = none. At most one (merges are refused). */
  parent: Int32Array;
  /** Per node: rows of the successors, -1 = none; `childA < childB`, a lone successor is `childA`. */
  childA: Int32Array;
  childB: Int32Array;
  /** Per node: tracklet number, from 1. */
  tracklet: Int32Array;
  /** Per node: lineage number, from 1. */
  lineage: Int32Array;
  /** Per tracklet, index = number - 1. */
  tracklets: Tracklets;
  nLineages: number;
}

/** Columns of length `count`, one row a tracklet. Numbers of tracklets start at 1; 0 = none. */
export interface Tracklets {
  count: number;
  firstNode: Int32Array;
  lastNode: Int32Array;
  nNodes: Int32Array;
  /** Number of the tracklet that divided into this one, 0 = founder. */
  parent: Int32Array;
  /** Numbers of the two daughters, 0 = none. */
  daughterA: Int32Array;
  daughterB: Int32Array;
  lineage: Int32Array;
  /** Divisions between the founder and this tracklet; founders have 0. */
  generation: Int32Array;
}

/** Divisions as columns of length `count`, in order of (frame, parent). */
export interface Divisions {
  count: number;
  /** Row of the dividing cell's last node. */
  parent: Int32Array;
  /** Rows of the daughters' first nodes; `daughterA < daughterB`. */
  daughterA: Int32Array;
  daughterB: Int32Array;
  /** Frame of the parent's last node. */
  frame: Int32Array;
  /** Distance between the daughters' first nodes, micrometres. */
  sisterDistance: Float64Array;
  /**
   * Unit vector along the line through both daughters. A line has no sign: x > 0, or x = 0 and y > 0, or both 0 and
   * z > 0. NaN where the daughters coincide.
   */
  axisZ: Float64Array;
  axisY: Float64Array;
  axisX: Float64Array;
  /** 2D: angle of that line to the x axis, degrees in [0, 180), from x towards y (y points down in images); 3D: NaN. */
  angle: Float64Array;
  /** Frames from the division that bore the parent to this one; NaN for founders. */
  cellCycle: Float64Array;
  /** The smaller prob of the two links; NaN = not known. */
  prob: Float32Array;
}

/** Measures of tracklets, columns of length `tracklets.count`, index = number - 1. */
export interface TrackletMeasures {
  /** Frames from the first to the last node; 0 for a lone node. */
  duration: Int32Array;
  /** Sum of the steps between the tracklet's own nodes, micrometres. */
  pathLength: Float64Array;
  /** Distance from the first to the last node, micrometres. */
  displacement: Float64Array;
  /** Path length over duration, micrometres per second; NaN for a lone node or without a time step. */
  meanSpeed: Float64Array;
  /** Smallest prob of the links into the tracklet's nodes, its birth included; NaN = not known or no link. */
  confidence: Float32Array;
}

/** Numbers per frame, columns of length `nFrames`. */
export interface FrameCounts {
  nCells: Int32Array;
  /** Divisions whose parent has its last node in this frame. */
  nDivisions: Int32Array;
  /** Founders that start here; frame 0 has none. */
  nAppearing: Int32Array;
  /** Tracklets that end here without a division; the last frame has none. */
  nDisappearing: Int32Array;
}
