import type { GridOutput } from '../model/index.ts';

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
 * Steps in [0, 1] to which probabilities are rounded before any comparison, so that the last bits of a CPU's arithmetic
 * do not count. Between the kernels of ONNX Runtime 1.30 (one thread or two give equal bits) prob differs by 1e-7 rms
 * and 3e-6 at most: a step is 1.5e-5. Steps of 1e-4 changed which of two neighbours wins, against StarDist, in one
 * object of a hundred.
 */
export const PROB_STEPS = 65536;
/** Steps of a pixel for ray lengths, whose kernels differ by 1.5e-6 rms and 2e-5 at most. */
const DIST_STEPS = 1024;
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

/**
 * Appends the pixels of a window whose rounded prob exceeds the threshold, with their rays.
 *
 * Source: StarDist: `prob > threshold` (strict), coordinates are grid index times grid, dist at least 1e-3.
 * Differs: prob is rounded to 1/65536 and dist to 1/1024 pixel first; lengths over `maxDist` and NaN are cut.
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
  let nan = 0;
  for (let gy = window.y0; gy < window.y1; gy++) {
    const row = (gy - window.offsetY) * width - window.offsetX;
    for (let gx = window.x0; gx < window.x1; gx++) {
      const p = prob[row + gx]!;
      if (!(p > floor)) {
        if (Number.isNaN(p)) nan++;
        continue;
      }
      const rounded = quantiseProb(p);
      if (!(rounded > probThreshold)) continue;
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
  const planes = output.dist;
  const area = output.height * output.width;
  const at = new Uint32Array(BLOCK);
  for (let from = first; from < count; from += BLOCK) {
    const n = Math.min(BLOCK, count - from);
    for (let i = 0; i < n; i++) {
      const gy = Math.floor(index[from + i]! / frameWidth);
      const gx = index[from + i]! - gy * frameWidth;
      at[i] = (gy - offsetY) * output.width + gx - offsetX;
    }
    for (let k = 0; k < nRays; k++) {
      const plane = k * area;
      for (let i = 0; i < n; i++) {
        const d = Math.floor(planes[plane + at[i]!]! * DIST_STEPS + 0.5) / DIST_STEPS;
        const length = d > maxDist ? maxDist : d > MIN_DIST ? d : MIN_DIST;
        dist[(from + i) * nRays + k] = length / scale;
      }
    }
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
