import { findDivisions } from '../../../src/lineage/divisions.ts';
import { measureTracklets } from '../../../src/lineage/measure.ts';
import type { Lineage } from '../../../src/lineage/types.ts';
import type { Certainty } from './certainty.ts';
import type { Branches, Dataset } from './types.ts';

/** Measures of tracks and divisions as the result's tables have them, of the lineage as it is now. */
export interface Measures {
  /** Per tracklet, index = number - 1. */
  displacement: Float64Array;
  meanSpeed: Float64Array;
  duration: Int32Array;
  /** Smallest probability of the links into the track's cells. */
  confidence: Float32Array;
  /** Per division, in order of `Dataset.divisions`. */
  sisterDistance: Float64Array;
  angle: Float64Array;
  cellCycle: Float64Array;
  prob: Float32Array;
}

/** Measures the lineage with the functions that write the result's tables. Cost O(nodes). */
export function measureLineage(data: Dataset, certainty: Certainty | null): Measures {
  const lineage = toLineage(data, certainty);
  return { ...measureTracklets(lineage, data.info.run.movie.timeStep), ...findDivisions(lineage) };
}

/** The page's columns as the engine's lineage; only what the measures read. */
function toLineage({ nodes, branches, info }: Dataset, certainty: Certainty | null): Lineage {
  const { ndim } = info.run.movie;
  const { count, t, z, y, x, parent, childA, childB, tracklet, lineage } = nodes;
  const target = Int32Array.from({ length: count }, (_, i) => i).filter((i) => parent[i]! >= 0);
  const known = (i: number): number =>
    certainty !== null && certainty.linked[i] === parent[i] ? certainty.linkIn[i]! : Number.NaN;
  const links = {
    count: target.length,
    source: target.map((i) => parent[i]!),
    target,
    prob: Float32Array.from(target, known),
  };
  const detections = { count, ndim, t, z, y, x };
  const tracklets = toTracklets(branches);
  return { detections, links, parent, childA, childB, tracklet, lineage, tracklets } as unknown as Lineage;
}

function toTracklets(branches: Branches): Lineage['tracklets'] {
  const { count, start, nodes, parent, childA, childB, lineage, generation } = branches;
  const number = (column: Int32Array): Int32Array => column.map((b) => b + 1);
  return {
    count,
    firstNode: Int32Array.from({ length: count }, (_, b) => nodes[start[b]!]!),
    lastNode: Int32Array.from({ length: count }, (_, b) => nodes[start[b + 1]! - 1]!),
    nNodes: Int32Array.from({ length: count }, (_, b) => start[b + 1]! - start[b]!),
    parent: number(parent),
    daughterA: number(childA),
    daughterB: number(childB),
    lineage,
    generation,
  };
}
