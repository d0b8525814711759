import type { ReviewState } from '../../../src/lineage/edits/types.ts';
import type { Certainty } from '../data/certainty.ts';
import { findNode } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';
import type { EventKind } from './events.ts';
import { linkerProb } from './probability.ts';

/** Per kind of event: how much likelier it is wrong than the linker says, on the scale of log odds. */
export type Shift = Readonly<Record<EventKind, number>>;

export const NO_SHIFT: Shift = { division: 0, link: 0, appearance: 0, disappearance: 0 };

/** A place that a person judged: the linker's doubt, in (0, 1), and whether it was wrong. */
export interface Judged {
  kind: EventKind;
  doubt: number;
  wrong: boolean;
}

/** Standard deviation of the shift that is expected before anything was judged: so much may a linker be off. */
const SPREAD = 1;
const STEPS = 8;
const CLIP = 1e-3;

const logit = (p: number): number => Math.log(p / (1 - p));
const odds = (x: number): number => 1 / (1 + Math.exp(-x));
const clip = (p: number): number => Math.min(1 - CLIP, Math.max(CLIP, p));

/** A doubt after what was learned. */
export function shifted(doubt: number, shift: number): number {
  return shift === 0 || !(doubt > 0 && doubt < 1) ? doubt : odds(logit(doubt) + shift);
}

/**
 * What a person's judgements say of the linker's doubts: the most probable offset of the log odds per kind, with a
 * normal prior around 0, by Newton's method. Source: Platt, Advances in Large Margin Classifiers 1999, 61-74, with its
 * slope held at 1.
 */
export function learnShift(judged: readonly Judged[]): Shift {
  const shift = { ...NO_SHIFT };
  for (const kind of Object.keys(shift) as EventKind[]) {
    const own = judged.filter((one) => one.kind === kind);
    let b = 0;
    for (let step = 0; step < STEPS && own.length > 0; step++) {
      let [slope, bend] = [-b / SPREAD ** 2, 1 / SPREAD ** 2];
      for (const { doubt, wrong } of own) {
        const p = odds(logit(clip(doubt)) + b);
        slope += (wrong ? 1 : 0) - p;
        bend += p * (1 - p);
      }
      b += slope / bend;
    }
    shift[kind] = b;
  }
  return shift;
}

/** Least change of log odds that is worth a new order of the list. */
const LEAST_SHIFT = 0.05;

/** Is `next` so different that the list should be sorted anew? */
export function isNews(shift: Shift, next: Shift): boolean {
  return (Object.keys(next) as EventKind[]).some((kind) => Math.abs(next[kind] - shift[kind]) > LEAST_SHIFT);
}

/** The judgements among the decisions about items of the review; what the linker said nothing of is left out. */
export function judgedOf(
  data: Dataset,
  certainty: Certainty,
  reviews: ReadonlyMap<string, ReviewState>,
): Judged[] {
  const out: Judged[] = [];
  for (const [name, state] of reviews) {
    if (state !== 'verified' && state !== 'rejected') continue;
    const [side, ref, others] = name.split(':') as [string, string, string | undefined];
    const node = findNode(data, ref);
    const rest = (others ?? '').split('+').filter((one) => one !== '');
    const targets = rest.map((one) => findNode(data, one));
    if (node < 0 || targets.includes(-1)) continue;
    const kind = side === 'in' ? 'appearance' : KINDS[targets.length]!;
    const doubt = 1 - linkerProb(certainty, kind, node, targets);
    if (!Number.isNaN(doubt)) out.push({ kind, doubt, wrong: state === 'rejected' });
  }
  return out;
}

/** What follows a node, by the number of successors. */
const KINDS = ['disappearance', 'link', 'division'] as const;
