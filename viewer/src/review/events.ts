import { nodeRef } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';

/**
 * Something that happens to a cell: after the node (it divides, goes on, or is not found again) or before it (it
 * appears).
 */
export interface LineageEvent {
  kind: EventKind;
  node: number;
}

export type EventKind = 'division' | 'link' | 'disappearance' | 'appearance';

/** What happens after a node now. */
export function eventAfter({ nodes }: Dataset, node: number): LineageEvent {
  const kind = nodes.childB[node]! >= 0 ? 'division' : nodes.childA[node]! >= 0 ? 'link' : 'disappearance';
  return { kind, node };
}

/** Successors of a node, none to two. */
export const successors = ({ nodes }: Dataset, node: number): number[] =>
  [nodes.childA[node]!, nodes.childB[node]!].filter((child) => child >= 0);

/** Name of a place, without what is there: `out:43.71` or `in:44.80`. */
export const placeName = (data: Dataset, side: 'in' | 'out', node: number): string =>
  `${side}:${nodeRef(data, node)}`;

/**
 * Name of an explanation of a place: `out:43.71:44.72+44.80`. When a place is explained differently its name is
 * another, so that what was decided about the old explanation does not count for the new one.
 */
export function explanationName(data: Dataset, place: string, others: readonly number[]): string {
  return `${place}:${others
    .map((node) => nodeRef(data, node))
    .sort()
    .join('+')}`;
}

/** Name of an event as it is now. */
export function eventName(data: Dataset, { kind, node }: LineageEvent): string {
  if (kind === 'appearance') return explanationName(data, placeName(data, 'in', node), []);
  return explanationName(data, placeName(data, 'out', node), successors(data, node));
}
