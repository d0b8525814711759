import { MEMORY } from '../global/context.ts';
import { besides, type Competition } from './rivals.ts';
import {
  clipCost,
  clipLogit,
  cosine,
  displacement,
  lnFrames,
  lnHazardOf,
  lnOdds,
  lnSpeed,
  lnSquare,
  type Sights,
  standing,
} from './sights.ts';

/** What a scorer sees of a link, in this order. */
export const EDGE_FEATURES = [
  'logit',
  'odds_alone',
  'odds',
  'residual',
  'distance',
  'growth',
  'sized',
  'lead_source',
  'lead_target',
  'lead_pair',
  'lead_pair_target',
  'ends',
  'begins',
  'divides',
  'rate',
  'hazard',
  'age_known',
  'age',
  'ahead_known',
  'ahead',
  'since',
  'left',
  'density_source',
  'density_target',
  'rim',
  'calm',
  'speed_before',
  'speed_after',
  'known_before',
  'known_after',
  'turn',
  'size_source',
  'size_target',
] as const;

/** Beliefs of a source that all of its edges share. */
export interface SourceBelief {
  /** Probability that an edge is there alone. */
  single: Float64Array;
  /** By row: that it divides. */
  divides: Float64Array;
}

/** Writes the features of edge k to `out` from `at` on. */
export function writeEdgeFeatures(
  sights: Sights,
  competition: Competition,
  belief: SourceBelief,
  k: number,
  out: Float32Array,
  at: number,
): void {
  const { detections, around, context, model, candidates, measures, costs, marginals } = sights;
  const [u, v] = [candidates.source[k], candidates.target[k]];
  const t = detections.t[u];
  const cost = costs.edge[k];
  const usual = model.step.sigma * model.calm[t];
  const width = usual * measures.share[k];
  const moved = displacement(sights, u, v);
  const before = Array.from(context.before.subarray(u * MEMORY * 3, u * MEMORY * 3 + 3));
  const size = (row: number): number => standing(around.sizeInFrame[row], 0, 0.3);
  const values = [
    clipLogit(-cost),
    lnOdds(belief.single[k]),
    lnOdds(marginals.edge[k]),
    lnSquare(measures.edgePlane[k] + measures.edgeZ[k] / model.stretchZ ** 2, width),
    Math.hypot(...moved),
    standing(measures.growth[k], 0, model.growth.sigma),
    Number.isNaN(measures.growth[k]) ? 0 : 1,
    clipCost(besides(competition.edgeOfSource, u, k) - cost),
    clipCost(besides(competition.edgeOfTarget, v, k) - cost),
    clipCost(competition.pairOfSource.least[u] - cost),
    clipCost(besides(competition.pairOfTarget, v, u) - cost),
    lnOdds(marginals.ends[u]),
    lnOdds(marginals.begins[v]),
    lnOdds(belief.divides[u]),
    Math.log(model.pDivide[t]),
    lnHazardOf(sights, u),
    context.age[u] < 0 ? 0 : 1,
    lnFrames(context.age[u]),
    context.ahead[v] < 0 ? 0 : 1,
    lnFrames(context.ahead[v]),
    lnFrames(context.since[u]),
    lnFrames(context.left[v]),
    around.lnDensity[u],
    around.lnDensity[v],
    around.rim[u],
    Math.log(model.calm[t]),
    lnSpeed(context.before, context.nBefore, u, usual),
    lnSpeed(context.after, context.nAfter, v, usual),
    context.nBefore[u],
    context.nAfter[v],
    cosine(moved, before),
    size(u),
    size(v),
  ];
  out.set(values, at);
}
