import { type Bell, lnGamma, looseTerms, type Tail, usualShare } from './model.ts';

/** Tails that are tried. */
const NUS = [2, 3, 4, 6, 10, 30];

/** Values, squared, with their weights. */
export interface Squares {
  value: number[];
  weight: number[];
}

/** One step of expectation maximisation of a t distribution's scale, `prior` observations of the present one included. */
function refitSigma({ value, weight }: Squares, { sigma, nu }: Tail, d: number, prior: number): number {
  let sum = prior * d * sigma * sigma;
  let total = prior;
  for (let k = 0; k < value.length; k++) {
    sum += (weight[k] * (nu + d) * value[k]) / (nu + value[k] / (sigma * sigma));
    total += weight[k];
  }
  return Math.sqrt(sum / (d * total));
}

/** Sum of weighted -ln densities. */
function tailLoss({ value, weight }: Squares, { sigma, nu }: Tail, d: number): number {
  const constant =
    lnGamma(nu / 2) - lnGamma((nu + d) / 2) + (d / 2) * Math.log(nu * Math.PI) + d * Math.log(sigma);
  let loss = 0;
  let total = 0;
  for (let k = 0; k < value.length; k++) {
    loss += weight[k] * Math.log1p(value[k] / (nu * sigma * sigma));
    total += weight[k];
  }
  return total * constant + ((nu + d) / 2) * loss;
}

/** The t distribution that fits best, near the present one where little was seen. */
export function refitTail(squares: Squares, now: Tail, d: number, prior: number, floor: number): Tail {
  let best = now;
  let least = Number.POSITIVE_INFINITY;
  for (const nu of squares.value.length > 200 ? NUS : [now.nu]) {
    let tail: Tail = { sigma: now.sigma, nu };
    for (let i = 0; i < 4; i++) tail = { sigma: Math.max(floor, refitSigma(squares, tail, d, prior)), nu };
    const loss = tailLoss(squares, tail, d);
    if (loss < least) {
      least = loss;
      best = tail;
    }
  }
  return best;
}

/** Mean and deviation, with `prior` observations of the present ones. */
export function refitBell({ value, weight }: Squares, now: Bell, prior: number, floor: number): Bell {
  let total = prior;
  let sum = prior * now.mean;
  for (let k = 0; k < value.length; k++) {
    total += weight[k];
    sum += weight[k] * value[k];
  }
  const mean = sum / total;
  let squares = prior * (now.sd * now.sd + (now.mean - mean) ** 2);
  for (let k = 0; k < value.length; k++) squares += weight[k] * (value[k] - mean) ** 2;
  return { mean, sd: Math.max(floor, Math.sqrt(squares / total)) };
}

/** Values weighed by how likely they are none of the loose ones, see `looseCost`. */
export function usualOf({ value, weight }: Squares, bell: Bell, wide: number): Squares {
  const terms = looseTerms(bell, wide);
  return { value, weight: weight.map((w, k) => w * usualShare(terms, value[k])) };
}

/** Daughters are alike, whatever the fragments say that a poor start took for daughters. */
export function atMost({ sigma, nu }: Tail, widest: number): Tail {
  return { sigma: Math.min(widest, sigma), nu: Math.max(6, nu) };
}

/** Divisions that lie far off are seldom believed in, so the fit sees too few of them: tails no lighter than these. */
export function withTails({ sigma, nu }: Tail): Tail {
  return { sigma, nu: Math.min(10, nu) };
}
