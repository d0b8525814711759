import type { TypedArray } from '../array/index.ts';
import { createCounter, intensityRange, rangeOfCounts, type ValueCounts } from './percentiles.ts';

/**
 * Lets the pixels beside an object join it where they are as bright as half an object: background pixels with an object
 * to the left, right, above or below (the one with the smallest label) and a grey value of at least `background + share
 * (typical - background)`. So the edges of all objects of a frame lie at one grey value, as for a person who looks at
 * it with one contrast; outlines at half of each object's own height cut bright bodies, such as those in mitosis, short.
 * Frames without background or without objects above it stay as they are. In place, O(pixels).
 *
 * Levels: background is the median of the pixels without an object, typical the median of the objects' means; pixels
 * that are not finite count nowhere and never join.
 *
 * @param labels `[height, width]`, labels 1..count, 0 = background
 * @param image of the same shape
 * @param share in (0, 1]
 */
export function joinEdges(
  labels: Uint32Array,
  image: TypedArray,
  [height, width]: readonly [number, number],
  count: number,
  share: number,
): void {
  const { background, typical } = levelsOf(labels, image, count);
  if (!(typical > background)) return;
  join(labels, image, height, width, background + share * (typical - background));
}

// Loops over all pixels are functions of their own: so they are compiled once, and not anew with every frame.

/** Whoever joins does so after the last look: it draws no others after it. */
function join(labels: Uint32Array, image: TypedArray, height: number, width: number, level: number): void {
  const places: number[] = [];
  const joined: number[] = [];
  const n = height * width;
  for (let i = 0; i < n; i++) {
    if (labels[i] !== 0 || !(image[i]! >= level)) continue;
    const label = labelBeside(labels, i, n, width);
    if (label === 0 || image[i] === Number.POSITIVE_INFINITY) continue;
    places.push(i);
    joined.push(label);
  }
  for (let j = 0; j < places.length; j++) labels[places[j]!] = joined[j]!;
}

/** The smallest label to the left, right, above or below pixel `i`; 0 without one. */
function labelBeside(labels: Uint32Array, i: number, n: number, width: number): number {
  const x = i % width;
  const left = x > 0 ? labels[i - 1]! : 0;
  const right = x < width - 1 ? labels[i + 1]! : 0;
  const above = i >= width ? labels[i - width]! : 0;
  const below = i + width < n ? labels[i + width]! : 0;
  return lesser(lesser(left, right), lesser(above, below));
}

/** The smaller of two labels that is no background; 0 if both are. */
function lesser(a: number, b: number): number {
  return a === 0 || (b !== 0 && b < a) ? b : a;
}

/** The median of the pixels without an object, and the median of the objects' means. */
function levelsOf(
  labels: Uint32Array,
  image: TypedArray,
  count: number,
): { background: number; typical: number } {
  const sums = new Float64Array(count + 1);
  const sizes = new Float64Array(count + 1);
  const counter = createCounter(image);
  let background: number;
  if (counter === null) {
    const outside = image.slice();
    background = intensityRange(outside.subarray(0, sumAll(labels, image, sums, sizes, outside)), 50, 50).low;
  } else {
    sumAndCount(labels, image, sums, sizes, counter);
    background = rangeOfCounts(counter, 50, 50).low;
  }
  for (let label = 1; label <= count; label++) sums[label]! /= sizes[label]!;
  return { background, typical: intensityRange(sums.subarray(1), 50, 50).low };
}

/** Adds up the finite pixels of each object, counts them, and counts the grey values of the background. */
function sumAndCount(
  labels: Uint32Array,
  image: TypedArray,
  sums: Float64Array,
  sizes: Float64Array,
  { counts, offset }: ValueCounts,
): void {
  const n = labels.length;
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    const value = image[i]!;
    if (label === 0) counts[value + offset]!++;
    else {
      sums[label]! += value;
      sizes[label]!++;
    }
  }
}

/** As `sumAndCount`, for any image: gathers the background's pixels at the start of `outside` and says how many. */
function sumAll(
  labels: Uint32Array,
  image: TypedArray,
  sums: Float64Array,
  sizes: Float64Array,
  outside: TypedArray,
): number {
  const n = labels.length;
  let found = 0;
  for (let i = 0; i < n; i++) {
    const value = image[i]!;
    if (labels[i] === 0) outside[found++] = value;
    else if (value - value === 0) {
      sums[labels[i]!]! += value;
      sizes[labels[i]!]!++;
    }
  }
  return found;
}
