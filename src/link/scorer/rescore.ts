import type { Belief, Scene } from '../global/fit.ts';
import { findMarginals } from '../global/marginals.ts';
import { measureCandidates } from '../global/measures.ts';
import type { LinkModel } from '../global/model.ts';
import type { Candidates, Costs, Marginals } from '../global/types.ts';
import { EDGE_FEATURES, type SourceBelief, writeEdgeFeatures } from './edgeFeatures.ts';
import { PAIR_FEATURES, writePairFeatures } from './pairFeatures.ts';
import { findCompetition } from './rivals.ts';
import type { Sights } from './sights.ts';
import type { ScoreRequest, Scorer } from './types.ts';

/** Links dearer than this are not worth a question, unless a division needs them. */
const HOPELESS = 8;
/** Costs beyond this are demands and prohibitions, no beliefs. */
const DECREED = 100;
/** Added to a pair's cost where a scorer knows edges only: odds of 3 to 1 against, as 0.25 of a share is. */
const UNJUDGED_PAIR = Math.log(3);

/** Edges worth a question. */
function askedEdges({ nEdges, nPairs, pairA, pairB }: Candidates, { edge }: Costs): Int32Array {
  const asked = Uint8Array.from(edge, (cost) => (cost < HOPELESS ? 1 : 0));
  for (let p = 0; p < nPairs; p++) {
    asked[pairA[p]] = 1;
    asked[pairB[p]] = 1;
  }
  const out: number[] = [];
  for (let k = 0; k < nEdges; k++) if (asked[k] === 1) out.push(k);
  return Int32Array.from(out);
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
  const edges = askedEdges(candidates, costs);
  const competition = findCompetition(candidates, costs);
  const belief = sourceBelief(candidates, marginals);
  const edgeFeatures = new Float32Array(edges.length * EDGE_FEATURES.length);
  const pairFeatures = new Float32Array(candidates.nPairs * PAIR_FEATURES.length);
  for (let i = 0; i < edges.length; i++) {
    writeEdgeFeatures(sights, competition, belief, edges[i], edgeFeatures, i * EDGE_FEATURES.length);
  }
  for (let p = 0; p < candidates.nPairs; p++) {
    writePairFeatures(sights, competition, p, pairFeatures, p * PAIR_FEATURES.length);
  }
  return { detections, firstRow, candidates, costs, edges, edgeFeatures, pairFeatures };
}

/** Costs by a scorer's log odds; what is demanded or ruled out stays so. */
export async function scoredCosts(request: ScoreRequest, scorer: Scorer): Promise<Costs> {
  const { candidates, costs, edges } = request;
  if (edges.length === 0) return costs;
  const scores = await scorer(request);
  const edge = costs.edge.slice();
  for (let i = 0; i < edges.length; i++) {
    if (Math.abs(edge[edges[i]]) < DECREED) edge[edges[i]] = -scores.edge[i];
  }
  const { pair: said } = scores;
  const pair = costs.pair.map((cost, p) => {
    if (Math.abs(cost) >= DECREED) return cost;
    return said === null ? edge[candidates.pairA[p]] + edge[candidates.pairB[p]] + UNJUDGED_PAIR : -said[p];
  });
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
