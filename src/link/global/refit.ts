import { type Context, LIVES } from './context.ts';
import type { Measures } from './measures.ts';
import { FIRST_STRAY, type LinkModel, LOOSE_APART, LOOSE_TOTAL, tailTerms, withStray } from './model.ts';
import { atMost, refitBell, refitTail, type Squares, usualOf, withTails } from './spread.ts';
import type { Surroundings } from './surroundings.ts';
import type { Candidates, Marginals } from './types.ts';

/** Observations that a starting value is worth. */
const PRIOR_LINKS = 20;
const PRIOR_DIVISIONS = 5;
/**
 * Frames over which restlessness and divisions are smoothed (standard deviation), and cells that pull them to the mean.
 * Cells divide in waves, so their rate changes sooner.
 */
const SMOOTH = 3;
const SMOOTH_DIVISIONS = 1;
const PULL = 40;
/** Ends that pull a frame's own rate of them to the usual one. */
const PULL_ENDS = 5;

/** Ratio of sums by frame, smoothed by `sd` frames, pulled to the ratio of the whole. */
function smoothRatio(over: Float64Array, under: Float64Array, mean: number, sd: number): Float64Array {
  return over.map((_, t) => {
    let a = PULL * mean;
    let b = PULL;
    for (let s = Math.max(0, t - 3 * sd); s < over.length && s <= t + 3 * sd; s++) {
      const w = Math.exp(-0.5 * ((s - t) / sd) ** 2);
      a += w * over[s];
      b += w * under[s];
    }
    return a / b;
  });
}

/** By frame: how many times as many cells end as they usually do. */
function endFactors(seen: Float64Array, usual: Float64Array): Float64Array {
  const share = total(usual) > 0 ? total(seen) / total(usual) : 1;
  return seen.map((n, t) => (n / Math.max(1e-9, share) + PULL_ENDS) / (usual[t] + PULL_ENDS));
}

/** Usual chances of a track of 1, 2, 3 and more frames: of false detections, of cells; what they are worth is `PRIOR_LINKS`. */
const FALSE_LIVES = [0.12, 0.05, 0.03, 0.8];
const CELL_LIVES = [0.008, 0.006, 0.006, 0.98];

/**
 * Chances of a track's lengths by how it came to be; empty before tracks are known. Daughters are lost no sooner than
 * cells that go on: what looks like it is a false detection beside a cell.
 */
function refitLives(
  t: Int32Array,
  { nEdges, target }: Candidates,
  single: Float64Array,
  { edge, begins }: Marginals,
  { lives }: Context,
  sample: Uint8Array,
): LinkModel['lives'] {
  if (!lives.some((n) => n > 0 && n < LIVES)) return { begins: [], goesOn: [], daughter: [] };
  const [fresh, next, born] = [FALSE_LIVES, CELL_LIVES, CELL_LIVES].map((prior) =>
    prior.map((p) => p * PRIOR_LINKS),
  );
  const count = (seen: number[], weight: number, row: number): void => {
    if (lives[row] > 0) seen[lives[row] - 1] += weight;
  };
  for (let v = 0; v < t.length; v++) if (t[v] > 0 && sample[t[v] - 1] === 1) count(fresh, begins[v], v);
  for (let k = 0; k < nEdges; k++) {
    count(next, Math.max(0, single[k]), target[k]);
    count(born, Math.max(0, edge[k] - single[k]), target[k]);
  }
  const share = (seen: number[]): number[] => {
    const all = seen.reduce((sum, n) => sum + n, 0);
    return seen.map((n) => n / all);
  };
  const goesOn = share(next);
  const early = share(born)
    .slice(0, LIVES - 1)
    .map((p, n) => Math.min(p, Math.max(goesOn[n], CELL_LIVES[n])));
  const daughter = [...early, 1 - early.reduce((sum, p) => sum + p, 0)];
  return { begins: share(fresh), goesOn, daughter };
}

/** Cells of one age that pull its rate to the usual one. */
const PULL_AGE = 60;
/**
 * Frames, and share of the usual time between divisions, in which a cell hardly divides again: what looks like it is mostly
 * an outline that falls apart.
 */
const REFRACTORY = 3;
const REFRACTORY_SHARE = 0.1;
const REFRACTORY_COST = -5;
/** Ages over which rates are smoothed, frames. */
const MAX_AGE = 400;

