import type { TypedArray } from '../array/index.ts';
import { type Bands, openBands } from './bands.ts';
import { copyOut, kernels, type Place, roomFor, typeOf, zerosFor } from './compiled.ts';
import { createCounter, intensityRange, isCounted, rangeOfCounts } from './percentiles.ts';

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
  const bands = openBands(labels, height, width);
  joinBands(bands, image, count, share);
  bands.close();
}

/** As `joinEdges`, in an image that is open. @returns the background's level, or null where the frame stays as it is */
export function joinBands(bands: Bands, image: TypedArray, count: number, share: number): number | null {
  const { width } = bands;
  const { background, typical } = levelsOf(bands, image, count);
  if (!(typical > background)) return null;
  const level = background + share * (typical - background);
  const spare = roomFor(8 * width);
  bands.each(
    [image],
    ({ labels, images, first, end, above, rows }) =>
      kernels().join(
        typeOf(image),
        labels,
        images[0]!,
        rows,
        width,
        above,
        above + end - first,
        level,
        spare,
      ),
    1,
  );
  return background;
}

/** The median of the pixels without an object, and the median of the objects' means. */
function levelsOf(bands: Bands, image: TypedArray, count: number): { background: number; typical: number } {
  const sums = zerosFor(8 * (count + 1));
  const sizes = zerosFor(8 * (count + 1));
  const background = addUp(bands, image, sums, sizes);
  const [sum, size] = [new Float64Array(count + 1), new Float64Array(count + 1)];
  copyOut(sums, sum);
  copyOut(sizes, size);
  for (let label = 1; label <= count; label++) sum[label]! /= size[label]!;
  return { background, typical: intensityRange(sum.subarray(1), 50, 50).low };
}

/** Adds up the finite pixels of each object, counts them, and finds the median of the background's. */
function addUp({ each, width }: Bands, image: TypedArray, sums: Place, sizes: Place): number {
  const type = typeOf(image);
  if (isCounted(image)) {
    const counter = createCounter(image);
    each([image], ({ labels, images, rows }) =>
      kernels().sumAndCount(type, labels, images[0]!, rows * width, sums, sizes, counter.counts),
    );
    return rangeOfCounts(counter, 50, 50).low;
  }
  const outside = new Float64Array(image.length);
  let found = 0;
  let room: Place | null = null;
  each([image], ({ labels, images, rows }) => {
    room ??= roomFor(8 * rows * width);
    const n = kernels().sumAll(type, labels, images[0]!, rows * width, sums, sizes, room);
    copyOut(room, outside.subarray(found, found + n));
    found += n;
  });
  return intensityRange(outside.subarray(0, found), 50, 50).low;
}
