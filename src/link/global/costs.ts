import { type Context, LIVES } from './context.ts';
import type { Measures } from './measures.ts';
import {
  bellCost,
  endChance,
  type LinkModel,
  LOOSE_APART,
  LOOSE_TOTAL,
  looseCost,
  looseTerms,
  orLoose,
  tailTerms,
  withStray,
} from './model.ts';
import type { Surroundings } from './surroundings.ts';
import type { Candidates, Costs } from './types.ts';

/** -ln p of having no successor and no predecessor, by row, densities (per unit of the frame and of ln size) included. */
export interface Lonely {
  end: Float64Array;
  begin: Float64Array;
  /** The part of `begin` that comes from sizes; 0 where they are not known. */
  size: Float64Array;
}

/** Costs of ending and beginning for every row; `t`: frame of every row. */
export function lonelyCosts(
  t: Int32Array,
  model: LinkModel,
  { rim, lnDensity, sizeInFrame }: Surroundings,
): Lonely {
  const { pBegin, beginSize } = model;
  const size = sizeInFrame.map((s) => (Number.isNaN(s) ? 0 : bellCost(beginSize, s)));
  return {
    end: Float64Array.from(rim, (r, i) => -Math.log(endChance(model, t[i], r))),
    begin: Float64Array.from(rim, (r, i) => -Math.log(pBegin[r]) - lnDensity[i] + size[i]),
    size,
  };
}

/** Of two divisions in too quick succession the second pays in full and the first this share, lest both be given up. */
const LATER = 0.5;

/**
 * Costs of all candidates: minus the logarithm of how much likelier the movie is if the link, or the division, is made
 * than if its cells end and begin there.
 *
 * link: -ln((1 - pEnd - pDivide) t(residual) t(growth)); division: -ln(pDivide hazard(age) 2 t(middle) n(separation)
 * n(total size) t(size ratio)); less the costs of ending and beginning, see `lonelyCosts`. Sizes are left out where
 * one is not known.
 *
 * Source: algorithms sheet D.9. Differs: t instead of normal distributions, so that a long step is dear and not
 * impossible; separation is log-normal.
 *
 * @param t frame of every row
 */
export function findCosts(
  t: Int32Array,
  candidates: Candidates,
  measures: Measures,
  context: Context,
  model: LinkModel,
  around: Surroundings,
): Costs {
  const { target, edgeStart, pairA, pairB, pairStart, nEdges, nPairs, count } = candidates;
  const lonely = lonelyCosts(t, model, around);
  const d = model.ndim;
  const narrow = 1 / model.stretchZ ** 2;
  const step = tailTerms(model.step, d);
  const growth = tailTerms(model.growth, 1);
  const ratio = tailTerms(model.asymmetry, 1);
  const middle = tailTerms(model.middle, d);
  const separation = looseTerms(model.separation, LOOSE_APART);
  const daughters = looseTerms(model.daughters, LOOSE_TOTAL);
  const lnStretch = d === 3 ? Math.log(model.stretchZ) : 0;
  // Surface of the unit sphere over 2, as the two daughters may change places.
  const lnSphere = Math.log(d === 3 ? 2 * Math.PI : Math.PI);
  const edge = new Float64Array(nEdges);
  const pair = new Float64Array(nPairs);
  // How much less likely a track of that length is of a cell that goes on, or of a daughter, than of one that begins.
  const life = (of: readonly number[]): number[] => {
    const { begins } = model.lives;
    return Array.from({ length: LIVES + 1 }, (_, n) =>
      n === 0 || of.length === 0 ? 0 : Math.log(begins[n - 1] / of[n - 1]),
    );
  };
  const [lifeOfNext, lifeOfDaughter] = [life(model.lives.goesOn), life(model.lives.daughter)];
  const hazard = (age: number): number =>
    age < 0 ? 0 : -model.lnHazard[Math.min(age, model.lnHazard.length - 1)];
  for (let u = 0; u < count; u++) {
    if (edgeStart[u] === edgeStart[u + 1]) continue;
    const pDivide = model.pDivide[t[u]];
    const stays = Math.max(1e-6, 1 - endChance(model, t[u], around.rim[u]) - pDivide);
    const base = -Math.log(stays) + lnStretch - lonely.end[u];
    const calm = model.calm[t[u]];
    for (let k = edgeStart[u]; k < edgeStart[u + 1]; k++) {
      const v = target[k];
      const width = calm * measures.share[k];
      const r2 = measures.edgePlane[k] + measures.edgeZ[k] * narrow;
      const own =
        step.constant + d * Math.log(width) + step.slope * Math.log1p((r2 / width ** 2) * step.over);
      const g = measures.growth[k];
      const known = !Number.isNaN(g);
      const grown = known ? orLoose(growth.constant + growth.slope * Math.log1p(g * g * growth.over), g) : 0;
      edge[k] =
        base +
        withStray(model.stray, d, own + grown, r2, g).cost -
        lonely.begin[v] +
        lifeOfNext[context.lives[v]];
      if (!known) edge[k] += lonely.size[v];
    }
    const divides =
      -Math.log(pDivide) + hazard(context.age[u]) + middle.constant + lnStretch + lnSphere - lonely.end[u];
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) {
      if (context.fused[u] === 1) {
        pair[p] = Number.POSITIVE_INFINITY;
        continue;
      }
      const [v, w] = [target[pairA[p]], target[pairB[p]]];
      const r2 = measures.middlePlane[p] + measures.middleZ[p] * narrow;
      pair[p] =
        divides +
        middle.slope * Math.log1p(r2 * middle.over) +
        looseCost(separation, measures.lnApart[p]) +
        d * measures.lnApart[p] +
        LATER * hazard(context.ahead[v]) +
        LATER * hazard(context.ahead[w]) +
        lifeOfDaughter[context.lives[v]] +
        lifeOfDaughter[context.lives[w]] -
        lonely.begin[v] -
        lonely.begin[w];
      const total = measures.total[p];
      pair[p] += Number.isNaN(total)
        ? lonely.size[v] + lonely.size[w]
        : looseCost(daughters, total) +
          ratio.constant +
          ratio.slope * Math.log1p(measures.ratio[p] ** 2 * ratio.over);
    }
  }
  return { edge, pair };
}
