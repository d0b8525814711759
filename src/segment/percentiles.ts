import type { TypedArray } from '../array/index.ts';
import { copyIn, kernels, type Place, roomFor, typeOf, zerosFor } from './compiled.ts';

/** Most pixels that are counted at once. */
const PART = 2 ** 22;

/** Grey values that a frame is normalised with, and what was seen on the way. */
export interface IntensityRange {
  /** The low and high percentile, linearly interpolated; NaN when no pixel is finite. */
  low: number;
  high: number;
  /** Largest finite value; NaN when there is none. */
  max: number;
  /** Pixels that are NaN or infinite; they take no part. */
  nonFinite: number;
}

/**
 * Two percentiles of an image, exact, at rank `(n - 1) p / 100` with linear interpolation. O(n): counted for 8 and
 * 16 bits, selected otherwise.
 *
 * Source: the definition of numpy's default percentile; StarDist normalises with it.
 *
 * @param data any shape; of several images (channels of one type) the pixels count together
 * @param low percentile in [0, 100]
 * @param high percentile in [low, 100]
 */
export function intensityRange(
  data: TypedArray | readonly TypedArray[],
  low: number,
  high: number,
): IntensityRange {
  const images = isList(data) ? data : [data];
  if (!isCounted(images[0]!)) return fromSelection(images, low, high);
  kernels().clear();
  const counter = createCounter(images[0]!);
  for (const image of images) countValues(image, counter);
  return rangeOfCounts(counter, low, high);
}

/** How often each grey value occurs: in the kernels' memory, until it is cleared. */
export interface ValueCounts {
  /** Of value v at `v + offset`, u32. */
  counts: Place;
  bins: number;
  offset: number;
}

/** Whether images of this type have few enough values to be counted. */
export function isCounted(image: TypedArray): boolean {
  return image.BYTES_PER_ELEMENT <= 2;
}

/** Counts of nothing yet, for images of the same type as this one, which `isCounted`. */
export function createCounter(image: TypedArray): ValueCounts {
  const bins = 2 ** (image.BYTES_PER_ELEMENT * 8);
  const signed = image instanceof Int8Array || image instanceof Int16Array;
  return { counts: zerosFor(4 * bins), bins, offset: signed ? bins / 2 : 0 };
}

function isList(data: TypedArray | readonly TypedArray[]): data is readonly TypedArray[] {
  return Array.isArray(data);
}

function lengthOf(images: readonly TypedArray[]): number {
  return images.reduce((sum, { length }) => sum + length, 0);
}

/** As `intensityRange`, of the pixels that were counted. */
export function rangeOfCounts(
  { counts, bins, offset }: ValueCounts,
  low: number,
  high: number,
): IntensityRange {
  const n = kernels().total(counts, bins);
  const valueAt = (rank: number): number => kernels().placeOf(counts, rank) - offset;
  return {
    low: interpolate(n, low, valueAt),
    high: interpolate(n, high, valueAt),
    max: n > 0 ? valueAt(n - 1) : Number.NaN,
    nonFinite: 0,
  };
}

function countValues(data: TypedArray, { counts }: ValueCounts): void {
  const place = roomFor(data.BYTES_PER_ELEMENT * Math.min(PART, data.length));
  for (let from = 0; from < data.length; from += PART) {
    const part = data.subarray(from, from + PART);
    copyIn(part, place);
    kernels().countValues(typeOf(data), place, part.length, counts);
  }
}

function fromSelection(images: readonly TypedArray[], low: number, high: number): IntensityRange {
  const values = new Float64Array(lengthOf(images));
  let n = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (const data of images) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      if (!Number.isFinite(value)) continue;
      values[n++] = value;
      if (value > max) max = value;
    }
  }
  const valueAt = (rank: number): number => select(values, n, rank);
  return {
    low: interpolate(n, low, valueAt),
    high: interpolate(n, high, valueAt),
    max: n > 0 ? max : Number.NaN,
    nonFinite: values.length - n,
  };
}

/** Value at rank `(n - 1) p / 100`. */
function interpolate(n: number, percentile: number, valueAt: (rank: number) => number): number {
  if (n === 0) return Number.NaN;
  const rank = ((n - 1) * percentile) / 100;
  const below = Math.floor(rank);
  const first = valueAt(below);
  return below === rank ? first : first + (rank - below) * (valueAt(below + 1) - first);
}

/** The k-th smallest of `values[0, n)`, which is reordered. Hoare's selection, median of three. */
function select(values: Float64Array, n: number, k: number): number {
  let left = 0;
  let right = n - 1;
  while (left < right) {
    const a = values[left]!;
    const b = values[(left + right) >> 1]!;
    const c = values[right]!;
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swap = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swap;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else return values[k]!;
  }
  return values[k]!;
}
