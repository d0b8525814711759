import { buildTable, PLAIN, readCounts, tableLog } from './zstdTables';

/** The longest code, bits. */
const MOST_BITS = 11;

/** Longest code of the table at hand; 0 = there is none. */
let codeBits: i32 = 0;

/** Before a frame: there is no table that a block could take over. */
export function forgetCodes(): void {
  codeBits = 0;
}

/**
 * Reads weights of symbols that are packed by states of a table: two states take turns.
 *
 * Source: RFC 8878, section 4.2.1.2.
 * @param weights bytes; room for 512
 * @param desk room for 512 + 1024 + 512 bytes
 * @returns how many there are, 0 where they are damaged
 */
function unpackWeights(from: usize, stop: usize, weights: usize, desk: usize): i32 {
  const counts = desk;
  const table = desk + 1536;
  const begin = readCounts(from, stop, counts, PLAIN);
  if (begin === 0 || begin >= stop) return 0;
  buildTable(table, counts, desk + 512, PLAIN);
  const last = load<u8>(stop - 1);
  if (last === 0) return 0;
  let p = (((stop - begin - 1) << 3) as i32) + 31 - clz<i32>(last);
  p -= tableLog;
  let state = read(begin, p, tableLog);
  p -= tableLog;
  let other = read(begin, p, tableLog);
  if (p < 0) return 0;
  for (let n = 0; n < 255; n++) {
    const at = table + (state << 3);
    store<u8>(weights + n, load<u8>(at));
    const bits: i32 = load<u8>(at + 7);
    p -= bits;
    if (p < 0) {
      store<u8>(weights + n + 1, load<u8>(table + (other << 3)));
      return n + 2;
    }
    const next = (load<u16>(at + 4) as i32) + read(begin, p, bits);
    state = other;
    other = next;
  }
  return 0;
}

/** `n` bits, 25 at most, from bit `p` of the bytes at `from` on. */
function read(from: usize, p: i32, n: i32): i32 {
  return (load<u32>(from + (p >> 3)) >> (p & 7)) & ((1 << n) - 1);
}

/**
 * Reads the lengths of codes and builds `codes`, uint16 for each of 2048 beginnings of 11 bits: the code's length and
 * in the upper byte its symbol.
 *
 * Source: RFC 8878, section 4.2.1.
 * @param desk room for 3072 bytes
 * @returns where the next part begins; 0 where this is damaged
 */
export function readCodes(from: usize, stop: usize, codes: usize, desk: usize): usize {
  if (from >= stop) return 0;
  const head: i32 = load<u8>(from++);
  const weights = desk + 2048;
  let count = head - 127;
  if (head < 128) {
    if (head > ((stop - from) as i32)) return 0;
    count = unpackWeights(from, from + head, weights, desk);
    from += head;
  } else {
    const bytes = (count + 1) >> 1;
    if (bytes > ((stop - from) as i32)) return 0;
    for (let i = 0; i < count; i++)
      store<u8>(weights + i, (load<u8>(from + (i >> 1)) >> (i & 1 ? 0 : 4)) & 15);
    from += bytes;
  }
  if (count < 1 || count > 255) return 0;
  let sum: u32 = 0;
  for (let i = 0; i < count; i++) {
    const weight: i32 = load<u8>(weights + i);
    if (weight > MOST_BITS + 1) return 0;
    if (weight > 0) sum += (1 as u32) << (weight - 1);
  }
  if (sum === 0) return 0;
  // The last symbol's weight is not said: it fills the sum up to a power of two.
  const bits = 32 - clz<u32>(sum);
  const rest = ((1 as u32) << bits) - sum;
  if (bits > MOST_BITS || popcnt<u32>(rest) !== 1) return 0;
  store<u8>(weights + count, (32 - clz<u32>(rest)) as u8);
  codeBits = bits;
  fillCodes(codes, weights, count + 1);
  return from;
}

/** Codes of small weight are long, and come first; those of one weight come in the order of their symbols. */
function fillCodes(codes: usize, weights: usize, count: i32): void {
  const shift = MOST_BITS - codeBits;
  let at = codes;
  for (let weight = 1; weight <= codeBits; weight++) {
    const code = (codeBits + 1 - weight) as u16;
    const length = ((1 << (weight - 1)) << shift) as usize;
    for (let symbol = 0; symbol < count; symbol++) {
      if (load<u8>(weights + symbol) !== (weight as u8)) continue;
      const entry = code | ((symbol << 8) as u16);
      for (const end = at + 2 * length; at < end; at += 2) store<u16>(at, entry);
    }
  }
}

/** Bits that are to be read of a stream, whose last byte ends with a 1; -1 where it does not. */
function bitsOf(from: usize, stop: usize): i32 {
  const last = stop > from ? load<u8>(stop - 1) : 0;
  return last === 0 ? -1 : (((stop - from - 1) << 3) as i32) + 31 - clz<i32>(last);
}

