import type { Spacing } from '../spacing.ts';

/** A Student t distribution about zero: heavy tails keep the rare long step possible. */
export interface Tail {
  sigma: number;
  nu: number;
}

/** A normal distribution. */
export interface Bell {
  mean: number;
  sd: number;
}

/**
 * Everything that the costs are made of, fitted to the movie itself. Lengths are in units of `scale[t]`, the usual
 * spacing of the frame, so that cells that shrink as they divide keep one set of numbers.
 */
export interface LinkModel {
  ndim: 2 | 3;
  /** By frame: the length unit, micrometres. */
  scale: Float64Array;
  /** By frame: factor on `step.sigma` and chance of a cell to divide before the next frame. */
  calm: Float64Array;
  pDivide: Float64Array;
  /** By frame: factor on `pEnd`, as many cells leave at once where a field or a tissue moves. */
  leave: Float64Array;
  /** ln of how much likelier than usual a cell divides, by frames since its birth; the last entry holds for all beyond. */
  lnHazard: Float64Array;
  /** Residual displacement of one cell along y and x, and how much wider it is along z. */
  step: Tail;
  stretchZ: number;
  /** Share of links one of whose detections lies astray: merged with another, a fragment; 0 = the movie shows none. */
  stray: number;
  /** Chance of a cell to be gone in the next frame (see `endChance`), and of one to have no predecessor; inside, and near the rim. */
  pEnd: readonly [number, number];
  pBegin: readonly [number, number];
  /** Chances of a track's lengths, see `Context.lives`, of one that begins, of a cell that goes on, of a daughter; empty = not known. */
  lives: { begins: readonly number[]; goesOn: readonly number[]; daughter: readonly number[] };
  /** ln(size) of those that begin, less the mean of the frame: false detections are not as large as cells. */
  beginSize: Bell;
  /** ln(size after / size before) of one cell. */
  growth: Tail;
  /** Displacement of the middle of both daughters from where the parent was expected. */
  middle: Tail;
  /** ln(separation of the daughters), see `looseCost`. */
  separation: Bell;
  /** ln(sum of the daughters' sizes / parent's), see `looseCost`, and ln of the ratio of their sizes (about zero). */
  daughters: Bell;
  asymmetry: Tail;
}

/** Where the fit begins: what cells usually do, in spacings; the steps are the movie's own. */
export function initialModel(
  ndim: 2 | 3,
  scale: Float64Array,
  { spacing, radius }: Spacing,
  step: number,
): LinkModel {
  const sigma = Math.min(0.5, Math.max(0.02, step / spacing));
  // Daughters lie a spacing apart where cells are packed, and side by side where they are sparse.
  const apart = Number.isNaN(radius) ? 0.95 : Math.min(0.95, Math.max(0.05, (2.2 * radius) / spacing));
  return {
    ndim,
    scale,
    calm: new Float64Array(scale.length).fill(1),
    pDivide: new Float64Array(scale.length).fill(0.02),
    leave: new Float64Array(scale.length).fill(1),
    lnHazard: new Float64Array(1),
    step: { sigma, nu: 4 },
    stretchZ: 1,
    stray: 0,
    pEnd: [0.005, 0.01],
    pBegin: [0.005, 0.01],
    lives: { begins: [], goesOn: [], daughter: [] },
    beginSize: { mean: 0, sd: 0.5 },
    growth: { sigma: 0.2, nu: 4 },
    middle: { sigma: Math.hypot(0.12, sigma), nu: 6 },
    separation: { mean: Math.log(apart), sd: 0.3 },
    daughters: { mean: 0, sd: 0.3 },
    asymmetry: { sigma: 0.35, nu: 10 },
  };
}

/** No cells are likelier than this to be gone in the next frame. */
const MOST_END = 0.5;

/** Chance of a cell of frame `t` to be gone in the next one; `rim` 1 near the rim, 0 inside. */
export function endChance({ pEnd, leave }: LinkModel, t: number, rim: number): number {
  return Math.min(MOST_END, pEnd[rim] * leave[t]);
}

/**
 * Where detections lie that are astray, beside where the cell is, an axis, in spacings (the middle of two cells that were
 * taken for one lies half a spacing off), and ln of how much larger or smaller they are.
 */
const STRAY = 0.35;
const STRAY_SIZE = 0.5;
/** Share of such links where the fit begins, in a movie that shows some. */
export const FIRST_STRAY = 0.02;

