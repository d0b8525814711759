import type { Detections } from '../segment/types.ts';
import type { LapSettings } from './settings.ts';

/** Alternative costs are this much above the dearest (or 90th percentile) candidate; both programs' default. */
const ALTERNATIVE_FACTOR = 1.05;

/**
 * TrackMate's feature penalty of two measures, 1 or more: 1 + 3 weight |a - b| / (a + b). 1 where one is not known.
 * Costs are (distance x penalty)^2.
 */
export function penaltyOf(a: number, b: number, weight: number): number {
  return a > 0 && b > 0 ? 1 + (3 * weight * Math.abs(a - b)) / (a + b) : 1;
}

/**
 * Cost at which a frame-to-frame pair is not made. Alternative cost = 1.05 x dearest candidate; the lower-right block
 * is filled with the cheapest alternative (TrackMate) or the cheapest entry of all, links included (LapTrack).
 */
export function frameReject(cost: Float64Array, rules: LapSettings['rules']): number {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const c of cost) {
    low = Math.min(low, c);
    high = Math.max(high, c);
  }
  if (cost.length === 0) return ALTERNATIVE_FACTOR;
  const alternative = high > 0 ? ALTERNATIVE_FACTOR * high : 1e-6;
  return rules === 'trackmate' ? alternative : 2 * alternative - Math.min(low, alternative);
}

/**
 * Cost at which a gap is not closed and a split not made: 1.05 x a percentile of all candidates, by nearest rank
 * (TrackMate) or the lower neighbour (LapTrack). The lower-right block has that cost too, in both.
 */
export function segmentReject(cost: Float64Array, { rules, percentile }: LapSettings): number {
  const sorted = cost.slice().sort();
  const at = (sorted.length - 1) * percentile;
  const value = sorted[rules === 'trackmate' ? Math.round(at) : Math.floor(at)];
  return value > 0 ? ALTERNATIVE_FACTOR * value : 1e-6;
}

/** Radius of a daughter over its parent's where volume is kept. */
const DAUGHTER_RADIUS = 0.5 ** (1 / 3);

/**
 * Cost of adding `v` as second daughter to parent `u`, which goes on as `w`; square micrometres, Infinity = refused.
 * `d2` is the squared distance from u to v.
 *
 * Differs from both programs, which pay d2: daughters leave in opposite directions, so their middle stays at the
 * parent, while a chance neighbour pulls the middle half-way to itself. The cost is the squared distance from u to
 * the middle of v and w, in units where the largest allowed one costs maxSplitDistance^2, so that it competes with
 * gaps on equal terms. Where radii are known, unlike daughters and a w as large as its parent make it dearer.
 */
export function splitCost(
  { z, y, x, radius }: Detections,
  u: number,
  v: number,
  w: number,
  d2: number,
  settings: LapSettings,
): number {
  if (settings.splitCost === 'distance') return d2;
  const middle = Math.hypot((z[v] + z[w]) / 2 - z[u], (y[v] + y[w]) / 2 - y[u], (x[v] + x[w]) / 2 - x[u]);
  let penalty = penaltyOf(radius[v], radius[w], 1);
  if (radius[u] > 0 && radius[w] > 0) {
    penalty *= 1 + 2 * Math.max(0, Math.log(radius[w] / (DAUGHTER_RADIUS * radius[u])));
  }
  const share = (middle * penalty) / settings.maxMidpoint;
  return share < 1 ? (share * settings.maxSplitDistance) ** 2 : Number.POSITIVE_INFINITY;
}
