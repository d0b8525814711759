import type { NdArray } from '../array/index.ts';
import type { FrameObjects } from './types.ts';

/**
 * Gives the labels of an image the numbers 1..n without holes, in ascending order, in place.
 *
 * @param count largest label
 * @returns old label of each new one: row i has label i + 1
 */
export function compactLabels(labels: Uint32Array, count: number): Uint32Array {
  const renamed = new Uint32Array(count + 1);
  for (let i = 0; i < labels.length; i++) renamed[labels[i]!] = 1;
  renamed[0] = 0;
  const kept: number[] = [];
  for (let label = 1; label <= count; label++) {
    if (renamed[label] === 0) continue;
    kept.push(label);
    renamed[label] = kept.length;
  }
  if (kept.length < count) for (let i = 0; i < labels.length; i++) labels[i] = renamed[labels[i]!]!;
  return Uint32Array.from(kept);
}

/**
 * Measures the objects of a label image in one pass: centroid, size, border contact, mean intensity per channel
 * (over finite pixels; NaN where there are none). O(pixels times channels).
 *
 * @param labels `[z, y, x]` pixels as `shape`; 2D images have z = 1, and touch no border there
 * @param prob of label i + 1 at i
 * @param channels images of the same shape
 */
export function measureObjects(
  labels: Uint32Array,
  shape: readonly [number, number, number],
  prob: Float32Array,
  channels: readonly NdArray[],
): FrameObjects {
  const [depth, height, width] = shape;
  const count = prob.length;
  const nChannels = channels.length;
  const objects: FrameObjects = {
    count,
    label: Uint32Array.from({ length: count }, (_, i) => i + 1),
    z: new Float64Array(count),
    y: new Float64Array(count),
    x: new Float64Array(count),
    size: new Float64Array(count),
    prob,
    border: new Uint8Array(count),
    intensity: new Float32Array(count * nChannels),
    nChannels,
  };
  const { size, border } = objects;
  const sums = new Float64Array(count * nChannels);
  const finite = new Float64Array(count * nChannels);
  for (let i = 0, z = 0; z < depth; z++) {
    const faceZ = depth > 1 && (z === 0 || z === depth - 1);
    for (let y = 0; y < height; y++) {
      const face = faceZ || y === 0 || y === height - 1;
      for (let x = 0; x < width; x++, i++) {
        const row = labels[i]! - 1;
        if (row < 0) continue;
        size[row]!++;
        objects.z[row]! += z;
        objects.y[row]! += y;
        objects.x[row]! += x;
        if (face || x === 0 || x === width - 1) border[row] = 1;
        for (let c = 0; c < nChannels; c++) {
          const value = channels[c]!.data[i]!;
          if (value - value !== 0) continue;
          sums[row * nChannels + c]! += value;
          finite[row * nChannels + c]!++;
        }
      }
    }
  }
  for (let row = 0; row < count; row++) {
    objects.z[row]! /= size[row]!;
    objects.y[row]! /= size[row]!;
    objects.x[row]! /= size[row]!;
  }
  for (let i = 0; i < sums.length; i++) objects.intensity[i] = sums[i]! / finite[i]!;
  return objects;
}
