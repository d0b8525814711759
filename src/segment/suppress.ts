import type { Candidates } from './candidates.ts';
import { copyOut, kernels, type Place, put, roomFor } from './compiled.ts';
import { singleRays2d } from './rays2d.ts';

/** How overlaps are judged. */
export interface OverlapOptions {
  /** Largest overlap (intersection over the smaller area) that two objects may have, in [0, 1). */
  nmsThreshold: number;
  /**
   * Vertices are put on integers before areas are taken: 1 = truncated towards zero, as StarDist in Python does;
   * 100 = times 100 and rounded, as its Fiji plugin does (nearly exact). Default 1.
   */
  integerScale?: 1 | 100;
}

/**
 * Greedy non-maximum suppression of star-convex polygons: the best candidate stays, every other that overlaps it by
 * more than the threshold goes, and so on. Overlap is intersection over the smaller of the two areas.
 *
 * Cost: O(n) for the order, O(n nRays) for the polygons, and for each candidate the survivors near it. Most fall by a
 * disc inside their polygon, which need not be built then; an
 * exact intersection is taken only when bounds by circles and boxes leave the decision open, and the intersection as
 * an integer clipper rounds it only when the exact one lies near the threshold.
 *
 * Source: Schmidt, Weigert et al. 2018, doi 10.1007/978-3-030-00934-2_30, and StarDist's rules for ties (larger
 * flat index first), vertices and areas.
 *
 * @param known so many first rows are survivors of an earlier suppression, better than the others, and not judged again
 * @returns rows of the survivors, best first
 */
export function suppressOverlaps(candidates: Candidates, options: OverlapOptions, known = 0): Uint32Array {
  return suppressPlaced(placeCandidates(candidates), options, known);
}

/** Candidates whose columns lie in the kernels' memory. */
export interface PlacedCandidates extends Pick<Candidates, 'count' | 'nRays'> {
  prob: Place;
  index: Place;
  y: Place;
  x: Place;
  dist: Place;
}

/** Takes the kernels' memory for candidates. */
export function placeCandidates({ count, nRays, prob, index, y, x, dist }: Candidates): PlacedCandidates {
  kernels().clear();
  return {
    count,
    nRays,
    prob: put(prob.subarray(0, count)),
    index: put(index.subarray(0, count)),
    y: put(y.subarray(0, count)),
    x: put(x.subarray(0, count)),
    dist: put(dist.subarray(0, count * nRays)),
  };
}

/** As `suppressOverlaps`. */
export function suppressPlaced(
  { count, nRays, prob, index, y, x, dist }: PlacedCandidates,
  { nmsThreshold, integerScale = 1 }: OverlapOptions,
  known = 0,
): Uint32Array {
  const rays = singleRays2d(nRays);
  const [sin, cos] = [put(rays.sin), put(rays.cos)];
  const kept = roomFor(4 * count);
  const columns = [prob, index, y, x, dist, sin, cos] as const;
  const n = kernels().suppress(count, nRays, ...columns, nmsThreshold, integerScale, known, kept);
  const rows = new Uint32Array(n);
  copyOut(kept, rows);
  return rows;
}
