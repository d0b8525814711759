/** Weights of one axis: output i is the sum over k < taps of `weight[i taps + k] * input[start[i] + k]`. */
export interface AxisWeights {
  length: number;
  taps: number;
  start: Int32Array;
  weight: Float32Array;
}

/** Length of an axis of n pixels after resizing by `scale`: output u lies at input u / scale, within [0, n - 1]. */
export function resizedLength(n: number, scale: number): number {
  return Math.floor((n - 1) * scale + 1e-9) + 1;
}

/**
 * Resizes an image linearly, so that output pixel u shows input position u / scale on each axis (a point found in
 * the output is divided by `scale`, without an offset).
 *
 * Source: StarDist's `scale` option zooms with order 1.
 * Differs: below scale 1 the linear kernel is widened by 1 / scale, which averages instead of skipping pixels.
 *
 * @param image `[height, width]`
 * @param out rows of `outWidth`; the corner `[resizedLength(height), resizedLength(width)]` is written
 */
export function resizeInto(
  image: Float32Array,
  height: number,
  width: number,
  scale: number,
  out: Float32Array,
  outWidth: number,
): void {
  const rows = axisWeights(height, scale);
  const columns = axisWeights(width, scale);
  const line = new Float32Array(width);
  for (let y = 0; y < rows.length; y++) {
    line.fill(0);
    for (let k = 0; k < rows.taps; k++) {
      const weight = rows.weight[y * rows.taps + k]!;
      if (weight === 0) continue;
      const source = (rows.start[y]! + k) * width;
      for (let x = 0; x < width; x++) line[x] = line[x]! + weight * image[source + x]!;
    }
    for (let x = 0; x < columns.length; x++) {
      let sum = 0;
      for (let k = 0; k < columns.taps; k++)
        sum += columns.weight[x * columns.taps + k]! * line[columns.start[x]! + k]!;
      out[y * outWidth + x] = sum;
    }
  }
}

/** Triangle weights, cut at the image's edges and normalised to sum 1. */
export function axisWeights(n: number, scale: number): AxisWeights {
  const radius = Math.max(1, 1 / scale);
  const length = resizedLength(n, scale);
  const taps = Math.min(n, 2 * Math.ceil(radius));
  const start = new Int32Array(length);
  const weight = new Float32Array(length * taps);
  for (let i = 0; i < length; i++) {
    const centre = i / scale;
    const first = Math.min(Math.max(0, Math.ceil(centre - radius)), n - taps);
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += Math.max(0, 1 - Math.abs(first + k - centre) / radius);
    for (let k = 0; k < taps; k++)
      weight[i * taps + k] = Math.max(0, 1 - Math.abs(first + k - centre) / radius) / sum;
    start[i] = first;
  }
  return { length, taps, start, weight };
}