/** How much likelier than usual cells of each age divide; ages are known of cells that were born in the movie. */
function refitHazard(
  t: Int32Array,
  { count, pairStart }: Candidates,
  { pair }: Marginals,
  { age }: Context,
  rate: number,
  sample: Uint8Array,
): Float64Array {
  let oldest = 0;
  for (let u = 0; u < count; u++) oldest = Math.max(oldest, Math.min(MAX_AGE, age[u]));
  const divided = new Float64Array(oldest + 2);
  const cells = new Float64Array(oldest + 2);
  const last = t.length > 0 ? t[t.length - 1] : 0;
  for (let u = 0; u < count; u++) {
    if (age[u] < 0 || t[u] === last || sample[t[u]] === 0) continue;
    const a = Math.min(MAX_AGE, age[u]);
    cells[a]++;
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) divided[a] += pair[p];
  }
  // Beyond the oldest: as the mean.
  const out = new Float64Array(oldest + 2);
  for (let a = 0; a <= oldest; a++) {
    // A cell that was just born does not divide, unless the movie says so plainly.
    let [n, of] = [PULL_AGE * rate * Math.exp(-3 * Math.exp(-a / 4)), PULL_AGE];
    for (let b = Math.max(0, a - 9); b <= a + 9 && b <= oldest; b++) {
      const w = Math.exp(-0.5 * ((b - a) / (1 + 0.1 * a)) ** 2);
      n += w * divided[b];
      of += w * cells[b];
    }
    const most = a <= REFRACTORY && a * rate < REFRACTORY_SHARE ? REFRACTORY_COST : 4;
    out[a] = Math.max(REFRACTORY_COST, Math.min(most, Math.log(n / of / rate)));
  }
  return out;
}

const total = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0);

/** Weights that are not worth counting. */
const FAINT = 1e-3;

/**
 * The model that makes the movie likeliest under the present beliefs: one step of expectation maximisation. O(edges +
 * pairs).
 *
 * @param sample by frame: 1 if the candidates from it are all there
 */