/** Decodes the symbols from `to` to `end`, which must use up the stream's first `p` bits. */
function finish(from: usize, p: i32, codes: usize, to: usize, end: usize): bool {
  if (p < 0) return false;
  while (to < end) {
    const low = p - MOST_BITS;
    const beginning =
      low >= 0 ? read(from, low, MOST_BITS) : (read(from, 0, p) << -low) & ((1 << MOST_BITS) - 1);
    const entry = load<u16>(codes + (beginning << 1));
    store<u8>(to++, (entry >> 8) as u8);
    p -= entry & 15;
    if (p < 0) return false;
  }
  return p === 0;
}

/** The next 64 bits of a stream at the upper end; a 1 behind them tells how many have been taken. */
function refill(at: usize, taken: u64): u64 {
  return (load<u64>(at) | 1) << (taken & 7);
}

/**
 * Decodes `count` literals from one stream, or from four that have a quarter each.
 *
 * Source: RFC 8878, sections 3.1.1.3.1.6 and 4.2.2. Five symbols of each of four streams in turn, the bits at the upper end
 * of a word with a 1 behind them: as in the loop of zstd 1.5.4 (N. Terrell, BSD-3), of which no line is used.
 * @returns false where they are damaged
 */
export function decodeCodes(
  from: usize,
  stop: usize,
  codes: usize,
  to: usize,
  count: usize,
  four: bool,
): bool {
  if (codeBits === 0) return false;
  if (!four) return finish(from, bitsOf(from, stop), codes, to, to + count);
  const quarter = ((count + 3) >> 2) as usize;
  if (stop < from + 10 || quarter * 3 > (count as usize)) return false;
  const from0 = from + 6;
  const from1 = from0 + load<u16>(from);
  const from2 = from1 + load<u16>(from + 2);
  const from3 = from2 + load<u16>(from + 4);
  if (from3 >= stop) return false;
  let p0 = bitsOf(from0, from1);
  let p1 = bitsOf(from1, from2);
  let p2 = bitsOf(from2, from3);
  let p3 = bitsOf(from3, stop);
  if (p0 < 0 || p1 < 0 || p2 < 0 || p3 < 0) return false;
  let to0 = to;
  let to1 = to0 + quarter;
  let to2 = to1 + quarter;
  let to3 = to2 + quarter;
  const end = to + count;
  if (p0 >= 64 && p1 >= 64 && p2 >= 64 && p3 >= 64) {
    let at0 = from0 + ((p0 - 57) >> 3);
    let at1 = from1 + ((p1 - 57) >> 3);
    let at2 = from2 + ((p2 - 57) >> 3);
    let at3 = from3 + ((p3 - 57) >> 3);
    let b0 = refill(at0, 64 - (p0 - (((at0 - from0) as i32) << 3)));
    let b1 = refill(at1, 64 - (p1 - (((at1 - from1) as i32) << 3)));
    let b2 = refill(at2, 64 - (p2 - (((at2 - from2) as i32) << 3)));
    let b3 = refill(at3, 64 - (p3 - (((at3 - from3) as i32) << 3)));
    // A step takes 55 bits and with them 7 bytes at most.
    while (to3 + 5 <= end && at0 >= from0 + 7 && at1 >= from1 + 7 && at2 >= from2 + 7 && at3 >= from3 + 7) {
      for (let i: usize = 0; i < 5; i++) {
        const e0 = load<u16>(codes + (((b0 >> 53) as usize) << 1));
        const e1 = load<u16>(codes + (((b1 >> 53) as usize) << 1));
        const e2 = load<u16>(codes + (((b2 >> 53) as usize) << 1));
        const e3 = load<u16>(codes + (((b3 >> 53) as usize) << 1));
        b0 <<= e0 & 15;
        b1 <<= e1 & 15;
        b2 <<= e2 & 15;
        b3 <<= e3 & 15;
        store<u8>(to0 + i, (e0 >> 8) as u8);
        store<u8>(to1 + i, (e1 >> 8) as u8);
        store<u8>(to2 + i, (e2 >> 8) as u8);
        store<u8>(to3 + i, (e3 >> 8) as u8);
      }
      to0 += 5;
      to1 += 5;
      to2 += 5;
      to3 += 5;
      const n0 = ctz<u64>(b0);
      const n1 = ctz<u64>(b1);
      const n2 = ctz<u64>(b2);
      const n3 = ctz<u64>(b3);
      at0 -= (n0 >> 3) as usize;
      at1 -= (n1 >> 3) as usize;
      at2 -= (n2 >> 3) as usize;
      at3 -= (n3 >> 3) as usize;
      b0 = refill(at0, n0);
      b1 = refill(at1, n1);
      b2 = refill(at2, n2);
      b3 = refill(at3, n3);
    }
    p0 = (((at0 - from0) as i32) << 3) + 64 - (ctz<u64>(b0) as i32);
    p1 = (((at1 - from1) as i32) << 3) + 64 - (ctz<u64>(b1) as i32);
    p2 = (((at2 - from2) as i32) << 3) + 64 - (ctz<u64>(b2) as i32);
    p3 = (((at3 - from3) as i32) << 3) + 64 - (ctz<u64>(b3) as i32);
  }
  return (
    finish(from0, p0, codes, to0, to + quarter) &&
    finish(from1, p1, codes, to1, to + 2 * quarter) &&
    finish(from2, p2, codes, to2, to + 3 * quarter) &&
    finish(from3, p3, codes, to3, end)
  );
}
