import type { KeepRule } from '../model/index.ts';

/** A rule for the objects of one frame. */
export interface KeepOptions {
  rule: KeepRule;
  height: number;
  width: number;
  /** Network input pixels per frame pixel. */
  scale: number;
  /** Prob threshold that was asked for, and the one that the rule was fitted with. */
  prob: number;
  usual: number;
}

/** Objects of a frame: centres and outlines in its pixels. */
export interface Outlined {
  prob: ArrayLike<number>;
  y: ArrayLike<number>;
  x: ArrayLike<number>;
  /** `count x nRays`, over 0. */
  dist: Float32Array;
  nRays: number;
}

/** Where ln of the area and the distance in radii end: larger and farther objects count as these. */
const LARGEST = 7;
const FARTHEST = 1.5;
/** Highest prob that the log odds tell apart. */
const SUREST = 1 - 1e-6;

/**
 * Positions of the objects that are likely enough real, ascending. Small objects are often specks or drawn wrong and need a
 * higher prob than large ones; of objects cut by the frame's border the network is less sure than it could be.
 *
 * A prob threshold other than the usual one asks for as much more or less of the log odds.
 */
export function likelyReal({ prob, y, x, dist, nRays }: Outlined, options: KeepOptions): Uint32Array {
  const { rule, height, width, scale } = options;
  const offset = rule.offset + rule.prob * (logOdds(options.usual) - logOdds(options.prob));
  const wedge = Math.sin((2 * Math.PI) / nRays) / 2;
  const kept = new Uint32Array(prob.length);
  let count = 0;
  for (let i = 0; i < prob.length; i++) {
    const area = wedge * sumOfProducts(dist, i * nRays, nRays);
    const far = Math.min(y[i]!, x[i]!, height - 1 - y[i]!, width - 1 - x[i]!) / Math.sqrt(area / Math.PI);
    const odds =
      rule.prob * logOdds(prob[i]!) +
      rule.area * Math.min(Math.log(area * scale * scale), LARGEST) +
      rule.border * Math.min(far, FARTHEST) +
      offset;
    if (odds > 0) kept[count++] = i;
  }
  return kept.slice(0, count);
}

/** ln(p / (1 - p)). */
function logOdds(p: number): number {
  return Math.log(p / (1 - Math.min(p, SUREST)));
}

/** Sum of each length times the next one around: twice a star's area over the sine of the angle between its rays. */
function sumOfProducts(dist: Float32Array, from: number, nRays: number): number {
  let sum = dist[from]! * dist[from + nRays - 1]!;
  for (let k = from + 1; k < from + nRays; k++) sum += dist[k - 1]! * dist[k]!;
  return sum;
}
