import type { TypedArray } from '../array/index.ts';
import { intensityRange } from './percentiles.ts';

/** Marks a pixel that has just joined, so that it draws no others after it. */
const JOINED = 2 ** 31;

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
 * @param labels `[height, width]`, labels 1..count below 2^31, 0 = background
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
  const background = backgroundOf(labels, image);
  const typical = typicalMean(labels, image, count);
  if (!(typical > background)) return;
  const level = background + share * (typical - background);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (labels[i] !== 0 || !(image[i]! >= level) || image[i] === Number.POSITIVE_INFINITY) continue;
      const left = x > 0 ? labels[i - 1]! : 0;
      const above = y > 0 ? labels[i - width]! : 0;
      const right = x < width - 1 ? labels[i + 1]! : 0;
      const below = y < height - 1 ? labels[i + width]! : 0;
      const label = smallest(left, above, right, below);
      if (label > 0) labels[i] = label + JOINED;
    }
  }
  for (let i = 0; i < labels.length; i++) if (labels[i]! >= JOINED) labels[i]! -= JOINED;
}

/** The smallest label that is no background and has not just joined; 0 without one. */
function smallest(...labels: [number, number, number, number]): number {
  let best = JOINED;
  for (const label of labels) if (label > 0 && label < best) best = label;
  return best === JOINED ? 0 : best;
}

function backgroundOf(labels: Uint32Array, image: TypedArray): number {
  const outside = image.slice();
  let n = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === 0) outside[n++] = image[i]!;
  return intensityRange(outside.subarray(0, n), 50, 50).low;
}

function typicalMean(labels: Uint32Array, image: TypedArray, count: number): number {
  const sums = new Float64Array(count + 1);
  const sizes = new Float64Array(count + 1);
  for (let i = 0; i < labels.length; i++) {
    const value = image[i]!;
    if (value - value !== 0) continue;
    sums[labels[i]!]! += value;
    sizes[labels[i]!]!++;
  }
  const means = sums.subarray(1).map((sum, row) => sum / sizes[row + 1]!);
  return intensityRange(means, 50, 50).low;
}
