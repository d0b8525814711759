import { transpose8 } from './unshuffleBytes';

/**
 * Undoes blosc's bit shuffle: row `8 b + k` holds bit k of byte b of every element, eight elements a byte. Blocks whose
 * element count is no multiple of 8 were stored as they are. Cost: n.
 *
 * 128 elements at a time: their bits are put together to bytes, byte by byte of the elements, then the bytes to elements.
 *
 * Source: K. Masui et al. 2015, Astronomy and Computing 12, 181; C-Blosc 1.21, bitshuffle-generic (BSD-3). The
 * transpositions swap ever larger squares, H. S. Warren, Hacker's Delight, section 7-3.
 *
 * @param tile 128 bytes for each byte of an element
 */
export function unshuffleBits(from: usize, size: i32, item: i32, to: usize, tile: usize): void {
  const count = size / item;
  if (count % 8 !== 0) {
    memory.copy(to, from, size);
    return;
  }
  const groups = (count >> 3) as usize;
  const width = item as usize;
  if (groups < 16) {
    for (let g: usize = 0; g < groups; g++) gatherBits(from, groups, g, width, to);
  } else {
    // The last step takes elements again that are done where their number is no multiple of 128.
    for (let g: usize = 0; g < groups; g = g + 16 < groups ? min(g + 16, groups - 16) : groups) {
      for (let b: usize = 0; b < width; b++)
        transposeBits(from + 8 * b * groups + g, groups, tile + 16 * b, 16 * width);
      for (let c: usize = 0; c < 8 * width; c += 8)
        transpose8(tile + 16 * c, 16, to + 8 * width * g + c, 8 * width);
    }
  }
  const done = (count * item) as usize;
  memory.copy(to + done, from + done, (size as usize) - done);
}

/** Bit j of each of the 16 bytes of the eight rows at `from`, `from + step` and so on become 16 bytes at `to + j * stride`. */
function transposeBits(from: usize, step: usize, to: usize, stride: usize): void {
  let r0 = v128.load(from);
  let r1 = v128.load(from + step);
  let r2 = v128.load(from + 2 * step);
  let r3 = v128.load(from + 3 * step);
  let r4 = v128.load(from + 4 * step);
  let r5 = v128.load(from + 5 * step);
  let r6 = v128.load(from + 6 * step);
  let r7 = v128.load(from + 7 * step);
  // Squares of one bit: rows 0 and 1, 2 and 3, 4 and 5, 6 and 7.
  let t = moved(r0, r1, 1, 0x55);
  r1 = v128.xor(r1, t);
  r0 = v128.xor(r0, i16x8.shl(t, 1));
  t = moved(r2, r3, 1, 0x55);
  r3 = v128.xor(r3, t);
  r2 = v128.xor(r2, i16x8.shl(t, 1));
  t = moved(r4, r5, 1, 0x55);
  r5 = v128.xor(r5, t);
  r4 = v128.xor(r4, i16x8.shl(t, 1));
  t = moved(r6, r7, 1, 0x55);
  r7 = v128.xor(r7, t);
  r6 = v128.xor(r6, i16x8.shl(t, 1));
  // Squares of two bits: rows 0 and 2, 1 and 3, 4 and 6, 5 and 7.
  t = moved(r0, r2, 2, 0x33);
  r2 = v128.xor(r2, t);
  r0 = v128.xor(r0, i16x8.shl(t, 2));
  t = moved(r1, r3, 2, 0x33);
  r3 = v128.xor(r3, t);
  r1 = v128.xor(r1, i16x8.shl(t, 2));
  t = moved(r4, r6, 2, 0x33);
  r6 = v128.xor(r6, t);
  r4 = v128.xor(r4, i16x8.shl(t, 2));
  t = moved(r5, r7, 2, 0x33);
  r7 = v128.xor(r7, t);
  r5 = v128.xor(r5, i16x8.shl(t, 2));
  // Squares of four bits: row k and k + 4.
  t = moved(r0, r4, 4, 0x0f);
  v128.store(to, v128.xor(r0, i16x8.shl(t, 4)));
  v128.store(to + 4 * stride, v128.xor(r4, t));
  t = moved(r1, r5, 4, 0x0f);
  v128.store(to + stride, v128.xor(r1, i16x8.shl(t, 4)));
  v128.store(to + 5 * stride, v128.xor(r5, t));
  t = moved(r2, r6, 4, 0x0f);
  v128.store(to + 2 * stride, v128.xor(r2, i16x8.shl(t, 4)));
  v128.store(to + 6 * stride, v128.xor(r6, t));
  t = moved(r3, r7, 4, 0x0f);
  v128.store(to + 3 * stride, v128.xor(r3, i16x8.shl(t, 4)));
  v128.store(to + 7 * stride, v128.xor(r7, t));
}

/** Bits of `mask` in every byte that differ between `b` and `a` moved down by `bits`. */
function moved(a: v128, b: v128, bits: i32, mask: i8): v128 {
  return v128.and(v128.xor(i16x8.shr_u(a, bits), b), i8x16.splat(mask));
}

/** The eight elements of one byte of each row, bit by bit. */
function gatherBits(from: usize, groups: usize, g: usize, width: usize, to: usize): void {
  for (let j: usize = 0; j < 8; j++) {
    for (let b: usize = 0; b < width; b++) {
      let value: u32 = 0;
      for (let k: usize = 0; k < 8; k++) {
        value |= (((load<u8>(from + (8 * b + k) * groups + g) as u32) >> (j as u32)) & 1) << (k as u32);
      }
      store<u8>(to + (8 * g + j) * width + b, value as u8);
    }
  }
}
