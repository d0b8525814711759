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

/**
 * Detections with sizes that tell something: where one is not known, that of the disc or ball of the row's radius, as point
 * lists have; none at all where they are all the same, as nominal radii are.
 */
export function withUsefulSizes(detections: Detections): Detections {
  const { ndim, radius } = detections;
  const ofRadius = (r: number): number => {
    if (!(r > 0)) return Number.NaN;
    return ndim === 2 ? Math.PI * r * r : (4 / 3) * Math.PI * r ** 3;
  };
  const size = detections.size.map((s, i) => (Number.isNaN(s) ? ofRadius(radius[i]) : s));
  const nominal = size.every((s) => Math.abs(s - size[0]) <= 1e-6 * size[0]);
  return { ...detections, size: nominal ? new Float64Array(size.length).fill(Number.NaN) : size };
}

/** Reach of every frame, micrometres: given, or found. */
export function reachOf({ maxDistance, divisions }: LinkOptions, scale: Float64Array, step: number): Reach {
  const found = (s: number): number => REACH * s + STEPS * step;
  const radius = Number.isNaN(maxDistance)
    ? scale.map(found)
    : new Float64Array(scale.length).fill(maxDistance);
  return { targets: TARGETS, sources: SOURCES, radius, divisions };
}
