import type { Detections } from '../../segment/types.ts';
import { type Context, MEMORY } from '../global/context.ts';
import type { Measures } from '../global/measures.ts';
import type { LinkModel } from '../global/model.ts';
import type { Surroundings } from '../global/surroundings.ts';
import type { Candidates, Costs, Marginals } from '../global/types.ts';
import type { Motion } from '../motion/types.ts';

/** All that features are made of. */
export interface Sights {
  detections: Detections;
  motion: Motion;
  around: Surroundings;
  context: Context;
  model: LinkModel;
  candidates: Candidates;
  measures: Measures;
  /** Without a scorer, and what follows from them. */
  costs: Costs;
  marginals: Marginals;
}

/** Costs and odds beyond these say no more. */
const MOST_COST = 20;
const MOST_ODDS = 12;
const MOST_LOGIT = 80;

/** A difference of costs, or a cost; none = the largest. */
export function clipCost(cost: number): number {
  return Number.isNaN(cost) ? MOST_COST : Math.max(-MOST_COST, Math.min(MOST_COST, cost));
}

/** A cost with its sign turned. It is what a network's answer is counted from, so only the absurd is cut. */
export function clipLogit(logit: number): number {
  return Math.max(-MOST_LOGIT, Math.min(MOST_LOGIT, logit));
}

/** Natural log odds of a probability. */
export function lnOdds(p: number): number {
  if (!(p > 0)) return -MOST_ODDS;
  return Math.max(-MOST_ODDS, Math.min(MOST_ODDS, Math.log(p / Math.max(1e-9, 1 - p))));
}

/** A number of frames, -1 = not known, on a scale where the first few count. */
export function lnFrames(frames: number): number {
  return Math.log1p(Math.max(0, frames));
}

/** A value in units of its spread, within 6; 0 = not known. */
export function standing(value: number, mean: number, spread: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-6, Math.min(6, (value - mean) / spread));
}

/** ln of how often dearer than usual a squared length is, in units of a squared spread. */
export function lnSquare(squared: number, sigma: number): number {
  return 0.5 * Math.log(squared / (sigma * sigma) + 1e-3);
}

/** ln of the mean residual step before or after a row, in usual steps; 0 = none known. */
export function lnSpeed(steps: Float64Array, n: Uint8Array, row: number, sigma: number): number {
  if (n[row] === 0) return 0;
  let sum = 0;
  for (let k = 0; k < n[row]; k++) {
    const at = (row * MEMORY + k) * 3;
    sum += Math.hypot(steps[at], steps[at + 1], steps[at + 2]);
  }
  return Math.log(sum / n[row] / sigma + 0.1);
}

/** ln of how much likelier than usual a cell of this row's age divides. */
export function lnHazardOf({ context, model }: Sights, row: number): number {
  const age = context.age[row];
  return age < 0 ? 0 : model.lnHazard[Math.min(age, model.lnHazard.length - 1)];
}

/** Cosine of the angle between two vectors, 0 where one has no length. */
export function cosine(a: readonly number[], b: readonly number[]): number {
  const lengths = Math.hypot(...a) * Math.hypot(...b);
  return lengths > 0 ? (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / lengths : 0;
}

/** Displacement from where motion takes u to v, units of u's frame: z, y, x. */
export function displacement(
  { detections, motion, around }: Sights,
  u: number,
  v: number,
): [number, number, number] {
  const unit = around.scale[detections.t[u]];
  return [
    (detections.z[v] - motion.z[u]) / unit,
    (detections.y[v] - motion.y[u]) / unit,
    (detections.x[v] - motion.x[u]) / unit,
  ];
}

/** The sum of the known steps after a row, units of the frame. */
export function pathAfter({ after, nAfter }: Context, row: number): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < nAfter[row]; k++) {
    for (let a = 0; a < 3; a++) sum[a] += after[(row * MEMORY + k) * 3 + a];
  }
  return sum;
}
