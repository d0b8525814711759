import type { Certainty } from '../data/certainty.ts';
import type { Dataset } from '../data/types.ts';
import { targetsOf, weighedBy } from './alternatives.ts';
import { shareOut } from './chances.ts';
import { consequences, type Link } from './complete.ts';
import { type LineageEvent, successors } from './events.ts';
import { NO_SHIFT, type Shift, shifted } from './learn.ts';
import { candidatesAfter, candidatesBefore } from './nearby.ts';
import { eventProb } from './probability.ts';

/** What a place could be: `source` has these successors; -1 = there is none, its `targets` begin. */
export interface Explanation {
  source: number;
  targets: readonly number[];
  /** NaN = the linker did not weigh it. */
  prob: number;
  /** Links elsewhere that go with it, see `consequences`; absent = none. */
  also?: readonly Link[];
}

/** Other explanations offered at most, as many as there are keys for them. */
const MOST_OTHERS = 4;

/** What a place is now, what else it could be, and how likely everything else is, see `Chances`. */
export interface Choices {
  now: Explanation;
  others: Explanation[];
  rest: number;
}

/**
 * What a place is now, and what else it could be: what the linker weighed, the likeliest first, then one daughter alone
 * (of divisions), then cells nearby.
 *
 * @param shift what earlier decisions say of the linker's doubts
 */
export function explain(
  data: Dataset,
  certainty: Certainty,
  event: LineageEvent,
  shift: Shift = NO_SHIFT,
): Choices {
  const { kind, node } = event;
  const doubt = shifted(1 - eventProb(data, certainty, event), shift[kind]);
  const now: Explanation =
    kind === 'appearance'
      ? { source: -1, targets: [node], prob: 1 - doubt }
      : { source: node, targets: successors(data, node), prob: 1 - doubt };
  const others = [...weighed(data, certainty, event)].sort((a, b) => b.prob - a.prob);
  // What a person made of an alternative is as likely as the linker thought.
  if (Number.isNaN(now.prob)) now.prob = others.find((one) => keyOf(one) === keyOf(now))?.prob ?? Number.NaN;
  const offer = (source: number, targets: readonly number[]): number =>
    others.push({ source, targets, prob: Number.NaN });
  if (kind === 'division') for (const child of now.targets) offer(node, [child]);
  if (kind === 'disappearance') for (const v of candidatesAfter(data, node)) offer(node, [v]);
  if (kind === 'appearance') {
    for (const u of candidatesBefore(data, node)) offer(u, [...successors(data, u), node]);
  }
  if (kind === 'link') offer(node, []);
  const seen = new Set([keyOf(now)]);
  const offered = others
    .filter((one) => {
      const key = keyOf(one);
      return !seen.has(key) && seen.add(key) !== undefined;
    })
    .slice(0, MOST_OTHERS);
  const chances = shareOut(
    now.prob,
    offered.map(({ prob }) => prob),
  );
  return {
    now: { ...now, prob: chances.now },
    others: offered.map((one, k) => withConsequences(data, certainty, { ...one, prob: chances.others[k]! })),
    rest: chances.rest,
  };
}

const keyOf = ({ source, targets }: Explanation): string => `${source}>${[...targets].sort((a, b) => a - b)}`;

function withConsequences(data: Dataset, certainty: Certainty, one: Explanation): Explanation {
  const also = consequences(data, certainty, one.source, one.targets);
  return also.length === 0 ? one : { ...one, also };
}

/** The linker's alternatives at a place. */
function* weighed(data: Dataset, certainty: Certainty, { kind, node }: LineageEvent): Generator<Explanation> {
  const { source, prob } = certainty;
  const { t } = data.nodes;
  const by = weighedBy(certainty);
  for (const k of kind === 'appearance' ? by.into(node) : by.from(node)) {
    const targets = targetsOf(certainty, k);
    // After edits an alternative may lead back in time no more than any link.
    if (targets.some((v) => t[v]! <= t[source[k]!]!)) continue;
    yield { source: source[k]!, targets, prob: prob[k]! };
  }
}
