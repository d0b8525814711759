import { type Candidates, PROB_STEPS } from './candidates.ts';

const RADIX = 65536;

/**
 * Rows of the candidates, best first: prob descending in steps of 1 / `PROB_STEPS`, then the larger flat index. A total order,
 * so that the result does not depend on the order of the rows. O(n).
 */
export function byProbDescending({
  count,
  prob,
  index,
}: Pick<Candidates, 'count' | 'prob' | 'index'>): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order = countingSort(order, (row) => index[row]! % RADIX);
  order = countingSort(order, (row) => Math.floor(index[row]! / RADIX));
  order = countingSort(order, (row) => Math.round(prob[row]! * PROB_STEPS));
  return order.reverse();
}

/** A stable ascending sort by a key in [0, 65536]. */
function countingSort(
  order: Uint32Array<ArrayBuffer>,
  key: (row: number) => number,
): Uint32Array<ArrayBuffer> {
  const start = new Uint32Array(RADIX + 2);
  for (let i = 0; i < order.length; i++) start[key(order[i]!) + 1]!++;
  for (let k = 0; k <= RADIX; k++) start[k + 1]! += start[k]!;
  const sorted = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) sorted[start[key(order[i]!)]!++] = order[i]!;
  return sorted;
}
