import type { Detections } from '../../segment/types.ts';
import type { ConstraintTable } from '../constraints.ts';
import type { Motion } from '../motion/types.ts';
import { choicesOf } from '../solve/choices.ts';
import { findPrices, reducedCost } from '../solve/prices.ts';
import { type Demanded, findCandidates, type Reach, withPairs } from './candidates.ts';
import type { Context } from './context.ts';
import { findCosts } from './costs.ts';
import { demandedEdges, withConstraints } from './demands.ts';
import { findMarginals } from './marginals.ts';
import { measureCandidates } from './measures.ts';
import type { LinkModel } from './model.ts';
import type { Momentum } from './momentum.ts';
import { refitModel } from './refit.ts';
import type { Surroundings } from './surroundings.ts';
import type { Candidates, Costs, Marginals } from './types.ts';

/** The movie as one pass sees it. */
export interface Scene {
  detections: Detections;
  offsets: Int32Array;
  motion: Motion;
  around: Surroundings;
  reach: Reach;
  context: Context;
  momentum: Momentum;
  /** Null where there are none. The model is fitted without them. */
  constraints: ConstraintTable | null;
}

/** What a model makes of the included frames. */
export interface Belief {
  candidates: Candidates;
  costs: Costs;
  marginals: Marginals;
}

/** A division matters where some solution that holds it is at most this much dearer than the cheapest one: e^-8 as likely. */
const HOPELESS = 8;
/**
 * Sweeps of prices: over links alone, then with the divisions that would lower what a solution costs at these prices, then
 * with all whose reduced cost is below `HOPELESS`.
 */
const ROUNDS = [
  { sweeps: 3, joins: 0 },
  { sweeps: 3, joins: HOPELESS },
  { sweeps: 3, joins: HOPELESS },
];

/**
 * Which divisions may matter: those whose reduced cost is below `HOPELESS`, and so is the least that a solution which
 * holds them costs above the prices' bound of all solutions. O(edges + divisions).
 *
 * Source: column generation, P. Gilmore, R. Gomory 1961, doi 10.1287/opre.9.6.849.
 */
function hopeful(candidates: Candidates, costs: Costs): (p: number) => boolean {
  const { count, target, source, pairA, pairB, nPairs } = candidates;
  const price = new Float64Array(count);
  const least = new Float64Array(count);
  const reduced = (p: number): number =>
    costs.pair[p] - price[target[pairA[p]]] - price[target[pairB[p]]] - least[source[pairA[p]]];
  const joined = new Uint8Array(nPairs);
  for (const { sweeps, joins } of ROUNDS) {
    const choices = choicesOf(candidates, costs, (p) => joined[p] === 1);
    findPrices(choices, sweeps, price);
    least.fill(0);
    for (let o = 0; o < choices.n; o++)
      least[choices.source[o]] = Math.min(least[choices.source[o]], reducedCost(choices, price, o));
    for (let p = 0; p < nPairs; p++) joined[p] = reduced(p) < joins ? 1 : 0;
  }
  return (p) => joined[p] === 1;
}

/** What constraints add to the candidates. */
function demandedOf(constraints: ConstraintTable, t: Int32Array): Demanded {
  const sources = new Set([...constraints.mustDivide, ...constraints.targets.keys()]);
  return { edges: demandedEdges(constraints, t), sources };
}

/** Candidates of the included frames, their costs and probabilities. */
export function believe(scene: Scene, model: LinkModel, included: (t: number) => boolean): Belief {
  const { detections, offsets, motion, around, reach, context, momentum, constraints } = scene;
  const demanded = constraints === null ? undefined : demandedOf(constraints, detections.t);
  const all = findCandidates(detections, offsets, motion, reach, included, demanded);
  const measures = measureCandidates(detections, motion, around.scale, all, context, momentum);
  const free = findCosts(detections.t, all, measures, context, model, around);
  const dear = constraints === null ? free : withConstraints(constraints, all, free);
  const { candidates, kept } = withPairs(all, hopeful(all, dear));
  const costs = { edge: dear.edge, pair: Float64Array.from(kept, (p) => dear.pair[p]) };
  return { candidates, costs, marginals: findMarginals(candidates, costs) };
}

/** The model fitted to the sampled frames in some rounds of expectation maximisation, from a start. */
export function fitModel(scene: Scene, start: LinkModel, sample: Uint8Array, rounds: number): LinkModel {
  const { detections, offsets, motion, around, reach, context, momentum } = scene;
  let candidates = findCandidates(detections, offsets, motion, reach, (t) => sample[t] === 1);
  let measures = measureCandidates(detections, motion, around.scale, candidates, context, momentum);
  let model = start;
  for (let round = 0; round < rounds; round++) {
    let costs = findCosts(detections.t, candidates, measures, context, model, around);
    if (round === 0) {
      candidates = withPairs(candidates, hopeful(candidates, costs)).candidates;
      measures = measureCandidates(detections, motion, around.scale, candidates, context, momentum);
      costs = findCosts(detections.t, candidates, measures, context, model, around);
    }
    const marginals = findMarginals(candidates, costs);
    model = refitModel(detections.t, candidates, measures, context, marginals, model, around, sample);
  }
  return model;
}
