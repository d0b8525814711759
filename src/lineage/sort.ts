import { gather, takeRows } from '../array/index.ts';
import type { Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';

/** True if rows are in the order of (t, label) that the rest of the house expects. */
export function isSorted({ count, t, label }: Detections): boolean {
  for (let i = 1; i < count; i++) {
    if (t[i] < t[i - 1] || (t[i] === t[i - 1] && label[i] < label[i - 1])) return false;
  }
  return true;
}

/**
 * Detections sorted by (t, label), equal ones in their given order. `row[i]` is the new row of the old row i, for
 * `remapLinks`. Sorted input is returned as it is.
 */
export function sortDetections(detections: Detections): { detections: Detections; row: Int32Array } {
  const order = Int32Array.from({ length: detections.count }, (_, i) => i);
  if (isSorted(detections)) return { detections, row: order };
  const { t, label } = detections;
  order.sort((a, b) => t[a] - t[b] || label[a] - label[b] || a - b);
  const row = new Int32Array(order.length);
  for (let i = 0; i < order.length; i++) row[order[i]] = i;
  return { detections: takeRows(detections, order), row };
}

/** Links sorted by (target, source); sorted input is returned as it is. */
export function sortLinks(links: Links): Links {
  const { count, source, target } = links;
  let sorted = true;
  for (let i = 1; i < count && sorted; i++) {
    sorted = target[i] > target[i - 1] || (target[i] === target[i - 1] && source[i] >= source[i - 1]);
  }
  if (sorted) return links;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => target[a] - target[b] || source[a] - source[b]);
  return {
    count,
    source: gather(source, order),
    target: gather(target, order),
    cost: gather(links.cost, order),
    prob: gather(links.prob, order),
  };
}

/** Links whose ends are renumbered by `row` (old row to new row), sorted. */
export function remapLinks(links: Links, row: Int32Array): Links {
  const { count, cost, prob } = links;
  return sortLinks({
    count,
    source: gather(row, links.source),
    target: gather(row, links.target),
    cost,
    prob,
  });
}
