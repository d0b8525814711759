import { reflectIndex } from '../normalise.ts';
import type { Size } from './neighbours.ts';

/** Standard deviations after which the kernel is cut. */
const REACH = 3;

/**
 * Smooths an image by a Gaussian, in place, mirrored at its sides. O(n sigma).
 *
 * @param image `[z, y, x]`
 * @param sigma pixels along z, y and x; 0 leaves the axis as it is
 */
export function smooth(image: Float32Array, size: Size, sigma: Size): void {
  const [depth, height, width] = size;
  const plane = height * width;
  const strides = [plane, width, 1] as const;
  for (const [axis, stride] of strides.entries()) {
    const length = size[axis]!;
    if (!(sigma[axis]! > 0) || length === 1) continue;
    const kernel = gaussian(sigma[axis]!);
    const reach = kernel.length - 1;
    const line = new Float64Array(length + 2 * reach);
    const source = Int32Array.from(line, (_, i) => reflectIndex(Math.abs(i - reach), length));
    for (const start of lineStarts([depth, height, width], axis)) {
      for (let i = 0; i < line.length; i++) line[i] = image[start + source[i]! * stride]!;
      for (let p = 0; p < length; p++) {
        let sum = kernel[0]! * line[p + reach]!;
        for (let k = 1; k <= reach; k++) sum += kernel[k]! * (line[p + reach - k]! + line[p + reach + k]!);
        image[start + p * stride] = sum;
      }
    }
  }
}

/** First pixels of all lines along an axis. */
function* lineStarts([depth, height, width]: Size, axis: number): Generator<number> {
  for (let z = 0; z < (axis === 0 ? 1 : depth); z++)
    for (let y = 0; y < (axis === 1 ? 1 : height); y++)
      for (let x = 0; x < (axis === 2 ? 1 : width); x++) yield (z * height + y) * width + x;
}

/** Half of a Gaussian from its middle on; the whole of it sums up to 1. */
function gaussian(sigma: number): Float64Array {
  const half = Float64Array.from({ length: Math.ceil(REACH * sigma) + 1 }, (_, k) =>
    Math.exp((-k * k) / (2 * sigma * sigma)),
  );
  const sum = half.reduce((total, v) => total + 2 * v, -half[0]!);
  return half.map((v) => v / sum);
}