/**
 * -ln density of a cell's step and growth, and how likely one of its detections is astray.
 *
 * @param stray share of detections astray, 0 = none
 * @param d dimensions
 * @param plain -ln density of a step and growth of a cell
 * @param r2 squared step, spacings
 * @param growth ln(size after / size before), NaN = not known
 */
export function withStray(
  stray: number,
  d: number,
  plain: number,
  r2: number,
  growth: number,
): { cost: number; astray: number } {
  if (stray === 0) return { cost: plain, astray: 0 };
  const off =
    (d / 2) * Math.log(2 * Math.PI * STRAY * STRAY) +
    r2 / (2 * STRAY * STRAY) +
    (Number.isNaN(growth) ? 0 : bellCost({ mean: 0, sd: STRAY_SIZE }, growth));
  const [a, b] = [plain - Math.log(1 - stray), off - Math.log(stray)];
  const all = either(a, b);
  return { cost: all, astray: Math.exp(all - b) };
}

const LN_PI = Math.log(Math.PI);

/** ln Gamma for positive arguments; Lanczos, g = 7. */
export function lnGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const y = x - 1;
  let sum = c[0];
  for (let i = 1; i < 9; i++) sum += c[i] / (y + i);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The constant and the slope of -ln density of a `d`-variate t distribution: constant + slope ln(1 + r^2 / (nu sigma^2)). */
export function tailTerms({ sigma, nu }: Tail, d: number): { constant: number; slope: number; over: number } {
  return {
    constant:
      lnGamma(nu / 2) - lnGamma((nu + d) / 2) + (d / 2) * (Math.log(nu) + LN_PI) + d * Math.log(sigma),
    slope: (nu + d) / 2,
    over: 1 / (nu * sigma * sigma),
  };
}

/** -ln density of a normal distribution. */
export function bellCost({ mean, sd }: Bell, value: number): number {
  return 0.5 * ((value - mean) / sd) ** 2 + Math.log(sd) + 0.5 * Math.log(2 * Math.PI);
}

/** Share of divisions that keep less closely to what is usual, and how far apart, and how large in all, their daughters are. */
const LOOSE = 0.02;
export const LOOSE_APART = 0.6;
export const LOOSE_TOTAL = 0.5;

/** What `looseCost` takes of a distribution: mean, and of either part the constant and the factor of the square. */
export interface LooseTerms {
  mean: number;
  usual: number;
  usualSlope: number;
  wide: number;
  wideSlope: number;
}

/** The terms of a distribution that is normal but for `LOOSE` of all, which spread by `wide`. */
export function looseTerms({ mean, sd }: Bell, wide: number): LooseTerms {
  const spread = Math.max(sd, wide);
  return {
    mean,
    usual: bellCost({ mean: 0, sd }, 0) - Math.log(1 - LOOSE),
    usualSlope: 0.5 / (sd * sd),
    wide: bellCost({ mean: 0, sd: spread }, 0) - Math.log(LOOSE),
    wideSlope: 0.5 / (spread * spread),
  };
}

/**
 * -ln density of a value under `looseTerms`. Where daughters are nearly always alike, a bare normal distribution would rule
 * out one outline drawn badly.
 */
export function looseCost(terms: LooseTerms, value: number): number {
  const square = (value - terms.mean) ** 2;
  return either(terms.usual + terms.usualSlope * square, terms.wide + terms.wideSlope * square);
}

/** How likely a value is none of the loose ones. */
export function usualShare(terms: LooseTerms, value: number): number {
  const square = (value - terms.mean) ** 2;
  return Math.exp(looseCost(terms, value) - terms.usual - terms.usualSlope * square);
}

/** Share of links over which a size changes for no reason but that an outline is drawn badly, and by how much. */
const LOOSE_LINKS = 0.002;
const LOOSE_GROWTH: Bell = { mean: 0, sd: 0.5 };

/** -ln density of a growth, ln(size after / size before), that costs `plain` where outlines are drawn well. */
export function orLoose(plain: number, growth: number): number {
  return either(plain - Math.log(1 - LOOSE_LINKS), bellCost(LOOSE_GROWTH, growth) - Math.log(LOOSE_LINKS));
}

/** -ln of the sum of two densities, of which -ln is given. */
function either(a: number, b: number): number {
  const least = Math.min(a, b);
  const apart = Math.abs(a - b);
  // e^-40 is below what a double tells.
  return apart > 40 ? least : least - Math.log1p(Math.exp(-apart));
}
