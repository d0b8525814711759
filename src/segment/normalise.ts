import type { TypedArray } from '../array/index.ts';
import { copyIn, copyOut, kernels, roomFor, typeOf } from './compiled.ts';

/** Most pixels that are worked on at once. */
const PART = 2 ** 22;

/**
 * Maps `low` to 0 and `high` to 1, without clipping, into the top left corner of a wider image. Pixels that are not
 * finite become 0, the value of the background.
 *
 * Source: StarDist's percentile normalisation, `(x - lo) / (hi - lo + 1e-20)`.
 *
 * @param data `[height, width]`
 * @param out rows of `outWidth` >= width; only the corner `[height, width]` is written
 */
export function normaliseInto(
  data: TypedArray,
  height: number,
  width: number,
  low: number,
  high: number,
  out: Float32Array,
  outWidth: number,
): void {
  const span = high - low + 1e-20;
  const rows = Math.min(height, Math.max(1, Math.floor(PART / width)));
  kernels().clear();
  const image = roomFor(rows * width * data.BYTES_PER_ELEMENT);
  const place = roomFor(4 * rows * width);
  for (let first = 0; first < height; first += rows) {
    const end = Math.min(height, first + rows);
    copyIn(data.subarray(first * width, end * width), image);
    kernels().normalise(typeOf(data), image, (end - first) * width, low, span, place);
    // As one piece where the rows lie behind one another.
    const step = width === outWidth ? end - first : 1;
    for (let y = first; y < end; y += step) {
      const from = y * outWidth;
      copyOut(place + 4 * (y - first) * width, out.subarray(from, from + step * width));
    }
  }
}

/** Index in [0, n) that position i >= 0 mirrors to, without repeating the edge; period 2 (n - 1). */
export function reflectIndex(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const rest = i % period;
  return rest < n ? rest : period - rest;
}

/**
 * Fills an image beyond its corner `[height, width]` by mirror images of the corner, in place.
 *
 * Source: StarDist pads at the end of each axis with numpy's 'reflect'.
 *
 * @param image `[outHeight, outWidth]`
 */
export function padReflect(
  image: Float32Array,
  height: number,
  width: number,
  outHeight: number,
  outWidth: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = y * outWidth;
    for (let x = width; x < outWidth; x++) image[row + x] = image[row + reflectIndex(x, width)]!;
  }
  for (let y = height; y < outHeight; y++) {
    const source = reflectIndex(y, height) * outWidth;
    image.copyWithin(y * outWidth, source, source + outWidth);
  }
}
