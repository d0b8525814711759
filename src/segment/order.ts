import { type Candidates, PROB_STEPS } from './candidates.ts';

const RADIX = 65536;
const PROB_RADIX = 1024;

/**
 * Rows of the candidates, best first: prob descending in steps of 1 / `PROB_STEPS`, then the larger flat index. A
 * total order, so that the result does not depend on the order of the rows. O(n).
 */
export function byProbDescending({
  count,
  prob,
  index,
}: Pick<Candidates, 'count' | 'prob' | 'index'>): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const steps = Uint32Array.from({ length: count }, (_, row) => Math.round(prob[row]! * PROB_STEPS));
  order = countingSort(order, RADIX, (row) => index[row]! % RADIX);
  order = countingSort(order, RADIX, (row) => Math.floor(index[row]! / RADIX));
  order = countingSort(order, PROB_RADIX, (row) => steps[row]! % PROB_RADIX);
  order = countingSort(order, PROB_STEPS / PROB_RADIX + 1, (row) => Math.floor(steps[row]! / PROB_RADIX));
  return order.reverse();
}

/** A stable ascending sort by a key in [0, keys). */
function countingSort(
  order: Uint32Array<ArrayBuffer>,
  keys: number,
  key: (row: number) => number,
): Uint32Array<ArrayBuffer> {
  const start = new Uint32Array(keys + 1);
  for (let i = 0; i < order.length; i++) start[key(order[i]!) + 1]!++;
  for (let k = 0; k < keys; k++) start[k + 1]! += start[k]!;
  const sorted = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) sorted[start[key(order[i]!)]!++] = order[i]!;
  return sorted;
}
