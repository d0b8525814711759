import type { NdArray } from '../../array/index.ts';
import type { InstanceRules } from '../../model/index.ts';
import { measureObjects } from '../measure.ts';
import type { FrameObjects } from '../types.ts';
import { fillHoles } from './holes.ts';
import { type InstanceMaps, PROB_STEPS } from './maps.ts';
import { mergeFragments } from './mergeFragments.ts';
import type { Size } from './neighbours.ts';
import { findSeeds } from './seeds.ts';
import { growSeeds } from './watershed.ts';

/**
 * Turns the probabilities of a semantic network into objects: seeds, grown over the foreground, fragments without a
 * boundary between them joined, holes filled, small objects dropped; numbered by falling probability, which is the
 * mean of the foreground's over the object. O(pixels).
 *
 * @param probThreshold foreground is where its probability exceeds this
 * @param labels `[z, y, x]`, overwritten: 1..n
 * @param channels images of the same shape
 */
export function decodeInstances(
  maps: InstanceMaps,
  rules: InstanceRules,
  probThreshold: number,
  labels: Uint32Array,
  size: Size,
  channels: readonly NdArray[],
): FrameObjects {
  const mask = foregroundMask(maps.foreground, probThreshold, size, rules.maxHole);
  const { count, height } = findSeeds(maps, mask, rules, labels, size);
  growSeeds(mask, height, labels, size);
  if (maps.boundary !== null && rules.mergeBelow !== null) {
    const merged = mergeFragments(labels, count, maps.boundary, rules.mergeBelow * PROB_STEPS, size);
    for (let i = 0; i < labels.length; i++) labels[i] = merged[labels[i]!]!;
  }
  fillHoles(labels, size, Number.POSITIVE_INFINITY);
  const prob = numberObjects(labels, count, maps.foreground, rules.minSize);
  return measureObjects(labels, size, prob, channels);
}

/** 1 where the foreground's probability exceeds the threshold, and in holes of it of up to `maxHole` pixels. */
function foregroundMask(
  foreground: Uint16Array,
  probThreshold: number,
  size: Size,
  maxHole: number,
): Uint8Array {
  const least = probThreshold * PROB_STEPS;
  const mask = new Uint8Array(foreground.length);
  for (let i = 0; i < mask.length; i++) if (foreground[i]! > least) mask[i] = 1;
  fillHoles(mask, size, maxHole);
  return mask;
}

/**
 * Drops objects of fewer than `minSize` pixels and numbers the rest 1..n by falling mean of the foreground, equal ones
 * by their old numbers. In place.
 *
 * @returns the mean of label i + 1 at i, in [0, 1]
 */
function numberObjects(
  labels: Uint32Array,
  count: number,
  foreground: Uint16Array,
  minSize: number,
): Float32Array {
  const sizes = new Float64Array(count + 1);
  const sums = new Float64Array(count + 1);
  for (let i = 0; i < labels.length; i++) {
    sizes[labels[i]!]!++;
    sums[labels[i]!]! += foreground[i]!;
  }
  const means = Float32Array.from(sums, (sum, label) => sum / (sizes[label]! * PROB_STEPS));
  const kept: number[] = [];
  for (let label = 1; label <= count; label++)
    if (sizes[label]! > 0 && sizes[label]! >= minSize) kept.push(label);
  kept.sort((a, b) => means[b]! - means[a]! || a - b);
  const renamed = new Uint32Array(count + 1);
  for (const [row, label] of kept.entries()) renamed[label] = row + 1;
  for (let i = 0; i < labels.length; i++) labels[i] = renamed[labels[i]!]!;
  return Float32Array.from(kept, (label) => means[label]!);
}