export function refitModel(
  t: Int32Array,
  candidates: Candidates,
  measures: Measures,
  context: Context,
  marginals: Marginals,
  model: LinkModel,
  around: Surroundings,
  sample: Uint8Array,
): LinkModel {
  const { count, source, target, nEdges, nPairs, pairA, pairB } = candidates;
  const last = model.scale.length - 1;
  const d = model.ndim;
  const narrow = 1 / model.stretchZ ** 2;

  // Divisions, and what is left of every edge when they are taken out. Those one of whose daughters is soon lost stand aside,
  // as false detections beside a cell look like that, and the others for them.
  const { goesOn } = model.lives;
  const lasting = goesOn.length === 0 ? 1 : Math.max(0.5, goesOn[LIVES - 1]);
  const passing = (k: number): boolean => {
    const n = context.lives[target[k]];
    return goesOn.length > 0 && n > 0 && n < LIVES;
  };
  const single = marginals.edge.slice();
  const middle: Squares = { value: [], weight: [] };
  const apart: Squares = { value: [], weight: [] };
  const sum: Squares = { value: [], weight: [] };
  const ratio: Squares = { value: [], weight: [] };
  const divided = new Float64Array(last + 1);
  for (let p = 0; p < nPairs; p++) {
    const all = marginals.pair[p];
    single[pairA[p]] -= all;
    single[pairB[p]] -= all;
    if (all < FAINT || passing(pairA[p]) || passing(pairB[p])) continue;
    const weight = all / lasting ** 2;
    divided[t[source[pairA[p]]]] += weight;
    middle.value.push(measures.middlePlane[p] + measures.middleZ[p] * narrow);
    middle.weight.push(weight);
    apart.value.push(measures.lnApart[p]);
    apart.weight.push(weight);
    if (Number.isNaN(measures.total[p])) continue;
    sum.value.push(measures.total[p]);
    sum.weight.push(weight);
    ratio.value.push(measures.ratio[p] ** 2);
    ratio.weight.push(weight);
  }

  // Single links.
  const step: Squares = { value: [], weight: [] };
  const growth: Squares = { value: [], weight: [] };
  const unrest = new Float64Array(last + 1);
  const seen = new Float64Array(last + 1);
  let [alongZ, inPlane, weights] = [0, 0, 0];
  let [strays, linked] = [FIRST_STRAY * PRIOR_LINKS, PRIOR_LINKS];
  const terms = tailTerms(model.step, d);
  const growths = tailTerms(model.growth, 1);
  for (let k = 0; k < nEdges; k++) {
    if (single[k] < FAINT) continue;
    const frame = t[source[k]];
    const share2 = measures.share[k] ** 2;
    const raw = measures.edgePlane[k] + measures.edgeZ[k] * narrow;
    const width = model.calm[frame] * measures.share[k];
    const own =
      terms.constant + d * Math.log(width) + terms.slope * Math.log1p((raw / width ** 2) * terms.over);
    const g = measures.growth[k];
    const grown = Number.isNaN(g) ? 0 : growths.constant + growths.slope * Math.log1p(g * g * growths.over);
    const { astray } = withStray(model.stray, d, own + grown, raw, g);
    strays += single[k] * astray;
    const weight = single[k] * (1 - astray);
    linked += single[k];
    const z2 = measures.edgeZ[k] / share2;
    const plane2 = measures.edgePlane[k] / share2;
    const r2 = plane2 + z2 * narrow;
    const sigma = model.step.sigma * model.calm[frame];
    const trust = (weight * (model.step.nu + d)) / (model.step.nu + r2 / (sigma * sigma));
    step.value.push(r2 / model.calm[frame] ** 2);
    step.weight.push(weight);
    unrest[frame] += (trust * r2) / d;
    seen[frame] += weight;
    alongZ += trust * z2;
    inPlane += (trust * plane2) / 2;
    weights += weight;
    if (Number.isNaN(measures.growth[k])) continue;
    growth.value.push(measures.growth[k] ** 2);
    growth.weight.push(weight);
  }

  const cells = new Float64Array(last + 1);
  const beginSizes: Squares = { value: [], weight: [] };
  const endsInFrame = new Float64Array(last + 1);
  const usualEnds = new Float64Array(last + 1);
  const ends = [0.005 * PRIOR_LINKS, 0.01 * PRIOR_LINKS];
  const ended = [PRIOR_LINKS, PRIOR_LINKS];
  const begins = [0.005 * PRIOR_LINKS, 0.01 * PRIOR_LINKS];
  const begun = [PRIOR_LINKS, PRIOR_LINKS];
  for (let i = 0; i < count; i++) {
    const rim = around.rim[i];
    if (sample[t[i]] === 1) cells[t[i]]++;
    if (t[i] < last && sample[t[i]] === 1) {
      ends[rim] += marginals.ends[i];
      endsInFrame[t[i]] += marginals.ends[i];
      usualEnds[t[i]] += model.pEnd[rim];
      ended[rim]++;
    }
    if (t[i] > 0 && sample[t[i] - 1] === 1) {
      begins[rim] += marginals.begins[i];
      if (!Number.isNaN(around.sizeInFrame[i])) {
        beginSizes.value.push(around.sizeInFrame[i]);
        beginSizes.weight.push(marginals.begins[i]);
      }
      begun[rim]++;
    }
  }
  const rate = (total(divided) + 0.02 * PRIOR_LINKS) / (total(cells) + PRIOR_LINKS);
  const meanUnrest = weights > 0 ? total(unrest) / weights : model.step.sigma ** 2;
  const calm = smoothRatio(unrest, seen, meanUnrest, SMOOTH).map((v) => Math.sqrt(v / meanUnrest));
  const z0 = model.ndim === 3 && weights > 100 ? Math.sqrt(alongZ / inPlane) : model.stretchZ;
  return {
    ...model,
    beginSize: refitBell(beginSizes, model.beginSize, PRIOR_LINKS, 0.25),
    lives: refitLives(t, candidates, single, marginals, context, sample),
    lnHazard: refitHazard(t, candidates, marginals, context, rate, sample),
    calm: meanUnrest > 0 ? calm.map((c) => Math.min(3, Math.max(0.3, c))) : model.calm,
    leave: endFactors(endsInFrame, usualEnds),
    pDivide: smoothRatio(divided, cells, rate, SMOOTH_DIVISIONS).map((p) => Math.min(0.5, Math.max(1e-5, p))),
    stray: model.stray === 0 ? 0 : Math.min(0.1, strays / linked),
    step: refitTail(step, model.step, d, PRIOR_LINKS, 0.005),
    stretchZ: Math.min(4, Math.max(0.4, z0)),
    pEnd: [ends[0] / ended[0], ends[1] / ended[1]],
    pBegin: [begins[0] / begun[0], begins[1] / begun[1]],
    growth: refitTail(growth, model.growth, 1, PRIOR_LINKS, 0.01),
    middle: withTails(refitTail(middle, model.middle, d, PRIOR_DIVISIONS, 0.01)),
    separation: refitBell(
      usualOf(apart, model.separation, LOOSE_APART),
      model.separation,
      PRIOR_DIVISIONS,
      0.05,
    ),
    daughters: refitBell(usualOf(sum, model.daughters, LOOSE_TOTAL), model.daughters, PRIOR_DIVISIONS, 0.02),
    asymmetry: atMost(refitTail(ratio, model.asymmetry, 1, PRIOR_DIVISIONS, 0.02), 0.45),
  };
}
