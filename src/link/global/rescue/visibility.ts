import type { Detections } from '../../../segment/types.ts';
import { endChance, type LinkModel } from '../model.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Candidates, Marginals } from '../types.ts';

/** How often cells are seen below the threshold alone, and how often nothing is. Fitted to the movie. */
export interface Visibility {
  /** Chance that a cell is weak, and that one that was weak in the frame before is so again. */
  weak: number;
  again: number;
  /** Chance that a candidate that is nothing is followed by one that is nothing either, as texture and debris are. */
  stays: number;
  /** Candidates that are no cells for each cell, inside and near the rim. */
  clutter: readonly [number, number];
}

/** Starting values, and the observations that they are worth. */
const WEAK = 0.01;
const AGAIN = 0.5;
const STAYS = 0.5;
const PRIOR = 20;

/** Before anything is known: no candidate is a cell. @param rows of cells and of candidates, inside and near the rim */
export function initialVisibility(
  cells: readonly [number, number],
  candidates: readonly [number, number],
): Visibility {
  const clutter = [0, 1].map((rim) => (candidates[rim] + 1) / (cells[rim] + PRIOR)) as [number, number];
  return { weak: WEAK, again: AGAIN, stays: STAYS, clutter };
}

/** ln of the odds of a probability, kept finite. */
const lnOdds = (p: number): number => {
  const sure = Math.min(0.99, Math.max(0.01, p));
  return Math.log(sure / (1 - sure));
};

/**
 * What it costs a weak candidate to be a cell that begins and ends in its frame, more than to be nothing: minus the
 * logarithm of a likelihood ratio. Its network probability counts as such, relative to the usual one of candidates:
 * odds of p / (1 - p). The density of candidates near the row stands on both sides, and cancels.
 *
 * @param edges 1 where the frame is the movie's first, and its last: cells are there without beginning, or ending
 */
export function existenceCosts(
  rows: Int32Array,
  { t, prob }: Pick<Detections, 't' | 'prob'>,
  model: LinkModel,
  { rim }: Surroundings,
  { weak, clutter }: Visibility,
  edges: (row: number) => readonly [first: boolean, last: boolean],
): Float64Array {
  const odds = Float64Array.from(rows, (row) => (Number.isNaN(prob[row]) ? 0 : lnOdds(prob[row])));
  const mean = odds.reduce((sum, v) => sum + v, 0) / Math.max(1, odds.length);
  return Float64Array.from(rows, (row, k) => {
    const [first, last] = edges(row);
    const appears = first ? 0 : -Math.log(model.pBegin[rim[row]]);
    const vanishes = last ? 0 : -Math.log(endChance(model, t[row], rim[row]));
    return -Math.log(weak) + appears + vanishes + Math.log(clutter[rim[row]]) - (odds[k] - mean);
  });
}

/** What a link costs more for what is weak at its ends; that its target is weak stands in `existenceCosts`. */
export function weakLinkCost({ weak, again }: Visibility, from: number, to: number): number {
  if (from === 0) return 0;
  return to === 1 ? Math.log(weak / again) : Math.log((1 - weak) / (1 - again));
}

/**
 * What it costs a weak candidate to be a cell that follows another weak one, more than both to be nothing. What is
 * nothing may stay in place as well: then that something dim is there again is little sign of a cell.
 *
 * @param alone the same cost if candidates that are nothing came and went at random
 */
export function followCost({ again, stays }: Visibility, alone: number): number {
  const least = Math.log(stays / again);
  return Math.max(alone, least) + Math.log1p(Math.exp(-Math.abs(alone - least)));
}

/**
 * Chance that what is nothing stays, one step of expectation maximisation.
 *
 * @param unused by row of a candidate: probability that it is nothing
 * @param follow by edge from one candidate to another: cost as `followCost` takes it; NaN = another edge
 */
function refitStays(
  { source, target, nEdges }: Candidates,
  unused: ReadonlyMap<number, number>,
  follow: Float64Array,
  { stays, again }: Visibility,
): number {
  // By source: weights of the candidates that it may stay as, and of those and none.
  const weights = new Map<number, [stays: number, all: number]>();
  for (let e = 0; e < nEdges; e++) {
    if (Number.isNaN(follow[e])) continue;
    const [held, all] = weights.get(source[e]) ?? [0, 1];
    const weight = (Math.exp(-Math.max(-200, follow[e])) * stays) / again;
    weights.set(source[e], [held + weight * (unused.get(target[e]) as number), all + weight]);
  }
  let [stayed, total] = [0, 0];
  for (const [u, [held, all]] of weights) stayed += ((unused.get(u) as number) * held) / all;
  for (const p of unused.values()) total += p;
  return (stayed + STAYS * PRIOR) / (total + PRIOR);
}

/**
 * One step of expectation maximisation.
 *
 * @param now values of which this is the next step
 * @param rows of the candidates; `unused`: probability of each that it is nothing
 * @param follow see `refitStays`
 * @param cells inside and near the rim
 */
export function refitVisibility(
  now: Visibility,
  candidates: Candidates,
  { edge }: Marginals,
  added: Uint8Array,
  rows: Int32Array,
  unused: Float64Array,
  follow: Float64Array,
  { rim }: Surroundings,
  cells: readonly [number, number],
): Visibility {
  const { source, target, nEdges } = candidates;
  const clutter = [0, 0];
  const real = [0, 0];
  for (let k = 0; k < rows.length; k++) {
    clutter[rim[rows[k]]] += unused[k];
    real[rim[rows[k]]] += 1 - unused[k];
  }
  let [kept, came] = [0, 0];
  for (let e = 0; e < nEdges; e++) {
    const [u, v] = [source[e], target[e]];
    if (u === v || added[u] === 0) continue;
    came += edge[e];
    if (added[v] === 1) kept += edge[e];
  }
  const total = cells[0] + cells[1];
  const fresh = real[0] + real[1] - kept;
  return {
    weak: (Math.max(0, fresh) + WEAK * PRIOR) / (total + PRIOR),
    again: (kept + AGAIN * PRIOR) / (came + PRIOR),
    stays: refitStays(candidates, new Map(Array.from(rows, (row, k) => [row, unused[k]])), follow, now),
    clutter: [0, 1].map((r) => (clutter[r] + 1) / (cells[r] + real[r] + PRIOR)) as [number, number],
  };
}
