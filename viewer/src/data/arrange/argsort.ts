const DIGIT = 65_536;

/**
 * Rows in the order of their values, equal ones in the order given, rows without a number (NaN) last: a radix sort of
 * doubles, least significant digit first, in four passes of 16 bits. Cost O(n + 65,536).
 *
 * Source: Knuth 1998, The Art of Computer Programming 3, 5.2.5; the order of doubles as integers: IEEE 754-2019, 5.10.
 *
 * @param values by row
 * @param rows those to sort; is not changed
 * @param direction 1 = smallest first, -1 = largest first
 */
export function argsort(values: Float64Array, rows: Int32Array, direction: 1 | -1): Int32Array {
  const n = rows.length;
  const keys = keysOf(values, rows, direction);
  let order = rows.slice();
  let spare = new Int32Array(n);
  let [low, high] = keys;
  let [lowSpare, highSpare] = [new Uint32Array(n), new Uint32Array(n)];
  const start = new Uint32Array(DIGIT);
  for (let pass = 0; pass < 4; pass++) {
    const [word, shift] = [pass < 2 ? low : high, 16 * (pass & 1)];
    start.fill(0);
    for (let i = 0; i < n; i++) start[(word[i]! >>> shift) & 0xffff]!++;
    if (n > 0 && start[(word[0]! >>> shift) & 0xffff] === n) continue;
    for (let d = 0, sum = 0; d < DIGIT; d++) {
      const count = start[d]!;
      start[d] = sum;
      sum += count;
    }
    for (let i = 0; i < n; i++) {
      const at = start[(word[i]! >>> shift) & 0xffff]!++;
      spare[at] = order[i]!;
      lowSpare[at] = low[i]!;
      highSpare[at] = high[i]!;
    }
    [order, spare] = [spare, order];
    [low, lowSpare] = [lowSpare, low];
    [high, highSpare] = [highSpare, high];
  }
  return order;
}

/** Whole numbers, low and high words, whose order is that of the values. */
function keysOf(
  values: Float64Array,
  rows: Int32Array,
  direction: 1 | -1,
): [low: Uint32Array<ArrayBuffer>, high: Uint32Array<ArrayBuffer>] {
  const n = rows.length;
  // Adding 0 makes -0 and 0 alike.
  const words = new Uint32Array(Float64Array.from(rows, (row) => values[row]! + 0).buffer);
  const [low, high] = [new Uint32Array(n), new Uint32Array(n)];
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(values[rows[i]!]!)) {
      low[i] = high[i] = 0xffffffff;
      continue;
    }
    const [l, h] = [words[2 * i]!, words[2 * i + 1]!];
    const flip = h >>> 31 === 1 ? 0xffffffff : 0x80000000;
    const turn = direction < 0 ? 0xffffffff : 0;
    low[i] = (flip === 0xffffffff ? ~l : l) ^ turn;
    high[i] = h ^ flip ^ turn;
  }
  return [low, high];
}
