import { type Candidates, PROB_STEPS } from './candidates.ts';

/** Bits of a step; the largest, `PROB_STEPS` itself, takes one more. */
const PROB_BITS = Math.log2(PROB_STEPS);
/** Bits by which rows are put in order at once. */
const DIGIT = 11;

/**
 * Rows of the candidates, best first: prob descending in steps of 1 / `PROB_STEPS`, then the larger flat index. A
 * total order, so that the result does not depend on the order of the rows. O(n).
 */
export function byProbDescending({
  count,
  prob,
  index,
}: Pick<Candidates, 'count' | 'prob' | 'index'>): Uint32Array {
  const steps = new Uint32Array(count);
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    order[i] = i;
    steps[i] = Math.round(prob[i]! * PROB_STEPS);
  }
  for (let shift = 0; shift < 32; shift += DIGIT) order = countingSort(order, index, shift);
  for (let shift = 0; shift <= PROB_BITS; shift += DIGIT) order = countingSort(order, steps, shift);
  return order.reverse();
}

/** A stable ascending sort by one digit of each row's key. */
function countingSort(
  order: Uint32Array<ArrayBuffer>,
  keys: Uint32Array,
  shift: number,
): Uint32Array<ArrayBuffer> {
  const start = new Uint32Array(2 ** DIGIT + 1);
  const mask = 2 ** DIGIT - 1;
  const n = order.length;
  for (let i = 0; i < n; i++) start[((keys[order[i]!]! >>> shift) & mask) + 1]!++;
  for (let k = 0; k < mask; k++) start[k + 1]! += start[k]!;
  const sorted = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const row = order[i]!;
    sorted[start[(keys[row]! >>> shift) & mask]!++] = row;
  }
  return sorted;
}
