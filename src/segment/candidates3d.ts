import { quantiseProb } from './candidates.ts';
import { MAX_RAY } from './cones.ts';

/** Steps of a ray length: 1/64 voxel. Lengths are rounded to them before any comparison. */
export const DIST_STEPS = 64;

/**
 * Positions of a volume's output grid that may be object centres: columns of length `count` (the arrays may be
 * longer). A centre has whole-voxel coordinates, `grid` times its grid position. 8 + 2 nRays bytes each.
 */
export interface Candidates3d {
  count: number;
  nRays: number;
  /** Voxels per grid position and size of the frame's grid, `[z, y, x]`. */
  grid: readonly [number, number, number];
  gridShape: readonly [number, number, number];
  /** Probability, a multiple of 1e-4. */
  prob: Float32Array;
  /** Position in the frame's grid, C order: the order among equal probabilities. */
  index: Uint32Array;
  /** `count x nRays`, in `DIST_STEPS` a voxel, in [1, 64 MAX_RAY]. */
  dist: Uint16Array;
}

/** An empty table with room for `capacity` rows. */
export function createCandidates3d(
  nRays: number,
  grid: Candidates3d['grid'],
  gridShape: Candidates3d['gridShape'],
  capacity = 1024,
): Candidates3d {
  return {
    count: 0,
    nRays,
    grid,
    gridShape,
    prob: new Float32Array(capacity),
    index: new Uint32Array(capacity),
    dist: new Uint16Array(capacity * nRays),
  };
}

/** A ray length on its steps; what is not a positive number becomes the shortest length. */
export function quantiseDist(voxels: number): number {
  const steps = Math.floor(voxels * DIST_STEPS + 0.5);
  return steps >= 1 ? Math.min(steps, MAX_RAY * DIST_STEPS) : 1;
}

/** The centre of a candidate, voxels `[z, y, x]`. */
export function centreOf({ index, grid, gridShape }: Candidates3d, row: number): [number, number, number] {
  const at = index[row];
  const plane = gridShape[1] * gridShape[2];
  const z = Math.floor(at / plane);
  const y = Math.floor((at - z * plane) / gridShape[2]);
  return [z * grid[0], y * grid[1], (at - z * plane - y * gridShape[2]) * grid[2]];
}

/** Appends a candidate and gives its row; its rays are to be filled in. */
export function addCandidate(candidates: Candidates3d, prob: number, index: number): number {
  const row = candidates.count++;
  if (row >= candidates.prob.length) resize(candidates, Math.max(16, 2 * row));
  candidates.prob[row] = quantiseProb(prob);
  candidates.index[row] = index;
  return row;
}

function resize(candidates: Candidates3d, capacity: number): void {
  const { nRays, prob, index, dist } = candidates;
  candidates.prob = new Float32Array(capacity);
  candidates.prob.set(prob);
  candidates.index = new Uint32Array(capacity);
  candidates.index.set(index);
  candidates.dist = new Uint16Array(capacity * nRays);
  candidates.dist.set(dist);
}
