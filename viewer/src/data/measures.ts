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

/** Axis, certainty and cell cycle of one division, as `measureLineage` has them. `node` divides. Cost O(1). */
export function measureDivision(
  { nodes, branches, info }: Dataset,
  certainty: Certainty | null,
  node: number,
): { angle: number; prob: number; cellCycle: number } {
  const rows = [node, nodes.childA[node]!, nodes.childB[node]!];
  const [t, z, y, x] = [nodes.t, nodes.z, nodes.y, nodes.x].map((column) => rows.map((i) => column[i]!));
  const prob = rows.slice(1).map((i) => (certainty?.linked[i] === node ? certainty.linkIn[i]! : Number.NaN));
  const alone = {
    detections: { count: 3, ndim: info.run.movie.ndim, t, z, y, x },
    links: { count: 2, target: [1, 2], prob },
    childA: [1, -1, -1],
    childB: [2, -1, -1],
    tracklet: [1, 2, 3],
    tracklets: { parent: [0, 1, 1] },
  };
  const found = findDivisions(alone as unknown as Lineage);
  const mother = branches.parent[nodes.tracklet[node]! - 1]!;
  const cellCycle = mother < 0 ? Number.NaN : nodes.t[node]! - branches.t1[mother]!;
  return { angle: found.angle[0]!, prob: found.prob[0]!, cellCycle };
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
