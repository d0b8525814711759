import type { GridOutput } from '../model/index.ts';
import { copyRays } from './copyRays.ts';
import { scanRow } from './scanRow.ts';

/**
 * Pixels of the output grid that may be object centres: columns of length `count` (the arrays may be longer), in
 * pixels of the full-resolution frame.
 */
export interface Candidates {
  count: number;
  nRays: number;
  /** Probability, a multiple of 1 / `PROB_STEPS`. */
  prob: Float32Array;
  /** Position in the frame's output grid, row-major: the order among equal probabilities. */
  index: Uint32Array;
  y: Float64Array;
  x: Float64Array;
  /** `count x nRays`, pixels, over 0. */
  dist: Float32Array;
}

/** Where a network's output lies in the frame's grid, and which part of it counts. All in grid pixels. */
export interface GridWindow {
  /** Rows and columns of the frame's grid that are taken: start-inclusive, end-exclusive. */
  y0: number;
  y1: number;
  x0: number;
  x1: number;
  /** Frame grid position of the output's first pixel. */
  offsetY: number;
  offsetX: number;
  /** Columns of the frame's grid. */
  frameWidth: number;
}

/**
 * Steps in [0, 1] to which probabilities are rounded before any comparison, so that values that differ in the last bits
 * of a CPU's arithmetic alone count as equal, and equal ones have an order. Between the kernels of ONNX Runtime 1.30
 * (one thread or two give equal bits) prob differs by 1e-7 rms: a tenth of a step. Coarser steps make no run more
 * like another, for as many neighbours change places where a step begins, but they part from StarDist: of 1000 objects
 * of dsb2018/test 3 at steps of 1e-4 (and rays of 1/64 pixel), and 5 of 150 at 1/65536 where prob is flat.
 */
export const PROB_STEPS = 2 ** 20;
/** Steps of the prob that an object is given in the end, where nothing is compared any more. */
const STATED_STEPS = 1e4;
/** Steps of a pixel for ray lengths, whose kernels differ by 1.5e-6 rms and 2e-5 at most. */
const DIST_STEPS = 1024;
const DIST_STEP = 1 / DIST_STEPS;
/** Smallest ray length, pixels of the network's input. Source: StarDist. */
const MIN_DIST = 1e-3;

/** An empty table with room for `capacity` rows. */
export function createCandidates(nRays: number, capacity = 1024): Candidates {
  return {
    count: 0,
    nRays,
    prob: new Float32Array(capacity),
    index: new Uint32Array(capacity),
    y: new Float64Array(capacity),
    x: new Float64Array(capacity),
    dist: new Float32Array(capacity * nRays),
  };
}

/** A probability on the steps at which probabilities are compared; exact as a float32. */
export function quantiseProb(prob: number): number {
  return Math.round(prob * PROB_STEPS) / PROB_STEPS;
}

/** The prob that an object is given: rounded to 1e-4, so that it seldom differs between machines. */
export function statedProb(prob: number): number {
  return Math.round(prob * STATED_STEPS) / STATED_STEPS;
}

/**
 * Appends the pixels of a window whose rounded prob exceeds the threshold, with their rays.
 *
 * Source: StarDist: `prob > threshold` (strict), coordinates are grid index times grid, dist at least 1e-3.
 * Differs: prob and dist are rounded first, see `PROB_STEPS`; lengths over `maxDist` and NaN are cut.
 *
 * @param grid input pixels per grid pixel `[y, x]`
 * @param scale network input pixels per frame pixel
 * @param maxDist longest ray, network input pixels
 * @returns how many pixels of the window have prob NaN
 */
export function gatherCandidates(
  candidates: Candidates,
  output: GridOutput,
  window: GridWindow,
  probThreshold: number,
  grid: readonly [number, number],
  scale: number,
  maxDist: number,
): number {
  const { prob, width } = output;
  const floor = probThreshold - 1 / PROB_STEPS;
  const first = candidates.count;
  const hits = new Uint32Array(window.x1 - window.x0);
  let nan = 0;
  for (let gy = window.y0; gy < window.y1; gy++) {
    const row = (gy - window.offsetY) * width - window.offsetX;
    const [nHits, nNan] = scanRow(prob, row + window.x0, row + window.x1, floor, hits);
    nan += nNan;
    for (let j = 0; j < nHits; j++) {
      const rounded = quantiseProb(prob[hits[j]!]!);
      if (!(rounded > probThreshold)) continue;
      const gx = hits[j]! - row;
      const i = candidates.count++;
      if (i >= candidates.prob.length) grow(candidates);
      candidates.prob[i] = rounded;
      candidates.index[i] = gy * window.frameWidth + gx;
      candidates.y[i] = (gy * grid[0]) / scale;
      candidates.x[i] = (gx * grid[1]) / scale;
    }
  }
  gatherRays(candidates, first, output, window, scale, maxDist);
  return nan;
}

/** Candidates whose rays are gathered together, so that both their pixels and their rows stay in the cache. */
const BLOCK = 64;

function gatherRays(
  candidates: Candidates,
  first: number,
  output: GridOutput,
  window: GridWindow,
  scale: number,
  maxDist: number,
): void {
  const { nRays, count, index, dist } = candidates;
  const { frameWidth, offsetX, offsetY } = window;
  const at = new Uint32Array(BLOCK);
  for (let from = first; from < count; from += BLOCK) {
    const n = Math.min(BLOCK, count - from);
    for (let i = 0; i < n; i++) {
      const gy = Math.floor(index[from + i]! / frameWidth);
      const gx = index[from + i]! - gy * frameWidth;
      at[i] = (gy - offsetY) * output.width + gx - offsetX;
    }
    copyRays(output, nRays, at, n, dist, from * nRays);
  }
  roundRays(dist, first * nRays, count * nRays, scale, maxDist);
}

/** Puts the ray lengths `[start, end)` on their steps and into frame pixels; NaN becomes the shortest length. */
function roundRays(dist: Float32Array, start: number, end: number, scale: number, maxDist: number): void {
  for (let i = start; i < end; i++) {
    const d = Math.floor(dist[i]! * DIST_STEPS + 0.5) * DIST_STEP;
    const length = d > maxDist ? maxDist : d > MIN_DIST ? d : MIN_DIST;
    dist[i] = scale === 1 ? length : length / scale;
  }
}

function grow(candidates: Candidates): void {
  const capacity = candidates.prob.length * 2;
  const larger = createCandidates(candidates.nRays, capacity);
  larger.prob.set(candidates.prob);
  larger.index.set(candidates.index);
  larger.y.set(candidates.y);
  larger.x.set(candidates.x);
  larger.dist.set(candidates.dist);
  Object.assign(candidates, { ...larger, count: candidates.count });
}
