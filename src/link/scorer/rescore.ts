import type { Belief, Scene } from '../global/fit.ts';
import { findMarginals } from '../global/marginals.ts';
import { measureCandidates } from '../global/measures.ts';
import type { LinkModel } from '../global/model.ts';
import type { Candidates, Costs, Marginals } from '../global/types.ts';
import { EDGE_FEATURES, type SourceBelief, writeEdgeFeatures } from './edgeFeatures.ts';
import { PAIR_FEATURES, writePairFeatures } from './pairFeatures.ts';
import { findCompetition } from './rivals.ts';
import { lnOdds, type Sights } from './sights.ts';
import type { ScoreRequest, Scorer } from './types.ts';

/** Natural log odds below which nothing is worth a question: what is left of them moves no decision. */
const ODDS = -8;
/** Costs beyond this are demands and prohibitions, no beliefs. */
const DECREED = 100;
/** Added to a pair's cost where a scorer knows edges only: odds of 3 to 1 against, as 0.25 of a share is. */
const UNJUDGED_PAIR = Math.log(3);

/** Links and divisions worth a question: not ruled out by what is known, or half of such a division. */
function asked(
  { nEdges, nPairs, pairA, pairB }: Candidates,
  marginals: Marginals,
): { edges: Int32Array; pairs: Int32Array } {
  const edge = Uint8Array.from(marginals.edge, (p) => (lnOdds(p) > ODDS ? 1 : 0));
  const pairs: number[] = [];
  for (let p = 0; p < nPairs; p++) {
    if (!(lnOdds(marginals.pair[p]) > ODDS)) continue;
    pairs.push(p);
    edge[pairA[p]] = 1;
    edge[pairB[p]] = 1;
  }
  const edges: number[] = [];
  for (let k = 0; k < nEdges; k++) if (edge[k] === 1) edges.push(k);
  return { edges: Int32Array.from(edges), pairs: Int32Array.from(pairs) };
}

function sourceBelief(
  { count, source, nPairs, pairA, pairB }: Candidates,
  marginals: Marginals,
): SourceBelief {
  const single = marginals.edge.slice();
  const divides = new Float64Array(count);
  for (let p = 0; p < nPairs; p++) {
    single[pairA[p]] -= marginals.pair[p];
    single[pairB[p]] -= marginals.pair[p];
    divides[source[pairA[p]]] += marginals.pair[p];
  }
  return { single, divides };
}

/** The question that a belief raises. `firstRow`: see `ScoreRequest`. */
export function askScorer(sights: Sights, firstRow: number): ScoreRequest {
  const { detections, candidates, costs, marginals } = sights;
  const { edges, pairs } = asked(candidates, marginals);
  const competition = findCompetition(candidates, costs);
  const belief = sourceBelief(candidates, marginals);
  const edgeFeatures = new Float32Array(edges.length * EDGE_FEATURES.length);
  const pairFeatures = new Float32Array(pairs.length * PAIR_FEATURES.length);
  for (let i = 0; i < edges.length; i++) {
    writeEdgeFeatures(sights, competition, belief, edges[i], edgeFeatures, i * EDGE_FEATURES.length);
  }
  for (let i = 0; i < pairs.length; i++) {
    writePairFeatures(sights, competition, pairs[i], pairFeatures, i * PAIR_FEATURES.length);
  }
  return { detections, firstRow, candidates, costs, edges, pairs, edgeFeatures, pairFeatures };
}

/** Costs by a scorer's log odds; what was not asked is out, what is demanded or ruled out stays so. */
export async function scoredCosts(request: ScoreRequest, scorer: Scorer): Promise<Costs> {
  const { candidates, costs, edges, pairs } = request;
  if (edges.length === 0) return costs;
  const scores = await scorer(request);
  const unasked = (cost: number): number => (Math.abs(cost) < DECREED ? Number.POSITIVE_INFINITY : cost);
  const edge = costs.edge.map(unasked);
  const pair = costs.pair.map(unasked);
  for (let i = 0; i < edges.length; i++) {
    if (Math.abs(costs.edge[edges[i]]) < DECREED) edge[edges[i]] = -scores.edge[i];
  }
  for (let i = 0; i < pairs.length; i++) {
    const p = pairs[i];
    if (Math.abs(costs.pair[p]) >= DECREED) continue;
    const [a, b] = [candidates.pairA[p], candidates.pairB[p]];
    pair[p] = scores.pair === null ? edge[a] + edge[b] + UNJUDGED_PAIR : -scores.pair[i];
  }
  return { edge, pair };
}

/** A belief with the costs of a scorer in place of its own. `firstRow`: see `ScoreRequest`. */
export async function rescore(
  scene: Scene,
  model: LinkModel,
  belief: Belief,
  scorer: Scorer,
  firstRow = 0,
): Promise<Belief> {
  const { detections, motion, around, context, momentum } = scene;
  const { candidates } = belief;
  const measures = measureCandidates(detections, motion, around.scale, candidates, context, momentum);
  const request = askScorer({ detections, motion, around, context, model, measures, ...belief }, firstRow);
  const costs = await scoredCosts(request, scorer);
  return { candidates, costs, marginals: findMarginals(candidates, costs) };
}
