import type { Scene } from '../fit.ts';
import type { Outcome } from '../outcome.ts';
import { MAPS } from './fitted.ts';
import { divisionProb, loneProb } from './maps.ts';
import { observe } from './traits.ts';

/**
 * Calibrates the probabilities of the divisions, beginnings and ends that a solution holds; others stay, and what is not
 * known. The model gives each of them in the light of its candidates, and that is too sure: the cell that a beginning
 * comes from may be none of them. Links are right as often as they say.
 */
export function calibrate(scene: Scene, out: Outcome): void {
  const seen = observe(scene, out);
  for (const one of seen.divides) out.divides[one.row] = divisionProb(MAPS.divides, one);
  for (const one of seen.begins) out.begins[one.row] = loneProb(MAPS.begins, one);
  for (const one of seen.ends) out.ends[one.row] = loneProb(MAPS.ends, one);
}
