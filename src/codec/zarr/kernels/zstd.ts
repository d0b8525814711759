import { decodeCodes, forgetCodes, readCodes } from './zstdLiterals';
import { forgetSequences, runSequences, TABLE_BYTES } from './zstdSequences';

const MAX_BLOCK: usize = 131072;
/** On the desk: literals with what copies may touch behind them, then codes, tables, and 3 KiB to build them. */
const CODES: usize = 131072 + 64;
const TABLES: usize = CODES + 4096;
const SPARE: usize = TABLES + TABLE_BYTES;

/**
 * Decodes the blocks of one zstd frame, from `from` on, that must take `size` bytes and give `capacity` bytes exactly: no
 * dictionary, no checksum behind them. Cost: n.
 *
 * Source: RFC 8878.
 * @param desk room for 160 KiB
 * @returns false where a block is damaged, or is none of those that are common
 */
export function decodeZstd(from: usize, size: i32, to: usize, capacity: i32, desk: usize): bool {
  const stop = from + (size as usize);
  const start = to;
  const end = to + (capacity as usize);
  forgetCodes();
  forgetSequences();
  while (stop - from >= 3) {
    const head = (load<u16>(from) as u32) | ((load<u8>(from + 2) as u32) << 16);
    from += 3;
    const kind = (head >> 1) & 3;
    const bytes = (head >> 3) as usize;
    const taken: usize = kind === 1 ? 1 : bytes;
    if (bytes > MAX_BLOCK || taken > stop - from || kind === 3) return false;
    if (kind === 2) {
      to = decodeBlock(from, from + taken, start, to, end, desk);
      if (to === 0) return false;
    } else {
      if (bytes > end - to) return false;
      if (kind === 0) memory.copy(to, from, bytes);
      else memory.fill(to, load<u8>(from), bytes);
      to += bytes;
    }
    from += taken;
    if ((head & 1) !== 0) return to === end && from === stop;
  }
  return false;
}

/** One packed block: its literals, then its sequences. Returns where the output ends; 0 where it is damaged. */
function decodeBlock(from: usize, stop: usize, start: usize, to: usize, end: usize, desk: usize): usize {
  if (stop - from < 3) return 0;
  const first: u32 = load<u8>(from);
  const kind = first & 3;
  const form = (first >> 2) & 3;
  let literals = desk;
  let count: usize = 0;
  if (kind < 2) {
    // As they are, or one for all.
    const bytes: usize = form === 1 ? 2 : form === 3 ? 3 : 1;
    const all = (load<u32>(from) as u32) & (((1 as u32) << (8 * (bytes as u32))) - 1);
    count = all >> (bytes === 1 ? 3 : 4);
    from += bytes;
    const taken: usize = kind === 0 ? count : 1;
    if (from > stop || taken > stop - from || count > MAX_BLOCK) return 0;
    if (kind === 0) literals = from;
    else memory.fill(literals, load<u8>(from), count);
    from += taken;
  } else {
    const width: u64 = form < 2 ? 10 : form === 2 ? 14 : 18;
    const bytes: usize = form < 2 ? 3 : form === 2 ? 4 : 5;
    const all = load<u64>(from) >> 4;
    count = (all & (((1 as u64) << width) - 1)) as usize;
    const packed = ((all >> width) & (((1 as u64) << width) - 1)) as usize;
    from += bytes;
    if (from > stop || packed > stop - from || count > MAX_BLOCK) return 0;
    const next = from + packed;
    if (kind === 2) from = readCodes(from, next, desk + CODES, desk + SPARE);
    if (from === 0 || !decodeCodes(from, next, desk + CODES, literals, count as i32, form !== 0)) return 0;
    from = next;
  }
  return runSequences(from, stop, literals, count as i32, start, to, end, desk + TABLES);
}
