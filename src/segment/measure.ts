import type { NdArray, TypedArray } from '../array/index.ts';
import type { FrameObjects } from './types.ts';

/**
 * Gives the labels of an image the numbers 1..n without holes, in ascending order, in place.
 *
 * @param count largest label
 * @returns old label of each new one: row i has label i + 1
 */
export function compactLabels(labels: Uint32Array, count: number): Uint32Array {
  const renamed = new Uint32Array(count + 1);
  markUsed(labels, renamed);
  renamed[0] = 0;
  const kept: number[] = [];
  for (let label = 1; label <= count; label++) {
    if (renamed[label] === 0) continue;
    kept.push(label);
    renamed[label] = kept.length;
  }
  if (kept.length < count) rename(labels, renamed);
  return Uint32Array.from(kept);
}

// Loops over all pixels are functions of their own: so they are compiled once, and not anew with every frame.

function markUsed(labels: Uint32Array, used: Uint32Array): void {
  const n = labels.length;
  for (let i = 0; i < n; i++) used[labels[i]!] = 1;
}

function rename(labels: Uint32Array, renamed: Uint32Array): void {
  const n = labels.length;
  for (let i = 0; i < n; i++) labels[i] = renamed[labels[i]!]!;
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
  for (let z = 0; z < depth; z++) {
    const faceZ = depth > 1 && (z === 0 || z === depth - 1);
    for (let y = 0; y < height; y++) {
      const start = (z * height + y) * width;
      addLine(labels, start, start + width, z, y, faceZ || y === 0 || y === height - 1, objects);
    }
  }
  const { size } = objects;
  const sums = new Float64Array(count * nChannels);
  const finite = new Float64Array(count * nChannels);
  for (const [c, { data }] of channels.entries()) addIntensity(labels, data, c, nChannels, sums, finite);
  for (let row = 0; row < count; row++) {
    objects.z[row]! /= size[row]!;
    objects.y[row]! /= size[row]!;
    objects.x[row]! /= size[row]!;
  }
  for (let i = 0; i < sums.length; i++) objects.intensity[i] = sums[i]! / finite[i]!;
  return objects;
}

/** Adds the pixels `[start, end)`, one line along x, to the sizes and to the sums of coordinates. */
function addLine(
  labels: Uint32Array,
  start: number,
  end: number,
  z: number,
  y: number,
  face: boolean,
  objects: FrameObjects,
): void {
  const { size, border } = objects;
  const [sumZ, sumY, sumX] = [objects.z, objects.y, objects.x];
  for (let i = start; i < end; i++) {
    const row = labels[i]! - 1;
    if (row < 0) continue;
    size[row]!++;
    sumZ[row]! += z;
    sumY[row]! += y;
    sumX[row]! += i - start;
    if (face || i === start || i === end - 1) border[row] = 1;
  }
}

/** Adds the finite pixels of a channel to the sums of the objects, and counts them. */
function addIntensity(
  labels: Uint32Array,
  data: TypedArray,
  channel: number,
  nChannels: number,
  sums: Float64Array,
  finite: Float64Array,
): void {
  const n = labels.length;
  for (let i = 0; i < n; i++) {
    const row = labels[i]! - 1;
    if (row < 0) continue;
    const value = data[i]!;
    if (value - value !== 0) continue;
    sums[row * nChannels + channel]! += value;
    finite[row * nChannels + channel]!++;
  }
}
