import type { DivisionTraits, LoneTraits } from './traits.ts';

/**
 * Log odds of a division: `base`, the traits times their weights. Log odds of the model itself count the less, the surer
 * the movie is one with false detections.
 */
export interface DivisionMap {
  base: number;
  odds: number;
  faulty: number;
  faultyOdds: number;
  life: number;
  before: number;
  born: number;
}

/**
 * How often beginnings, or ends, are true.
 *
 * A movie lacks e^`usual` links for each of its cells, and where detections are false e^`faults` wrong^`power` more; each
 * leaves a false end and a false beginning, which is little beside true ones where cells come over the rim, and most of
 * them inside a tissue. A track of one detection is a false one where a movie has many, with log odds `single`, less
 * `astray` for each factor of e by which its links are surer or less sure than one in a hundred.
 */
export interface LoneMap {
  usual: number;
  faults: number;
  power: number;
  single: number;
  astray: number;
  /** Log odds of what is left of the chance where an end and a beginning lie side by side. */
  beside: number;
  /** Power of the model's own probability. */
  own: number;
}

export interface Maps {
  divides: DivisionMap;
  begins: LoneMap;
  ends: LoneMap;
}

/** At least this share of beginnings, and of ends, is taken to be true. */
const LEAST = 0.21;
/** Where the share of wrong links is counted from: ln 0.01. */
const ONE_IN_HUNDRED = Math.log(0.01);

const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));

/** Calibrated probability of a division. */
export function divisionProb(
  map: DivisionMap,
  { odds, faulty, life, before, born }: Omit<DivisionTraits, 'row'>,
): number {
  return logistic(
    map.base +
      map.odds * odds +
      map.faulty * faulty +
      map.faultyOdds * faulty * odds +
      map.life * life +
      map.before * before +
      map.born * born,
  );
}

/** Calibrated probability of a beginning or an end. */
export function loneProb(
  map: LoneMap,
  { prob, faulty, single, beside, rare, wrong }: Omit<LoneTraits, 'row'>,
): number {
  const missing = Math.exp(map.usual) + faulty * Math.exp(map.faults + map.power * wrong);
  const left = Math.max(LEAST, 1 - missing * rare);
  const own = prob ** map.own * (beside === 1 ? logistic(map.beside) : 1) * left;
  if (single === 0) return own;
  return faulty * logistic(map.single + map.astray * (wrong - ONE_IN_HUNDRED)) + (1 - faulty) * own;
}
