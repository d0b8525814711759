import { copy, repeat } from './memory';

/** A distance that two more bytes are added to. */
const FAR: usize = 8191;

/**
 * Decodes a blosclz block of `size` bytes that must give `capacity` bytes exactly. Cost: n.
 *
 * Source: C-Blosc 1.21, blosclz.c (BSD-3, after FastLZ, MIT), github.com/Blosc/c-blosc/blob/v1.21.6/blosc/blosclz.c.
 * @returns false where the block is damaged
 */
export function decodeBlosclz(from: usize, size: i32, to: usize, capacity: i32): bool {
  const start = to;
  const stop = from + (size as usize);
  const end = to + (capacity as usize);
  // The top bits of the first byte carry the level and mean nothing here.
  let known: usize = 31;
  while (from < stop) {
    const control = (load<u8>(from++) as usize) & known;
    known = 255;
    if (control < 32) {
      const length = control + 1;
      if (length > stop - from || length > end - to) return false;
      copy(to, from, length);
      from += length;
      to += length;
    } else {
      let length: usize = control >> 5;
      if (length === 7) {
        for (let more: usize = 255; more === 255; length += more) {
          if (from >= stop) return false;
          more = load<u8>(from++);
        }
      }
      length += 2;
      if (from >= stop) return false;
      let distance: usize = ((control & 31) << 8) + (load<u8>(from++) as usize);
      if (distance === FAR) {
        if (stop - from < 2) return false;
        distance += ((load<u8>(from) as usize) << 8) + (load<u8>(from + 1) as usize);
        from += 2;
      }
      distance += 1;
      if (distance > to - start || length > end - to) return false;
      repeat(to, distance, length);
      to += length;
    }
  }
  return to === end && known === 255;
}
