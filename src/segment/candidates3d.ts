import { quantiseProb } from './candidates.ts';
import { MAX_RAY } from './cones.ts';
import { byProbDescending } from './order.ts';

/** Steps of a voxel to which ray lengths are rounded before any comparison: the most that 16 bits hold of `MAX_RAY`. */
export const DIST_STEPS = 512;

/** Rows of a block of rays, a power of two: the table grows block by block and is never copied. */
export const BLOCK = 8192;

/**
 * Positions of a volume's output grid that may be object centres: columns of length `count` (the arrays may be
 * longer). A centre has whole-voxel coordinates, `grid` times its grid position. 9 + 2 nRays bytes each.
 */
export interface Candidates3d {
  count: number;
  nRays: number;
  /** Voxels per grid position and size of the frame's grid, `[z, y, x]`. */
  grid: readonly [number, number, number];
  gridShape: readonly [number, number, number];
  /** Probability, a multiple of 1 / `PROB_STEPS`. */
  prob: Float32Array;
  /** Position in the frame's grid, C order: the order among equal probabilities. */
  index: Uint32Array;
  /** 1 for a candidate that is better than its neighbours in the grid: what is kept first when room is short. */
  peak: Uint8Array;
  /** Blocks of `BLOCK x nRays` ray lengths, in `DIST_STEPS` a voxel, in [1, DIST_STEPS MAX_RAY]; see `raysOf`. */
  dist: Uint16Array[];
}

/** An empty table. */
export function createCandidates3d(
  nRays: number,
  grid: Candidates3d['grid'],
  gridShape: Candidates3d['gridShape'],
): Candidates3d {
  return {
    count: 0,
    nRays,
    grid,
    gridShape,
    prob: new Float32Array(1024),
    index: new Uint32Array(1024),
    peak: new Uint8Array(1024),
    dist: [],
  };
}

/** The block that holds a candidate's rays; they start at `firstRay`. */
export function raysOf({ dist }: Candidates3d, row: number): Uint16Array {
  return dist[Math.floor(row / BLOCK)];
}

/** Place of a candidate's first ray in its block. */
export function firstRay({ nRays }: Candidates3d, row: number): number {
  return (row % BLOCK) * nRays;
}

/** Bytes that a candidate takes while they are gathered and put in order. */
export function candidateBytes(nRays: number): number {
  return 2 * nRays + 1.5 * 9 + 12;
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
  const row = addRows(candidates, 1);
  candidates.prob[row] = quantiseProb(prob);
  candidates.index[row] = index;
  return row;
}

/** Appends so many rows, to be filled in, and gives the first. */
export function addRows(candidates: Candidates3d, n: number): number {
  const { nRays, dist, count } = candidates;
  candidates.count += n;
  if (candidates.count > candidates.prob.length) growColumns(candidates);
  while (candidates.count > dist.length * BLOCK) dist.push(new Uint16Array(BLOCK * nRays));
  return count;
}

function growColumns(candidates: Candidates3d): void {
  const { prob, index, peak, count } = candidates;
  const room = Math.max(count, 2 * prob.length);
  candidates.prob = new Float32Array(room);
  candidates.prob.set(prob);
  candidates.index = new Uint32Array(room);
  candidates.index.set(index);
  candidates.peak = new Uint8Array(room);
  candidates.peak.set(peak);
}

/** Keeps the best `most` candidates, by prob and then by flat index, in any order. */
export function keepBest(candidates: Candidates3d, most: number): void {
  if (candidates.count <= most) return;
  keepRows(candidates, byProbDescending(candidates).subarray(0, most).sort());
}

/** Keeps the candidates that are better than their neighbours. */
export function keepPeaks(candidates: Candidates3d): void {
  const rows = Uint32Array.from({ length: candidates.count }, (_, row) => row);
  keepRows(
    candidates,
    rows.filter((row) => candidates.peak[row] === 1),
  );
}

/** @param rows ascending */
function keepRows(candidates: Candidates3d, rows: Uint32Array): void {
  const { prob, index, peak, nRays } = candidates;
  rows.forEach((row, to) => {
    prob[to] = prob[row];
    index[to] = index[row];
    peak[to] = peak[row];
    const from = firstRay(candidates, row);
    const rays = raysOf(candidates, row).subarray(from, from + nRays);
    raysOf(candidates, to).set(rays, firstRay(candidates, to));
  });
  candidates.count = rows.length;
  candidates.dist.length = Math.ceil(rows.length / BLOCK);
}
