import type { TypedArray } from '../array/index.ts';
import { type IntensityRange, intensityRange } from './percentiles.ts';

/** Voxels up to which percentiles of 32 and 64 bits are exact, and about how many are drawn of more. */
const EXACT = 2 ** 24;
const SAMPLE = 2 ** 22;

/**
 * Percentiles of a volume. 8 and 16 bits are counted and exact whatever the size. Wider types of more than 2^24
 * voxels are sampled: every k-th voxel, about four million of them, with k prime to the row's length so that no
 * column is preferred; the error of a percentile p is then about 0.05 sqrt(p (100 - p)) / 100 ranks in a hundred.
 *
 * @param width voxels of a row
 * @param low percentile in [0, 100]
 * @param high percentile in [low, 100]
 */
export function volumeRange(data: TypedArray, width: number, low: number, high: number): IntensityRange {
  if (data.BYTES_PER_ELEMENT <= 2 || data.length <= EXACT) return intensityRange(data, low, high);
  let step = Math.ceil(data.length / SAMPLE);
  while (divisor(step, width) > 1) step++;
  const sample = new Float64Array(Math.ceil(data.length / step));
  for (let i = 0; i < sample.length; i++) sample[i] = data[i * step];
  const range = intensityRange(sample, low, high);
  let max = Number.NEGATIVE_INFINITY;
  let nonFinite = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value - value !== 0) nonFinite++;
    else if (value > max) max = value;
  }
  return { ...range, max: nonFinite < data.length ? max : Number.NaN, nonFinite };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
