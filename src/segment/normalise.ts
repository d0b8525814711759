import type { TypedArray } from '../array/index.ts';

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
  for (let y = 0; y < height; y++) {
    const source = y * width;
    const target = y * outWidth;
    for (let x = 0; x < width; x++) {
      const value = (data[source + x]! - low) / span;
      out[target + x] = value - value === 0 ? value : 0;
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
