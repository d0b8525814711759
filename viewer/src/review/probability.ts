import type { Certainty } from '../data/certainty.ts';
import type { Dataset } from '../data/types.ts';
import { weighedBy } from './alternatives.ts';
import { type EventKind, type LineageEvent, successors } from './events.ts';

/** Probability that the linker gives an event as it stands; NaN where it says nothing, as of a person's own links. */
export function eventProb(data: Dataset, certainty: Certainty, { kind, node }: LineageEvent): number {
  return linkerProb(certainty, kind, node, successors(data, node));
}

/** Probability that the linker gave an event with these successors of `node`; NaN where it solved it otherwise. */
export function linkerProb(
  certainty: Certainty,
  kind: EventKind,
  node: number,
  [a, b]: readonly number[],
): number {
  const { linked, linkIn, begins, ends, divides } = certainty;
  if (kind === 'appearance') return begins[node]!;
  if (kind === 'disappearance') return ends[node]!;
  if (kind === 'link') return linked[a!] === node ? aloneProb(certainty, node, a!) : Number.NaN;
  if (linked[a!] !== node || linked[b!] !== node) return Number.NaN;
  return Number.isNaN(divides[node]!) ? Math.min(linkIn[a!]!, linkIn[b!]!) : divides[node]!;
}

/** Probability that the linker's link is there without another: it counts divisions in, which are other explanations. */
function aloneProb(certainty: Certainty, source: number, target: number): number {
  const { linkIn, divides, targetA, targetB, prob } = certainty;
  if (!Number.isNaN(divides[source]!)) return Number.NaN;
  let alone = linkIn[target]!;
  for (const k of weighedBy(certainty).from(source)) {
    if (targetB[k]! >= 0 && (targetA[k] === target || targetB[k] === target)) alone -= prob[k]!;
  }
  return Math.max(0, alone);
}

/** Has the linker said anything at all? Imported lineages and some linkers have no probabilities. */
export function isKnown(certainty: Certainty): boolean {
  const before = asked.get(certainty);
  if (before !== undefined) return before;
  const { linkIn, begins, ends } = certainty;
  const known = [linkIn, begins, ends].some((column) => column.some((p) => !Number.isNaN(p)));
  asked.set(certainty, known);
  return known;
}

/** Answers of `isKnown`: a certainty is never changed, and looking through it takes long where it says nothing. */
const asked = new WeakMap<Certainty, boolean>();
