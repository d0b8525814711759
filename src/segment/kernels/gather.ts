import { f32At, setF32, setF64, setU32, u32At } from './memory';

/** Steps in [0, 1], see candidates.ts. */
const PROB_STEPS: f64 = 1048576;
/** Steps of a pixel for ray lengths, whose kernels differ by 1.5e-6 rms and 2e-5 at most. */
const DIST_STEPS: f32 = 1024;
/** Smallest ray length, pixels of the network's input. Source: StarDist. */
const MIN_DIST: f64 = 1e-3;

/** A probability in steps. */
function stepsOf(prob: f32): f64 {
  return floor((prob as f64) * PROB_STEPS + 0.5);
}

/** Keeps the places whose rounded prob lies in (floor, most], at the start of `hits`; returns how many. */
export function keepBetween(prob: usize, hits: usize, count: i32, floor: f64, most: f64): i32 {
  let kept = 0;
  for (let j = 0; j < count; j++) {
    const rounded = stepsOf(f32At(prob, u32At(hits, j))) / PROB_STEPS;
    if (rounded > floor && rounded <= most) setU32(hits, kept++, u32At(hits, j));
  }
  return kept;
}

/**
 * Keeps the places that are better than those around them in rows `top..bottom` and columns `left..right`, at the start of
 * `hits`; returns how many.
 */
export function keepPeaks(
  prob: usize,
  width: i32,
  top: i32,
  left: i32,
  bottom: i32,
  right: i32,
  hits: usize,
  count: i32,
): i32 {
  let kept = 0;
  for (let j = 0; j < count; j++) {
    const at: i32 = u32At(hits, j);
    const y = at / width;
    const x = at - y * width;
    const y0 = max(y - 1, top);
    const x0 = max(x - 1, left);
    if (isPeak(prob, width, at, y0, x0, min(y + 1, bottom), min(x + 1, right))) setU32(hits, kept++, at);
  }
  return kept;
}

/** Whether none of the places in rows `y0..y1` and columns `x0..x1` is better; of equals the later one is. */
function isPeak(prob: usize, width: i32, at: i32, y0: i32, x0: i32, y1: i32, x1: i32): bool {
  const own = stepsOf(f32At(prob, at));
  for (let y = y0; y <= y1; y++) {
    for (let i = y * width + x0; i <= y * width + x1; i++) {
      const other = stepsOf(f32At(prob, i));
      if (other > own || (other === own && i > at)) return false;
    }
  }
  return true;
}

/**
 * The columns of candidates at some places of an output, but for their rays.
 *
 * @param width of the output, which lies at `offsetY, offsetX` in the frame's grid of `frameWidth` columns
 * @param gridY,gridX input pixels per grid pixel
 * @param scale network input pixels per frame pixel
 * @param probs,index,y,x `count` f32, u32, f64, f64
 */
export function gatherColumns(
  prob: usize,
  hits: usize,
  count: i32,
  width: i32,
  offsetY: i32,
  offsetX: i32,
  frameWidth: i32,
  gridY: f64,
  gridX: f64,
  scale: f64,
  probs: usize,
  index: usize,
  y: usize,
  x: usize,
): void {
  for (let j = 0; j < count; j++) {
    const at: i32 = u32At(hits, j);
    const gy = at / width + offsetY;
    const gx = (at % width) + offsetX;
    setF32(probs, j, (stepsOf(f32At(prob, at)) / PROB_STEPS) as f32);
    setU32(index, j, gy * frameWidth + gx);
    setF64(y, j, ((gy as f64) * gridY) / scale);
    setF64(x, j, ((gx as f64) * gridX) / scale);
  }
}

/**
 * The rows of some places among those of more: both in ascending order, so that one walk finds them all.
 *
 * @param dist,at `[..., nRays]` f32, and the place of each row, i32
 * @param out `count x nRays` f32
 */
export function gatherRows(dist: usize, at: usize, nRays: i32, hits: usize, count: i32, out: usize): void {
  const bytes = (nRays as usize) << 2;
  let row: usize = 0;
  for (let j = 0; j < count; j++) {
    const wanted = u32At(hits, j);
    while (load<u32>(at + (row << 2)) < wanted) row++;
    const from = dist + row * bytes;
    const to = out + (j as usize) * bytes;
    for (let k: usize = 0; k < bytes; k += 4) store<f32>(to + k, load<f32>(from + k));
  }
}

/**
 * Puts ray lengths on their steps and into frame pixels, in place; NaN becomes the shortest length.
 *
 * @param longest length, network input pixels
 */
export function roundRays(dist: usize, count: i32, scale: f64, longest: f64): void {
  let i = 0;
  if (scale === 1 && (longest as f32 as f64) === longest) {
    const steps = f32x4.splat(DIST_STEPS);
    const step = f32x4.splat(1 / DIST_STEPS);
    const most = f32x4.splat(longest as f32);
    const least = f32x4.splat(MIN_DIST as f32);
    for (; i + 3 < count; i += 4) {
      const at = dist + ((i as usize) << 2);
      const exact = f32x4.mul(v128.load(at), steps);
      const whole = f32x4.floor(exact);
      // Half a step or more above: one step up. Nothing of this is rounded in float32.
      const up = v128.and(f32x4.ge(f32x4.sub(exact, whole), f32x4.splat(0.5)), f32x4.splat(1));
      const length = f32x4.mul(f32x4.add(whole, up), step);
      const long = v128.bitselect(length, least, f32x4.gt(length, least));
      v128.store(at, v128.bitselect(most, long, f32x4.gt(length, most)));
    }
  }
  for (; i < count; i++) {
    const d = floor((f32At(dist, i) as f64) * (DIST_STEPS as f64) + 0.5) / (DIST_STEPS as f64);
    const length = d > longest ? longest : d > MIN_DIST ? d : MIN_DIST;
    setF32(dist, i, (scale === 1 ? length : length / scale) as f32);
  }
}
