import type { Detections } from '../../segment/types.ts';
import type { ConstraintTable } from '../constraints.ts';
import type { Motion } from '../motion/types.ts';
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

/** Divisions dearer than this are not worth a thought: e^-8 of the chance of one daughter alone, or of none. */
const HOPELESS = 8;
/** The same where the other daughter has another parent, who may have to give up a daughter for it. */
const GIVEN_UP = 4;

/**
 * Which divisions may be part of a solution: those that cost less than `most` more than nothing, than one daughter alone,
 * and, with `GIVEN_UP` for the trouble, than one daughter and the other one linked to the best of its other parents.
 * O(edges into the daughters) a division.
 */
function hopeful(
  { target, inStart, inEdge, pairA, pairB }: Candidates,
  { edge, pair }: Costs,
  most: number,
): (p: number) => boolean {
  /** The best that a daughter costs by another edge, or with a beginning. */
  const elsewhere = (e: number): number => {
    const v = target[e];
    let least = 0;
    for (let k = inStart[v]; k < inStart[v + 1]; k++)
      if (inEdge[k] !== e) least = Math.min(least, edge[inEdge[k]]);
    return least;
  };
  return (p) => {
    const [a, b] = [pairA[p], pairB[p]];
    const alone = Math.min(0, edge[a], edge[b]);
    const apart = Math.min(edge[a] + elsewhere(b), edge[b] + elsewhere(a));
    return pair[p] < most + Math.min(alone, apart + GIVEN_UP);
  };
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
  const { candidates, kept } = withPairs(all, hopeful(all, dear, HOPELESS));
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
      // The first costs are rough, so divisions twice as dear as later stay for the fit.
      candidates = withPairs(candidates, hopeful(candidates, costs, 2 * HOPELESS)).candidates;
      measures = measureCandidates(detections, motion, around.scale, candidates, context, momentum);
      costs = findCosts(detections.t, candidates, measures, context, model, around);
    }
    const marginals = findMarginals(candidates, costs);
    model = refitModel(detections.t, candidates, measures, context, marginals, model, around, sample);
  }
  return model;
}
