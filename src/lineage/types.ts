import type { Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';

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
