export { buildLineage } from './build.ts';
export { checkGraph, checkLineage } from './check.ts';
export { createDetections } from './createDetections.ts';
export { findDivisions } from './divisions.ts';
export * from './edits/index.ts';
export type { LineageEdge, LineageGraph, LineageNode } from './graph.ts';
export {
  ancestorsOf,
  cellCycleOf,
  descendantsOf,
  generationOf,
  lineageOf,
  nodeKeys,
  sisterOf,
  toGraph,
  trackletOf,
} from './graph.ts';
export { measureTracklets, tallyFrames } from './measure.ts';
export {
  findAncestors,
  findDescendants,
  findSister,
  measureCellCycle,
  trackletNodes,
} from './queries.ts';
export { remapLinks, sortDetections, sortLinks } from './sort.ts';
export type { Divisions, FrameCounts, Lineage, TrackletMeasures, Tracklets } from './types.ts';
