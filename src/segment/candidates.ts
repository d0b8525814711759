import type { GridOutput } from '../model/index.ts';
import { copyOut, kernels, type Place, put, roomFor } from './compiled.ts';
import { copyRays } from './copyRays.ts';

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
  const placed = scanOutput(output, window, probThreshold - 1 / PROB_STEPS);
  const { prob, hits, nan } = placed;
  placed.count = kernels().keepBetween(prob, hits, placed.count, probThreshold, Number.POSITIVE_INFINITY);
  appendHits(candidates, output, placed, window, grid, scale, maxDist);
  return nan;
}

/** An output's places that are looked at: in the kernels' memory, as its probs are. */
export interface PlacedHits {
  prob: Place;
  /** Ascending places in `prob`, `count` of them. */
  hits: Place;
  count: number;
  /** Values of the window that are NaN. */
  nan: number;
}

/** Takes the kernels' memory for an output's probs and for the places of a window's values over a floor. */
export function scanOutput(
  { prob, width }: GridOutput,
  { y0, y1, x0, x1, offsetY, offsetX }: GridWindow,
  floor: number,
): PlacedHits {
  kernels().clear();
  const [rows, columns] = [Math.max(0, y1 - y0), Math.max(0, x1 - x0)];
  const place = put(prob);
  const hits = roomFor(4 * rows * columns);
  const found = roomFor(8);
  const first = (y0 - offsetY) * width + x0 - offsetX;
  kernels().scan(place + 4 * first, width, rows, columns, floor, first, hits, found);
  const counts = new Int32Array(2);
  copyOut(found, counts);
  const [count, nan] = counts as unknown as [number, number];
  return { prob: place, hits, count, nan };
}

/**
 * Appends places of an output, with their rays.
 *
 * @param window and what follows: as `gatherCandidates`
 */
export function appendHits(
  candidates: Candidates,
  output: GridOutput,
  { prob, hits, count }: PlacedHits,
  { offsetY, offsetX, frameWidth }: GridWindow,
  grid: readonly [number, number],
  scale: number,
  maxDist: number,
): void {
  if (count === 0) return;
  const first = candidates.count;
  const { nRays } = candidates;
  reserve(candidates, first + count);
  candidates.count = first + count;
  const end = first + count;
  const columns = [
    [candidates.prob, roomFor(4 * count)],
    [candidates.index, roomFor(4 * count)],
    [candidates.y, roomFor(8 * count)],
    [candidates.x, roomFor(8 * count)],
  ] as const;
  const places = columns.map(([, place]) => place) as [Place, Place, Place, Place];
  const where = [output.width, offsetY, offsetX, frameWidth] as const;
  kernels().gatherColumns(prob, hits, count, ...where, ...grid, scale, ...places);
  for (const [column, place] of columns) copyOut(place, column.subarray(first, end));
  const rows = candidates.dist.subarray(first * nRays, end * nRays);
  const lengths = placeRays(output, nRays, hits, count, rows);
  kernels().roundRays(lengths, count * nRays, scale, maxDist);
  copyOut(lengths, rows);
}

/** The rays of some places in the kernels' memory. @param rows scratch, `count x nRays` */
function placeRays(output: GridOutput, nRays: number, hits: Place, count: number, rows: Float32Array): Place {
  if (output.at !== undefined) {
    const [dist, at] = [put(output.dist), put(output.at)];
    const lengths = roomFor(rows.byteLength);
    kernels().gatherRows(dist, at, nRays, hits, count, lengths);
    return lengths;
  }
  const places = new Uint32Array(count);
  copyOut(hits, places);
  // So many at once, so that both their pixels and their rows stay in the cache.
  for (let from = 0; from < count; from += BLOCK) {
    const n = Math.min(BLOCK, count - from);
    copyRays(output, nRays, places.subarray(from, from + n), n, rows, from * nRays);
  }
  return put(rows);
}

/** Candidates whose rays are gathered together. */
const BLOCK = 64;

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
