import type { GridOutput } from '../model/index.ts';
import { copyRays } from './copyRays.ts';
import { scanWindow } from './scanWindow.ts';

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
 * @param hits scratch, `windowArea` long at least
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
  hits: Uint32Array = new Uint32Array(windowArea(window)),
): number {
  const floor = probThreshold - 1 / PROB_STEPS;
  const [found, nan] = scanOutput(output, window, floor, hits);
  const count = keepOver(output.prob, hits, found, probThreshold);
  appendHits(candidates, output, window, hits, count, grid, scale, maxDist);
  return nan;
}

/** The places of a window's values over a floor: as `scanWindow`. */
export function scanOutput(
  { prob, width }: GridOutput,
  { y0, y1, x0, x1, offsetY, offsetX }: GridWindow,
  floor: number,
  hits: Uint32Array,
): [number, number] {
  const first = (y0 - offsetY) * width + x0 - offsetX;
  return scanWindow(prob, first, width, y1 - y0, x1 - x0, floor, hits);
}

/** Places that a window has. */
export function windowArea({ y0, y1, x0, x1 }: GridWindow): number {
  return Math.max(0, y1 - y0) * Math.max(0, x1 - x0);
}

/** Keeps the places whose rounded prob exceeds the threshold, at the start of `hits`; returns how many. */
function keepOver(prob: Float32Array, hits: Uint32Array, count: number, threshold: number): number {
  let kept = 0;
  for (let j = 0; j < count; j++) if (quantiseProb(prob[hits[j]!]!) > threshold) hits[kept++] = hits[j]!;
  return kept;
}

/**
 * Appends places of an output, with their rays.
 *
 * @param hits the places in `output.prob`, ascending; of them the first `count`
 * @param window and what follows: as `gatherCandidates`
 */
export function appendHits(
  candidates: Candidates,
  output: GridOutput,
  window: GridWindow,
  hits: Uint32Array,
  count: number,
  grid: readonly [number, number],
  scale: number,
  maxDist: number,
): void {
  const first = candidates.count;
  reserve(candidates, first + count);
  candidates.count = first + count;
  const { nRays, prob, index, y, x, dist } = candidates;
  const { offsetY, offsetX, frameWidth } = window;
  const { width } = output;
  takeProbs(output.prob, hits, count, prob, first);
  takeIndices(width, offsetY, offsetX, frameWidth, hits, count, index, first);
  toPixels(index, first, first + count, frameWidth, grid[0], grid[1], scale, y, x);
  // So many at once, so that both their pixels and their rows stay in the cache.
  for (let from = 0; from < count; from += BLOCK) {
    const n = Math.min(BLOCK, count - from);
    copyRays(output, nRays, hits.subarray(from, from + n), n, dist, (first + from) * nRays);
  }
  roundRays(dist, first * nRays, (first + count) * nRays, scale, maxDist);
}

/** Candidates whose rays are gathered together. */
const BLOCK = 64;

// Kernels are given numbers and arrays, not objects: V8 compiles them again for every kind of object that it meets.

/** Rounded probs of places into the rows from `first` on. */
function takeProbs(
  prob: Float32Array,
  hits: Uint32Array,
  count: number,
  probs: Float32Array,
  first: number,
): void {
  for (let j = 0; j < count; j++) probs[first + j] = quantiseProb(prob[hits[j]!]!);
}

/** The frame's grid positions of an output's places, into the rows from `first` on. */
function takeIndices(
  width: number,
  offsetY: number,
  offsetX: number,
  frameWidth: number,
  hits: Uint32Array,
  count: number,
  index: Uint32Array,
  first: number,
): void {
  for (let j = 0; j < count; j++) {
    const row = Math.floor(hits[j]! / width);
    index[first + j] = (row + offsetY) * frameWidth + hits[j]! - row * width + offsetX;
  }
}

/** Pixels of grid positions, in rows `[first, end)`. */
function toPixels(
  index: Uint32Array,
  first: number,
  end: number,
  frameWidth: number,
  gridY: number,
  gridX: number,
  scale: number,
  y: Float64Array,
  x: Float64Array,
): void {
  for (let i = first; i < end; i++) {
    const gy = Math.floor(index[i]! / frameWidth);
    y[i] = (gy * gridY) / scale;
    x[i] = ((index[i]! - gy * frameWidth) * gridX) / scale;
  }
}

/** Puts the ray lengths `[start, end)` on their steps and into frame pixels; NaN becomes the shortest length. */
function roundRays(dist: Float32Array, start: number, end: number, scale: number, maxDist: number): void {
  for (let i = start; i < end; i++) {
    const d = Math.floor(dist[i]! * DIST_STEPS + 0.5) * DIST_STEP;
    const length = d > maxDist ? maxDist : d > MIN_DIST ? d : MIN_DIST;
    dist[i] = scale === 1 ? length : length / scale;
  }
}

/** Makes room for so many rows. */
function reserve(candidates: Candidates, rows: number): void {
  let capacity = Math.max(1, candidates.prob.length);
  if (rows <= capacity) return;
  while (capacity < rows) capacity *= 2;
  const larger = createCandidates(candidates.nRays, capacity);
  larger.prob.set(candidates.prob);
  larger.index.set(candidates.index);
  larger.y.set(candidates.y);
  larger.x.set(candidates.x);
  larger.dist.set(candidates.dist);
  Object.assign(candidates, { ...larger, count: candidates.count });
}
