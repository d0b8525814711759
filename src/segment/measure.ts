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
  let last = 0;
  for (let i = 0; i < n; i++) {
    const label = labels[i]!;
    if (label === last) continue;
    used[label] = 1;
    last = label;
  }
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
  const [first] = channels;
  const sums = new Float64Array(count * nChannels);
  const finite = new Float64Array(count * nChannels);
  for (let z = 0; z < depth; z++) {
    const faceZ = depth > 1 && (z === 0 || z === depth - 1);
    addPlane(labels, z, height, width, faceZ, objects, first?.data ?? NO_IMAGE, sums, finite);
  }
  for (let c = 1; c < nChannels; c++) addIntensity(labels, channels[c]!.data, c, nChannels, sums, finite);
  const { size } = objects;
  for (let row = 0; row < count; row++) {
    objects.z[row]! /= size[row]!;
    objects.y[row]! /= size[row]!;
    objects.x[row]! /= size[row]!;
  }
  for (let i = 0; i < sums.length; i++) objects.intensity[i] = sums[i]! / finite[i]!;
  return objects;
}

const NO_IMAGE = new Uint8Array(0);

/**
 * Adds the pixels of a plane to the sizes, to the sums of coordinates, and the finite ones to those of the first channel:
 * run by run along x.
 *
 * @param image the first channel's volume; of length 0 without one
 */
function addPlane(
  labels: Uint32Array,
  z: number,
  height: number,
  width: number,
  faceZ: boolean,
  { size, border, z: sumZ, y: sumY, x: sumX, nChannels }: FrameObjects,
  image: TypedArray,
  sums: Float64Array,
  finite: Float64Array,
): void {
  const measured = image.length > 0;
  for (let y = 0; y < height; y++) {
    const start = (z * height + y) * width;
    const end = start + width;
    const face = faceZ || y === 0 || y === height - 1;
    for (let i = start; i < end; ) {
      const label = labels[i]!;
      if (label === 0) {
        i++;
        continue;
      }
      const row = label - 1;
      const from = i;
      let sum = measured ? sums[row * nChannels]! : 0;
      let broken = 0;
      for (; i < end && labels[i] === label; i++) {
        if (!measured) continue;
        const value = image[i]!;
        if (value - value === 0) sum += value;
        else broken++;
      }
      const n = i - from;
      size[row]! += n;
      sumZ[row]! += n * z;
      sumY[row]! += n * y;
      sumX[row]! += (n * (from + i - 1 - 2 * start)) / 2;
      if (face || from === start || i === end) border[row] = 1;
      if (!measured) continue;
      sums[row * nChannels] = sum;
      finite[row * nChannels]! += n - broken;
    }
  }
}

/** Adds the finite pixels of a further channel to the sums of the objects, and counts them. */
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
