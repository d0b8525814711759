import { copy, repeat } from './memory';
import {
  buildConstant,
  buildTable,
  LITERALS,
  MATCHES,
  OFFSETS,
  readCounts,
  tableLog,
  usualCounts,
} from './zstdTables';

/** Bytes that the three tables and what builds them need. */
export const TABLE_BYTES: usize = 3 * 4096 + 2048;

/** Logarithms of the tables' sizes by kind, as the last block left them; -1 = there is none. */
let literalLog: i32 = -1;
let matchLog: i32 = -1;
let offsetLog: i32 = -1;
/** The last three offsets. */
let offset1: usize = 1;
let offset2: usize = 4;
let offset3: usize = 8;

/** Before a frame. */
export function forgetSequences(): void {
  literalLog = matchLog = offsetLog = -1;
  offset1 = 1;
  offset2 = 4;
  offset3 = 8;
}

/** Logarithm of the size of the table that the last `readTable` left. */
let log: i32 = -1;

/**
 * Makes a table as its mode says: 0 = the usual one, 1 = of one code, 2 = as described here, 3 = the one before.
 *
 * @returns where the next part begins; 0 where this is damaged
 */
function readTable(from: usize, stop: usize, mode: i32, kind: i32, table: usize, desk: usize): usize {
  if (mode === 3) return log < 0 ? 0 : from;
  if (mode === 1) {
    log = 0;
    return from < stop && buildConstant(table, load<u8>(from), kind) ? from + 1 : 0;
  }
  const next = mode === 0 ? from : readCounts(from, stop, desk, kind);
  if (next === 0) return 0;
  buildTable(table, mode === 0 ? usualCounts(kind) : desk, desk + 512, kind);
  log = tableLog;
  return next;
}

/** The bits from bit `p` of the bytes at `from` on, 57 of them at least. */
function upward(from: usize, p: i32): u64 {
  return load<u64>(from + (p >> 3)) >> (p & 7);
}

/** The lowest `n` bits. */
function mask(n: u64): u64 {
  return ((1 as u64) << n) - 1;
}

/** The number of the state that comes after one, by the bits read for it. */
function place(state: u64, bits: u64): usize {
  return (((state >> 32) & 0xffff) + bits) as usize;
}

/**
 * Decodes the sequences of a block, from `from` to `stop`, and carries them out: each copies some of the literals to `to`,
 * and then some of what stands before.
 *
 * Source: RFC 8878, sections 3.1.1.3.2, 3.1.1.4, 3.1.1.5.
 * @param start where the frame's output begins, and `end` where its room ends
 * @param desk room for `TABLE_BYTES`, which keep their contents from block to block
 * @returns where the output ends; 0 where the block is damaged
 */
export function runSequences(
  from: usize,
  stop: usize,
  literals: usize,
  nLiterals: i32,
  start: usize,
  to: usize,
  end: usize,
  desk: usize,
): usize {
  const last = literals + (nLiterals as usize);
  if (from >= stop) return 0;
  let left: i32 = load<u8>(from++);
  if (left > 127) {
    if (stop - from < 2) return 0;
    if (left === 255) {
      left = (load<u16>(from) as i32) + 0x7f00;
      from += 2;
    } else left = ((left - 128) << 8) + (load<u8>(from++) as i32);
  }
  if (left > 0) {
    if (from >= stop) return 0;
    const modes: i32 = load<u8>(from++);
    if ((modes & 3) !== 0) return 0;
    const tables = desk + 2048;
    log = literalLog;
    from = readTable(from, stop, modes >> 6, LITERALS, tables, desk);
    if (from === 0) return 0;
    literalLog = log;
    log = offsetLog;
    from = readTable(from, stop, (modes >> 4) & 3, OFFSETS, tables + 4096, desk);
    if (from === 0) return 0;
    offsetLog = log;
    log = matchLog;
    from = readTable(from, stop, (modes >> 2) & 3, MATCHES, tables + 8192, desk);
    if (from === 0) return 0;
    matchLog = log;
    if (from >= stop || load<u8>(stop - 1) === 0) return 0;
    let p = (((stop - from - 1) << 3) as i32) + 31 - clz<i32>(load<u8>(stop - 1));
    p -= literalLog;
    let atLiterals = tables + (((upward(from, p) & mask(literalLog)) as usize) << 3);
    p -= offsetLog;
    let atOffset = tables + 4096 + (((upward(from, p) & mask(offsetLog)) as usize) << 3);
    p -= matchLog;
    let atMatch = tables + 8192 + (((upward(from, p) & mask(matchLog)) as usize) << 3);
    let near = offset1;
    let middle = offset2;
    let far = offset3;
    for (; left > 0; left--) {
      // Of each state: base, next state, bits for the one and the other, see `buildTable`.
      const ofLiterals = load<u64>(atLiterals);
      const ofMatch = load<u64>(atMatch);
      const ofOffset = load<u64>(atOffset);
      const runBits = (ofLiterals >> 48) & 255;
      const matchBits = (ofMatch >> 48) & 255;
      const offsetBits = (ofOffset >> 48) & 255;
      p -= offsetBits as i32;
      const code = ((ofOffset as u32) + ((upward(from, p) & mask(offsetBits)) as u32)) as usize;
      p -= (matchBits + runBits) as i32;
      let word = upward(from, p);
      const run = ((ofLiterals as u32) + ((word & mask(runBits)) as u32)) as usize;
      const length = ((ofMatch as u32) + (((word >> runBits) & mask(matchBits)) as u32)) as usize;
      if (left > 1) {
        const a = ofOffset >> 56;
        const b = ofMatch >> 56;
        const c = ofLiterals >> 56;
        p -= (a + b + c) as i32;
        word = upward(from, p);
        atOffset = tables + 4096 + (place(ofOffset, word & mask(a)) << 3);
        word >>= a;
        atMatch = tables + 8192 + (place(ofMatch, word & mask(b)) << 3);
        word >>= b;
        atLiterals = tables + (place(ofLiterals, word & mask(c)) << 3);
      }
      let distance = near;
      if (code > 3) {
        distance = code - 3;
        far = middle;
        middle = near;
      } else {
        const which = run === 0 ? code + 1 : code;
        if (which > 1) {
          distance = which === 2 ? middle : which === 3 ? far : near - 1;
          if (which > 2) far = middle;
          middle = near;
        }
      }
      near = distance;
      if (p < 0 || run > last - literals || run + length > end - to) return 0;
      // Most copies are short: 16 bytes always, more seldom.
      v128.store(to, v128.load(literals));
      if (run > 16) copy(to + 16, literals + 16, run - 16);
      literals += run;
      to += run;
      if (distance === 0 || distance > to - start) return 0;
      if (distance < 16) repeat(to, distance, length);
      else {
        v128.store(to, v128.load(to - distance));
        for (let i: usize = 16; i < length; i += 16) v128.store(to + i, v128.load(to + i - distance));
      }
      to += length;
    }
    offset1 = near;
    offset2 = middle;
    offset3 = far;
    if (p !== 0) return 0;
  } else if (from !== stop) return 0;
  const rest = last - literals;
  if (rest > end - to) return 0;
  copy(to, literals, rest);
  return to + rest;
}
