import type { Detections } from '../../segment/types.ts';
import type { Spacing } from '../spacing.ts';
import type { LinkOptions } from '../types.ts';
import type { Reach } from './candidates.ts';

/** Nearest targets of a source and sources of a target that are considered. */
const TARGETS = 8;
const SOURCES = 2;
/** Reach in spacings, and usual steps that are added to it. */
const REACH = 1.6;
const STEPS = 1.5;

/** Spacings where there are none to measure (one cell a frame, or all on top of each other): the search radius. */
export function knownSpacing(spacing: Spacing, maxDistance: number): Spacing {
  return spacing.spacing > 0 ? spacing : { ...spacing, spacing: maxDistance };
}

/** Detections without their sizes where these are all the same, as nominal radii are: they tell nothing. */
export function withUsefulSizes(detections: Detections): Detections {
  const { size } = detections;
  const nominal = size.every((s) => Math.abs(s - size[0]) <= 1e-6 * size[0]);
  return nominal ? { ...detections, size: new Float64Array(size.length).fill(Number.NaN) } : detections;
}

/** Reach of every frame, micrometres: given, or found. */
export function reachOf({ maxDistance, divisions }: LinkOptions, scale: Float64Array, step: number): Reach {
  const found = (s: number): number => REACH * s + STEPS * step;
  const radius = Number.isNaN(maxDistance)
    ? scale.map(found)
    : new Float64Array(scale.length).fill(maxDistance);
  return { targets: TARGETS, sources: SOURCES, radius, divisions };
}
