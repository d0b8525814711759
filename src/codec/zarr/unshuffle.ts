/**
 * Undoes blosc's byte shuffle: all first bytes of the elements, all second bytes, and so on; a rest shorter than an
 * element follows as it is. Cost: n.
 *
 * Source: C-Blosc 1.21, shuffle-generic (BSD-3).
 */
export function unshuffleBytes(bytes: Uint8Array, item: number, out: Uint8Array): void {
  const count = Math.floor(bytes.length / item);
  for (let b = 0; b < item; b++) {
    const row = b * count;
    for (let i = 0, to = b; i < count; i++, to += item) out[to] = bytes[row + i];
  }
  out.set(bytes.subarray(count * item), count * item);
}

/**
 * Undoes blosc's bit shuffle: row `8 b + k` holds bit k of byte b of every element, eight elements a byte. Blocks whose
 * element count is no multiple of 8 were stored as they are. Cost: n.
 *
 * Four bytes of a row, 32 elements, go through each step at once.
 *
 * Source: K. Masui et al. 2015, Astronomy and Computing 12, 181; C-Blosc 1.21, bitshuffle-generic (BSD-3). The
 * transpositions swap ever larger squares, H. S. Warren, Hacker's Delight, section 7-3.
 */
export function unshuffleBits(bytes: Uint8Array, item: number, out: Uint8Array): void {
  const count = Math.floor(bytes.length / item);
  if (count % 8 !== 0) {
    out.set(bytes);
    return;
  }
  const groups = count >> 3;
  const wholes = groups - (groups % 4);
  const rows = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const target = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const words = new Int32Array(8 * item);
  for (let g = 0; g < wholes; g += 4) {
    for (let b = 0; b < item; b++) transposeBits(rows, 8 * b * groups + g, groups, words, b, item);
    transposeBytes(words, target, 8 * item * g);
  }
  for (let g = wholes; g < groups; g++) gatherBits(bytes, groups, g, item, out);
  out.set(bytes.subarray(count * item), count * item);
}

/**
 * Bit `j` of each byte of the eight rows at `from`, `from + step` and so on becomes a byte of word `first + j * stride`:
 * an 8 x 8 transposition in each of the four bytes.
 */
function transposeBits(
  rows: DataView,
  from: number,
  step: number,
  words: Int32Array,
  first: number,
  stride: number,
): void {
  let r0 = rows.getInt32(from, true);
  let r1 = rows.getInt32(from + step, true);
  let r2 = rows.getInt32(from + 2 * step, true);
  let r3 = rows.getInt32(from + 3 * step, true);
  let r4 = rows.getInt32(from + 4 * step, true);
  let r5 = rows.getInt32(from + 5 * step, true);
  let r6 = rows.getInt32(from + 6 * step, true);
  let r7 = rows.getInt32(from + 7 * step, true);
  // Squares of one bit: rows 0 and 1, 2 and 3, 4 and 5, 6 and 7.
  let t = ((r0 >>> 1) ^ r1) & 0x55555555;
  r1 ^= t;
  r0 ^= t << 1;
  t = ((r2 >>> 1) ^ r3) & 0x55555555;
  r3 ^= t;
  r2 ^= t << 1;
  t = ((r4 >>> 1) ^ r5) & 0x55555555;
  r5 ^= t;
  r4 ^= t << 1;
  t = ((r6 >>> 1) ^ r7) & 0x55555555;
  r7 ^= t;
  r6 ^= t << 1;
  // Squares of two bits: rows 0 and 2, 1 and 3, 4 and 6, 5 and 7.
  t = ((r0 >>> 2) ^ r2) & 0x33333333;
  r2 ^= t;
  r0 ^= t << 2;
  t = ((r1 >>> 2) ^ r3) & 0x33333333;
  r3 ^= t;
  r1 ^= t << 2;
  t = ((r4 >>> 2) ^ r6) & 0x33333333;
  r6 ^= t;
  r4 ^= t << 2;
  t = ((r5 >>> 2) ^ r7) & 0x33333333;
  r7 ^= t;
  r5 ^= t << 2;
  // Squares of four bits: row k and k + 4.
  t = ((r0 >>> 4) ^ r4) & 0x0f0f0f0f;
  words[first] = r0 ^ (t << 4);
  words[first + 4 * stride] = r4 ^ t;
  t = ((r1 >>> 4) ^ r5) & 0x0f0f0f0f;
  words[first + stride] = r1 ^ (t << 4);
  words[first + 5 * stride] = r5 ^ t;
  t = ((r2 >>> 4) ^ r6) & 0x0f0f0f0f;
  words[first + 2 * stride] = r2 ^ (t << 4);
  words[first + 6 * stride] = r6 ^ t;
  t = ((r3 >>> 4) ^ r7) & 0x0f0f0f0f;
  words[first + 3 * stride] = r3 ^ (t << 4);
  words[first + 7 * stride] = r7 ^ t;
}

/** The first bytes of all words, one after the other, then the second bytes, and so on. */
function transposeBytes(words: Int32Array, out: DataView, at: number): void {
  const row = words.length;
  for (let k = 0; k < row; k += 4) {
    let [a, b, c, d] = [words[k], words[k + 1], words[k + 2], words[k + 3]];
    let t = ((a >>> 8) ^ b) & 0x00ff00ff;
    b ^= t;
    a ^= t << 8;
    t = ((c >>> 8) ^ d) & 0x00ff00ff;
    d ^= t;
    c ^= t << 8;
    t = ((a >>> 16) ^ c) & 0xffff;
    c ^= t;
    a ^= t << 16;
    t = ((b >>> 16) ^ d) & 0xffff;
    d ^= t;
    b ^= t << 16;
    out.setInt32(at + k, a, true);
    out.setInt32(at + k + row, b, true);
    out.setInt32(at + k + 2 * row, c, true);
    out.setInt32(at + k + 3 * row, d, true);
  }
}

/** The eight elements of one byte of each row, bit by bit. */
function gatherBits(bytes: Uint8Array, groups: number, g: number, item: number, out: Uint8Array): void {
  for (let j = 0; j < 8; j++) {
    for (let b = 0; b < item; b++) {
      let value = 0;
      for (let k = 0; k < 8; k++) value |= ((bytes[(8 * b + k) * groups + g] >> j) & 1) << k;
      out[(8 * g + j) * item + b] = value;
    }
  }
}
