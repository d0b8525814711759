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
 * @param data of several channels (of one type and size) the voxels count together
 * @param width voxels of a row
 * @param low percentile in [0, 100]
 * @param high percentile in [low, 100]
 */
export function volumeRange(
  data: TypedArray | readonly TypedArray[],
  width: number,
  low: number,
  high: number,
): IntensityRange {
  const volumes = (Array.isArray(data) ? data : [data]) as readonly TypedArray[];
  const length = volumes[0].length * volumes.length;
  if (volumes[0].BYTES_PER_ELEMENT <= 2 || length <= EXACT) return intensityRange(volumes, low, high);
  let step = Math.ceil(length / SAMPLE);
  while (divisor(step, width) > 1) step++;
  const range = intensityRange(
    volumes.map((volume) => everyNth(volume, step)),
    low,
    high,
  );
  let max = Number.NEGATIVE_INFINITY;
  let nonFinite = 0;
  for (const volume of volumes) {
    for (let i = 0; i < volume.length; i++) {
      const value = volume[i];
      if (value - value !== 0) nonFinite++;
      else if (value > max) max = value;
    }
  }
  return { ...range, max: nonFinite < length ? max : Number.NaN, nonFinite };
}

function everyNth(data: TypedArray, step: number): Float64Array {
  const sample = new Float64Array(Math.ceil(data.length / step));
  for (let i = 0; i < sample.length; i++) sample[i] = data[i * step];
  return sample;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
