import { copy, repeat } from './memory';

/**
 * Decodes an LZ4 block of `size` bytes that must give `capacity` bytes exactly. Cost: n.
 *
 * Source: LZ4 block format description (Y. Collet).
 * @returns false where the block is damaged
 */
export function decodeLz4(from: usize, size: i32, to: usize, capacity: i32): bool {
  const start = to;
  const stop = from + (size as usize);
  const end = to + (capacity as usize);
  while (from < stop) {
    const token = load<u8>(from++);
    let length: usize = token >> 4;
    if (length === 15) {
      for (let more: usize = 255; more === 255; length += more) {
        if (from >= stop) return false;
        more = load<u8>(from++);
      }
    }
    if (length > stop - from || length > end - to) return false;
    copy(to, from, length);
    from += length;
    to += length;
    if (from === stop) return to === end;
    if (stop - from < 2) return false;
    const distance: usize = load<u16>(from);
    from += 2;
    length = token & 15;
    if (length === 15) {
      for (let more: usize = 255; more === 255; length += more) {
        if (from >= stop) return false;
        more = load<u8>(from++);
      }
    }
    length += 4;
    if (distance === 0 || distance > to - start || length > end - to) return false;
    repeat(to, distance, length);
    to += length;
  }
  return false;
}
