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
 * Source: K. Masui et al. 2015, Astronomy and Computing 12, 181; C-Blosc 1.21, bitshuffle-generic (BSD-3). The
 * transposition of 8 x 8 bits is that of H. S. Warren, Hacker's Delight, section 7-3.
 */
export function unshuffleBits(bytes: Uint8Array, item: number, out: Uint8Array): void {
  const count = Math.floor(bytes.length / item);
  if (count % 8 !== 0) {
    out.set(bytes);
    return;
  }
  const groups = count >> 3;
  for (let b = 0; b < item; b++) {
    const row = b * 8 * groups;
    for (let g = 0; g < groups; g++) {
      const at = row + g;
      // Rows 0..3 in `low`, rows 4..7 in `high`, row k in byte k.
      let low =
        bytes[at] |
        (bytes[at + groups] << 8) |
        (bytes[at + 2 * groups] << 16) |
        (bytes[at + 3 * groups] << 24);
      let high =
        bytes[at + 4 * groups] |
        (bytes[at + 5 * groups] << 8) |
        (bytes[at + 6 * groups] << 16) |
        (bytes[at + 7 * groups] << 24);
      let t = (low ^ (low >>> 7)) & 0x00aa00aa;
      low = low ^ t ^ (t << 7);
      t = (high ^ (high >>> 7)) & 0x00aa00aa;
      high = high ^ t ^ (t << 7);
      t = (low ^ (low >>> 14)) & 0x0000cccc;
      low = low ^ t ^ (t << 14);
      t = (high ^ (high >>> 14)) & 0x0000cccc;
      high = high ^ t ^ (t << 14);
      t = (low >>> 4) & 0x0f0f0f0f;
      const first = (low & 0x0f0f0f0f) | ((high & 0x0f0f0f0f) << 4);
      const second = t | (high & 0xf0f0f0f0);
      let to = g * 8 * item + b;
      for (let j = 0; j < 32; j += 8, to += item) out[to] = first >>> j;
      for (let j = 0; j < 32; j += 8, to += item) out[to] = second >>> j;
    }
  }
  out.set(bytes.subarray(count * item), count * item);
}
