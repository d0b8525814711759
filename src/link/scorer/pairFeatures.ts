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
  pathAfter,
  type Sights,
  standing,
} from './sights.ts';

/** What a scorer sees of a division, in this order; `low` and `high` are the lower and the higher of both daughters'. */
export const PAIR_FEATURES = [
  'logit',
  'odds',
  'middle',
  'apart',
  'ln_apart',
  'total',
  'ratio',
  'sized',
  'lead_edge',
  'lead_pair',
  'edge_low',
  'edge_high',
  'rival_low',
  'rival_high',
  'rival_pair_low',
  'rival_pair_high',
  'ends',
  'begins_low',
  'begins_high',
  'rate',
  'hazard',
  'age_known',
  'age',
  'ahead_low',
  'ahead_known',
  'since',
  'left_low',
  'left_high',
  'density',
  'rim',
  'speed_before',
  'speed_after_low',
  'speed_after_high',
  'known_before',
  'known_after',
  'opposite',
  'uneven',
  'parting',
  'size_source',
] as const;

const ordered = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);

/** ln of how much farther the daughters are from each other after their next steps; 0 = not known. */
function parting({ context }: Sights, v: number, w: number, apart: readonly number[]): number {
  if (context.nAfter[v] === 0 || context.nAfter[w] === 0) return 0;
  const [pv, pw] = [pathAfter(context, v), pathAfter(context, w)];
  const later = Math.hypot(...apart.map((d, a) => d + pv[a] - pw[a]));
  return Math.max(-3, Math.min(3, Math.log((later + 1e-3) / (Math.hypot(...apart) + 1e-3))));
}

/** Writes the features of pair p to `out` from `at` on. */
export function writePairFeatures(
  sights: Sights,
  competition: Competition,
  p: number,
  out: Float32Array,
  at: number,
): void {
  const { detections, around, context, model, candidates, measures, costs, marginals } = sights;
  const [a, b] = [candidates.pairA[p], candidates.pairB[p]];
  const [u, v, w] = [candidates.source[a], candidates.target[a], candidates.target[b]];
  const t = detections.t[u];
  const cost = costs.pair[p];
  const usual = model.step.sigma * model.calm[t];
  const [toV, toW] = [displacement(sights, u, v), displacement(sights, u, w)];
  const apart = toV.map((d, axis) => d - toW[axis]);
  const rival = (k: number, row: number): number =>
    clipCost(besides(competition.edgeOfTarget, row, k) - cost);
  const rivalPair = (row: number): number => clipCost(besides(competition.pairOfTarget, row, u) - cost);
  const speed = (row: number): number => lnSpeed(context.after, context.nAfter, row, usual);
  const { ahead, left, nAfter } = context;
  const known = [v, w].filter((row) => ahead[row] >= 0);
  const values = [
    clipLogit(-cost),
    lnOdds(marginals.pair[p]),
    lnSquare(measures.middlePlane[p] + measures.middleZ[p] / model.stretchZ ** 2, model.middle.sigma),
    standing(measures.lnApart[p], model.separation.mean, model.separation.sd),
    measures.lnApart[p],
    standing(measures.total[p], model.daughters.mean, model.daughters.sd),
    Math.abs(standing(measures.ratio[p], 0, model.asymmetry.sigma)),
    Number.isNaN(measures.total[p]) ? 0 : 1,
    clipCost(competition.edgeOfSource.least[u] - cost),
    clipCost(besides(competition.pairOfSource, u, p) - cost),
    ...ordered(clipCost(costs.edge[a]), clipCost(costs.edge[b])),
    ...ordered(rival(a, v), rival(b, w)),
    ...ordered(rivalPair(v), rivalPair(w)),
    lnOdds(marginals.ends[u]),
    ...ordered(lnOdds(marginals.begins[v]), lnOdds(marginals.begins[w])),
    Math.log(model.pDivide[t]),
    lnHazardOf(sights, u),
    context.age[u] < 0 ? 0 : 1,
    lnFrames(context.age[u]),
    known.length === 0 ? 0 : Math.min(...known.map((row) => lnFrames(ahead[row]))),
    known.length,
    lnFrames(context.since[u]),
    ...ordered(lnFrames(left[v]), lnFrames(left[w])),
    around.lnDensity[u],
    around.rim[u],
    lnSpeed(context.before, context.nBefore, u, usual),
    ...ordered(speed(v), speed(w)),
    context.nBefore[u],
    Math.min(nAfter[v], nAfter[w]),
    cosine(toV, toW),
    Math.abs(Math.log((Math.hypot(...toV) + 1e-3) / (Math.hypot(...toW) + 1e-3))),
    parting(sights, v, w, apart),
    standing(around.sizeInFrame[u], 0, 0.3),
  ];
  out.set(values, at);
}
