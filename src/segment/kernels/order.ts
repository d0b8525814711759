import { f32At, need, setU32, u32At } from './memory';

/** Bits of a step of prob; the largest, 2^20 itself, takes one more. */
const PROB_BITS = 20;
/** Bits by which rows are put in order at once. */
const DIGIT = 11;
/** Bytes of the counts of all 2^11 digits, and of the one after. */
const COUNTS = 8196;

/**
 * Rows best first, see `byProbDescending`.
 *
 * @param prob,index `count` f32 and u32
 * @returns `count` u32
 */
export function orderByProb(count: i32, prob: usize, index: usize): usize {
  const bytes = (count as f64) * 4;
  const steps = need(bytes);
  const start = need(COUNTS);
  let order = need(bytes);
  let other = need(bytes);
  for (let i = 0; i < count; i++) {
    setU32(order, i, i);
    setU32(steps, i, floor((f32At(prob, i) as f64) * ((1 << PROB_BITS) as f64) + 0.5) as u32);
  }
  for (let shift = 0; shift < 32; shift += DIGIT) {
    countingSort(order, other, count, index, shift, start);
    const swap = order;
    order = other;
    other = swap;
  }
  for (let shift = 0; shift <= PROB_BITS; shift += DIGIT) {
    countingSort(order, other, count, steps, shift, start);
    const swap = order;
    order = other;
    other = swap;
  }
  for (let i = 0; i < count; i++) setU32(other, i, u32At(order, count - 1 - i));
  return other;
}

/** A stable ascending sort by one digit of each row's key, from `order` to `sorted`. */
function countingSort(order: usize, sorted: usize, n: i32, keys: usize, shift: i32, start: usize): void {
  const mask: u32 = (1 << DIGIT) - 1;
  memory.fill(start, 0, COUNTS);
  for (let i = 0; i < n; i++) {
    const digit = (u32At(keys, u32At(order, i)) >>> shift) & mask;
    setU32(start, digit + 1, u32At(start, digit + 1) + 1);
  }
  for (let k: i32 = 0; k < (mask as i32); k++) setU32(start, k + 1, u32At(start, k + 1) + u32At(start, k));
  for (let i = 0; i < n; i++) {
    const row = u32At(order, i);
    const digit = (u32At(keys, row) >>> shift) & mask;
    const at = u32At(start, digit);
    setU32(start, digit, at + 1);
    setU32(sorted, at, row);
  }
}
