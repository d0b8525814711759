import type { Certainty } from '../data/certainty.ts';
import type { Dataset } from '../data/types.ts';
import { type EventKind, eventAfter, eventName, type LineageEvent, successors } from './events.ts';
import { expectedGain } from './gain.ts';
import { NO_SHIFT, type Shift, shifted } from './learn.ts';
import { eventProb, isKnown } from './probability.ts';
import { atBorder, cycleOf, measureUsual, stepOf, type Usual } from './usual.ts';

/** A place where the lineage is doubtful. */
export interface ReviewItem extends LineageEvent {
  /** See `explanationName`. */
  name: string;
  /** Probability that it is not so; a guess where the linker says nothing. */
  wrong: number;
  /** True where it cannot be so, whatever the linker says. */
  alert: boolean;
  /** What a look at it brings on average, see `expectedGain`; a little more where much hangs on it. */
  gain: number;
}

/** Less doubtful than this is not worth a look. */
const LEAST_DOUBT = 0.02;
/** Doubt where the linker says nothing: ends in mid-picture, divisions and links that are unlike the others. */
const GUESS = { disappearance: 0.5, appearance: 0.5, division: 0.6, link: 0.4 } as const;
/** A step this many times the usual one, and this many radii, or daughters whose sizes differ so much, are unlike the others. */
const FAR = 6;
const FAR_RADII = 2;
const UNEQUAL = 3;
/** A cycle shorter than this part of the usual one, with at least this many frames usual, cannot be. */
const TOO_SHORT = 0.25;
const LEAST_CYCLE = 6;

/** A place is worth this much more for every doubling of what hangs on it. */
const PER_DOUBLING = 0.02;

/** What doubts are measured by. */
export interface Measure {
  certainty: Certainty;
  /** What is usual in the movie. */
  usual: Usual;
  /** What earlier decisions say of the linker's doubts. */
  shift: Shift;
}

/** Items of the review, see `createFinder`: those that cannot be first, then by expected gain. Cost O(nodes). */
export function findItems(
  data: Dataset,
  certainty: Certainty,
  usual: Usual = measureUsual(data),
  shift: Shift = NO_SHIFT,
): ReviewItem[] {
  const find = createFinder(data, { certainty, usual, shift }, countDownstream(data));
  const items: ReviewItem[] = [];
  for (let i = 0; i < data.nodes.count; i++) find(i, items);
  return items.sort(inOrder);
}

/**
 * A function that adds the items at a node to a list: what happens after it, and that it appears.
 *
 * @param downstream per node: see `countDownstream`
 */
export function createFinder(
  data: Dataset,
  { certainty, usual, shift }: Measure,
  downstream: Float64Array,
): (node: number, out: ReviewItem[]) => void {
  const { nodes } = data;
  // Cells that are there at the start, or still at the end, of what was detected are no news.
  const [start, end] = [nodes.t[0] ?? 0, nodes.t[nodes.count - 1] ?? 0];
  const { linked, linkIn } = certainty;
  const known = isKnown(certainty);
  const add = (out: ReviewItem[], event: LineageEvent, wrong: number, alert: boolean): void => {
    if (!alert && !(wrong >= LEAST_DOUBT)) return;
    const sure = Number.isNaN(wrong) ? GUESS[event.kind] : wrong;
    const worth = expectedGain(data, certainty, event, sure);
    const gain = worth * (1 + PER_DOUBLING * Math.log2(1 + stake(data, downstream, event)));
    out.push({ ...event, name: eventName(data, event), wrong: sure, alert, gain });
  };
  const doubt = (event: LineageEvent): number => {
    const prob = eventProb(data, certainty, event);
    if (!Number.isNaN(prob)) return shifted(1 - prob, shift[event.kind]);
    return known || !isOdd(data, usual, event) ? Number.NaN : GUESS[event.kind];
  };
  return (i, out) => {
    const first = nodes.parent[i]! < 0;
    const next = nodes.childA[i]!;
    // Most nodes go on and are sure: they are passed over without making anything.
    if (!first && next >= 0 && nodes.childB[i]! < 0) {
      const prob = linked[next] === i ? linkIn[next]! : Number.NaN;
      if (prob > 1 - LEAST_DOUBT) return;
      if (Number.isNaN(prob) && (known || !isFar(data, usual, i))) return;
    }
    const after = eventAfter(data, i);
    const lone = first && after.kind === 'disappearance';
    if (after.kind !== 'disappearance') add(out, after, doubt(after), isImpossible(data, usual, after));
    else if (nodes.t[i]! < end && !lone && !atBorder(data, i)) add(out, after, doubt(after), false);
    if (first && nodes.t[i]! > start && !atBorder(data, i)) {
      const event: LineageEvent = { kind: 'appearance', node: i };
      add(out, event, doubt(event), false);
    }
  };
}

/** Order of the list. */
export const inOrder = (a: ReviewItem, b: ReviewItem): number =>
  Number(b.alert) - Number(a.alert) || b.gain - a.gain || a.node - b.node;

/** Is an event of which the linker says nothing unlike the others? */
function isOdd(data: Dataset, usual: Usual, { kind, node }: LineageEvent): boolean {
  if (kind === 'appearance' || kind === 'disappearance') return true;
  if (kind === 'link') return isFar(data, usual, node);
  const [a, b] = successors(data, node).map((child) => data.nodes.size[child]!) as [number, number];
  return Math.max(a, b) > UNEQUAL * Math.min(a, b);
}

/** Is the step after a node, which goes on, much longer than usual? */
function isFar(data: Dataset, usual: Usual, node: number): boolean {
  const step = stepOf(data, data.nodes.childA[node]!);
  return step > FAR * usual.step && step > FAR_RADII * (data.nodes.radius[node] || 0);
}

/** A cell that divides again long before any cell can. */
function isImpossible(data: Dataset, { cycle }: Usual, { kind, node }: LineageEvent): boolean {
  if (kind !== 'division' || !(cycle >= LEAST_CYCLE)) return false;
  return cycleOf(data, node) < TOO_SHORT * cycle;
}

/** Detections that hang on an event. */
function stake({ nodes, nFrames }: Dataset, downstream: Float64Array, { kind, node }: LineageEvent): number {
  if (kind === 'appearance') return downstream[node]!;
  if (kind === 'disappearance') return nFrames - 1 - nodes.t[node]!;
  return downstream[node]! - 1;
}

/** Per node: detections that descend from it, itself included. Rows are in order of time. */
export function countDownstream({ nodes }: Dataset): Float64Array {
  const out = new Float64Array(nodes.count).fill(1);
  for (let i = nodes.count - 1; i >= 0; i--) {
    const p = nodes.parent[i]!;
    if (p >= 0) out[p]! += out[i]!;
  }
  return out;
}

/** Kinds in words, for lists. */
export const KIND_NAMES: Record<EventKind, string> = {
  division: 'Division',
  link: 'Link',
  appearance: 'Appears',
  disappearance: 'Lost',
};
