import type { EventKind } from '../../viewer/src/review/events.ts';
import type { Explanation } from '../../viewer/src/review/explain.ts';

/** What the page offers at a place of its queue. */
export interface Offer {
  kind: EventKind;
  node: number;
  now: Explanation;
  others: readonly Explanation[];
}

/** Rows that follow a node. Rows are in order of time. */
function childrenOf(node: number, parent: ArrayLike<number>): number[] {
  const out: number[] = [];
  for (let v = node + 1; node >= 0 && v < parent.length; v++) if (parent[v] === node) out.push(v);
  return out;
}

/** Predecessors that an explanation would set, by row, -1 = none. */
function linksOf(node: number, one: Explanation, parent: ArrayLike<number>): Map<number, number> {
  const { source, targets, also = [] } = one;
  const links = new Map(childrenOf(source, parent).map((v) => [v, -1]));
  if (source < 0) links.set(node, -1);
  else for (const v of targets) links.set(v, source);
  for (const [u, v] of also) links.set(v, u);
  return links;
}

/**
 * The key that a person presses who knows the truth: Enter where the place is right as it is, the number of the
 * explanation that takes most errors away (a link too many counts 1, one too few 1.5), 0 where none does.
 *
 * @param parent predecessors as they are now, by row
 * @param truth true predecessors
 */
export function decide(offer: Offer, parent: ArrayLike<number>, truth: ArrayLike<number>): string {
  if (isRight(offer, truth)) return 'Enter';
  const cost = (v: number, u: number): number =>
    u === truth[v] ? 0 : (u >= 0 ? 1 : 0) + (truth[v]! >= 0 ? 1.5 : 0);
  let [key, most] = ['0', 0];
  for (const [k, one] of offer.others.entries()) {
    let gain = 0;
    for (const [v, u] of linksOf(offer.node, one, parent)) gain += cost(v, parent[v]!) - cost(v, u);
    if (gain > most) [key, most] = [String(k + 1), gain];
  }
  return key;
}

/** Is the place as it is now true? */
function isRight({ node, now }: Offer, truth: ArrayLike<number>): boolean {
  if (now.source < 0) return truth[node]! < 0;
  return childrenOf(node, truth).join() === [...now.targets].sort((a, b) => a - b).join();
}
