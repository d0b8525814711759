import type { Certainty } from '../data/certainty.ts';
import type { Dataset } from '../data/types.ts';
import { type EventKind, type LineageEvent, successors } from './events.ts';

/** Probability that the linker gives an event as it stands; NaN where it says nothing, as of a person's own links. */
export function eventProb(data: Dataset, certainty: Certainty, { kind, node }: LineageEvent): number {
  return linkerProb(certainty, kind, node, successors(data, node));
}

/** Probability that the linker gave an event with these successors of `node`; NaN where it solved it otherwise. */
export function linkerProb(
  { linked, linkIn, begins, ends, divides }: Certainty,
  kind: EventKind,
  node: number,
  [a, b]: readonly number[],
): number {
  if (kind === 'appearance') return begins[node]!;
  if (kind === 'disappearance') return ends[node]!;
  if (kind === 'link') return linked[a!] === node ? linkIn[a!]! : Number.NaN;
  if (linked[a!] !== node || linked[b!] !== node) return Number.NaN;
  return Number.isNaN(divides[node]!) ? Math.min(linkIn[a!]!, linkIn[b!]!) : divides[node]!;
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
