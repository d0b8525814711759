import type { Certainty } from '../data/certainty.ts';
import type { Dataset } from '../data/types.ts';
import { targetsOf, weighedBy } from './alternatives.ts';
import { consequences } from './complete.ts';
import { type LineageEvent, successors } from './events.ts';

/**
 * What errors cost: a link too many and one too few as in TRA (Matula et al., PLoS ONE 2015, doi:10.1371/journal.
 * pone.0144959, table 1), and a division too many, too few or with another daughter, which division F1 counts.
 */
const EXTRA = 1;
const MISSING = 1.5;
const DIVISION = 1.2;
/**
 * What a place that is wrong is worth where the linker does not say what else could be: a cell that seems to appear is as
 * a rule a daughter whose division was missed; one that is lost goes on after a frame or two.
 */
const USUAL = { link: 0.5, division: 1, disappearance: 1.2, appearance: 2 } as const;

/** How much nearer the truth the lineage would come with an explanation, if that one is true. */
export function gainOf(
  data: Dataset,
  certainty: Certainty,
  source: number,
  targets: readonly number[],
): number {
  const { parent, childB } = data.nodes;
  const after = new Map<number, number>();
  if (source >= 0) for (const v of successors(data, source)) after.set(v, -1);
  for (const v of targets) after.set(v, source);
  for (const [u, v] of consequences(data, certainty, source, targets)) after.set(v, u);
  let gain = 0;
  for (const [v, u] of after) {
    if (parent[v] === u) continue;
    if (parent[v]! >= 0) gain += EXTRA;
    if (u >= 0) gain += MISSING;
  }
  if (gain > 0 && source >= 0 && (childB[source]! >= 0 || targets.length === 2)) gain += DIVISION;
  return gain;
}

/**
 * What looking at a place brings on average: the gain of everything else that the linker thought possible there, each
 * with its probability, and of what it did not think of.
 *
 * @param wrong probability that the place is not as it is now
 */
export function expectedGain(
  data: Dataset,
  certainty: Certainty,
  { kind, node }: LineageEvent,
  wrong: number,
): number {
  const { source, prob } = certainty;
  const weighed = weighedBy(certainty);
  const { t } = data.nodes;
  let [gain, named] = [0, 0];
  for (const k of kind === 'appearance' ? weighed.into(node) : weighed.from(node)) {
    const targets = targetsOf(certainty, k);
    if (targets.some((v) => t[v]! <= t[source[k]!]!)) continue;
    const worth = gainOf(data, certainty, source[k]!, targets);
    if (worth === 0) continue;
    gain += prob[k]! * worth;
    named += prob[k]!;
  }
  // Edits around may have left less doubt than the linker had.
  if (named > wrong) return (gain * wrong) / named;
  return gain + (wrong - named) * USUAL[kind];
}
