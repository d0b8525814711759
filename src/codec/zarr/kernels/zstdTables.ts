/** What the last `readCounts` found: how many symbols there are, and the logarithm of the table's size. */
export let nSymbols: i32 = 0;
export let tableLog: i32 = 0;

/** What a table's symbols stand for: themselves, or lengths of literals, lengths of matches, offsets. */
export const PLAIN = 0;
export const LITERALS = 1;
export const MATCHES = 2;
export const OFFSETS = 3;

/** Bits that follow the codes of literals' and matches' lengths; the lengths begin at 0 and 3. RFC 8878, 3.1.1.3.2.1.1. */
const LITERAL_BITS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  15, 16,
]);
const MATCH_BITS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
  2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
/** Distributions where a block brings none, for tables of 64, 64 and 32. RFC 8878, 3.1.1.3.2.2. */
const USUAL_LITERALS = memory.data<i16>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1,
  -1,
]);
const USUAL_MATCHES = memory.data<i16>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]);
const USUAL_OFFSETS = memory.data<i16>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
]);
/** Codes that there are of each kind, and the largest tables. */
const CODES = memory.data<i32>([256, 36, 53, 32]);
const MOST_LOG = memory.data<i32>([6, 9, 9, 8]);

/** `n` bits, 25 at most, from bit `at` of the bytes at `from` on. */
function bitsAt(from: usize, at: i32, n: i32): i32 {
  return (load<u32>(from + (at >> 3)) >> (at & 7)) & ((1 << n) - 1);
}

/**
 * Reads how often each symbol stands in a table, int16 at `counts`, -1 for less than once; sets `nSymbols` and `tableLog`.
 *
 * Source: RFC 8878, section 4.1.1.
 * @returns where the next part begins; 0 where this is damaged
 */
export function readCounts(from: usize, stop: usize, counts: usize, kind: i32): usize {
  const bits = ((stop - from) << 3) as i32;
  const most = load<i32>(CODES + (kind << 2));
  if (bits < 8) return 0;
  const log = ((load<u8>(from) & 15) as i32) + 5;
  if (log > load<i32>(MOST_LOG + (kind << 2))) return 0;
  let at = 4;
  let left = 1 << log;
  let symbol = 0;
  while (left > 0) {
    if (symbol >= most || at > bits) return 0;
    const width = 32 - clz<i32>(left + 1);
    const low = (1 << (width - 1)) - 1;
    const threshold = (1 << width) - 2 - left;
    let value = bitsAt(from, at, width);
    at += width;
    if ((value & low) < threshold) {
      value &= low;
      at--;
    } else if (value > low) value -= threshold;
    const count = value - 1;
    left -= abs(count);
    store<i16>(counts + (symbol++ << 1), count as i16);
    for (let zeros = count === 0 ? 3 : 0; zeros === 3; ) {
      if (at > bits) return 0;
      zeros = bitsAt(from, at, 2);
      at += 2;
      if (symbol + zeros > most) return 0;
      for (let i = 0; i < zeros; i++) store<i16>(counts + (symbol++ << 1), 0);
    }
  }
  if (left !== 0 || at > bits) return 0;
  nSymbols = symbol;
  tableLog = log;
  return from + ((at + 7) >> 3);
}

/** The distribution of a kind where a block brings none; as `readCounts`. */
export function usualCounts(kind: i32): usize {
  nSymbols = kind === LITERALS ? 36 : kind === MATCHES ? 53 : 29;
  tableLog = kind === OFFSETS ? 5 : 6;
  return kind === LITERALS ? USUAL_LITERALS : kind === MATCHES ? USUAL_MATCHES : USUAL_OFFSETS;
}

/**
 * Writes one state of a table, 8 bytes: what its symbol stands for from (uint32), the next state from (uint16), and the
 * bits that follow for the one and the other.
 */
function writeState(at: usize, symbol: i32, kind: i32, next: i32, nextBits: i32): void {
  let base: u32 = symbol;
  let extra = 0;
  if (kind === OFFSETS) {
    base = (1 as u32) << symbol;
    extra = symbol;
  } else if (kind !== PLAIN) {
    const bits = kind === LITERALS ? LITERAL_BITS : MATCH_BITS;
    base = kind === LITERALS ? 0 : 3;
    for (let code = 0; code < symbol; code++) base += (1 as u32) << load<u8>(bits + code);
    extra = load<u8>(bits + symbol);
  }
  store<u32>(at, base);
  store<u16>(at + 4, next as u16);
  store<u8>(at + 6, extra as u8);
  store<u8>(at + 7, nextBits as u8);
}

/** A table of one state, which is always of this symbol. False where there is no such. */
export function buildConstant(table: usize, symbol: i32, kind: i32): bool {
  if (symbol >= load<i32>(CODES + (kind << 2))) return false;
  writeState(table, symbol, kind, 0, 0);
  return true;
}

/**
 * Builds the table of `1 << tableLog` states of 8 bytes from `counts`, see `writeState`.
 *
 * Source: RFC 8878, section 4.1.1, "From normalized distribution to decoding tables".
 * @param nexts room for 256 int32
 */
export function buildTable(table: usize, counts: usize, nexts: usize, kind: i32): void {
  const size = 1 << tableLog;
  let high = size;
  for (let symbol = 0; symbol < nSymbols; symbol++) {
    const count: i32 = load<i16>(counts + (symbol << 1));
    store<i32>(nexts + (symbol << 2), abs(count));
    if (count < 0) store<u32>(table + (--high << 3), symbol);
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  for (let symbol = 0; symbol < nSymbols; symbol++) {
    for (let left: i32 = load<i16>(counts + (symbol << 1)); left > 0; left--) {
      store<u32>(table + (at << 3), symbol);
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  }
  for (let state = 0; state < size; state++) {
    const symbol: i32 = load<u32>(table + (state << 3));
    const next = load<i32>(nexts + (symbol << 2));
    store<i32>(nexts + (symbol << 2), next + 1);
    const bits = tableLog - 31 + clz<i32>(next);
    writeState(table + (state << 3), symbol, kind, (next << bits) - size, bits);
  }
}
