import type { Certainty } from '../data/certainty.ts';
import type { Dataset } from '../data/types.ts';
import type { LineageEvent } from './events.ts';

/** Probability that the linker gives an event as it stands; NaN where it says nothing, as of a person's own links. */
export function eventProb({ nodes }: Dataset, certainty: Certainty, { kind, node }: LineageEvent): number {
  const { linked, linkIn, begins, ends, divides } = certainty;
  if (kind === 'appearance') return begins[node]!;
  if (kind === 'disappearance') return ends[node]!;
  const [a, b] = [nodes.childA[node]!, nodes.childB[node]!];
  if (kind === 'link') return linked[a] === node ? linkIn[a]! : Number.NaN;
  if (linked[a] !== node || linked[b] !== node) return Number.NaN;
  return Number.isNaN(divides[node]!) ? Math.min(linkIn[a]!, linkIn[b]!) : divides[node]!;
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
