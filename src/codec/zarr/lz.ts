const FAR_DISTANCE = 8191;

/**
 * Decodes one LZ4 block that must fill `out` exactly.
 *
 * Source: LZ4 block format description (Y. Collet).
 * @throws Error when the block is damaged
 */
export function decodeLz4Block(bytes: Uint8Array, out: Uint8Array): void {
  let from = 0;
  let to = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (let more = 255; more === 255; length += more) {
      if (from >= bytes.length) throw new Error('lz4: the block is cut off');
      more = bytes[from++];
    }
    return length;
  };
  for (;;) {
    if (from >= bytes.length) throw new Error('lz4: the block is cut off');
    const token = bytes[from++];
    const literals = extended(token >> 4);
    checkRoom('lz4', from + literals <= bytes.length && to + literals <= out.length);
    out.set(bytes.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === bytes.length) break;
    checkRoom('lz4', from + 2 <= bytes.length);
    const distance = bytes[from] | (bytes[from + 1] << 8);
    from += 2;
    to = copyMatch('lz4', out, to, distance, extended(token & 15) + 4);
  }
  checkRoom('lz4', to === out.length);
}

/**
 * Decodes one blosclz block that must fill `out` exactly.
 *
 * Source: C-Blosc 1.21, blosclz.c (BSD-3, after FastLZ, MIT), github.com/Blosc/c-blosc/blob/v1.21.6/blosc/blosclz.c.
 * @throws Error when the block is damaged
 */
export function decodeBlosclz(bytes: Uint8Array, out: Uint8Array): void {
  let from = 0;
  let to = 0;
  const next = (): number => {
    if (from >= bytes.length) throw new Error('blosclz: the block is cut off');
    return bytes[from++];
  };
  // The top bits of the first byte carry the level and mean nothing here.
  let control = next() & 31;
  for (;;) {
    if (control < 32) {
      const literals = control + 1;
      checkRoom('blosclz', from + literals <= bytes.length && to + literals <= out.length);
      out.set(bytes.subarray(from, from + literals), to);
      from += literals;
      to += literals;
    } else {
      let length = control >> 5;
      if (length === 7) {
        for (let more = 255; more === 255; length += more) more = next();
      }
      const low = next();
      let distance = ((control & 31) << 8) + low;
      if (distance === FAR_DISTANCE) {
        const high = next();
        distance += high * 256 + next();
      }
      to = copyMatch('blosclz', out, to, distance + 1, length + 2);
    }
    if (from >= bytes.length) break;
    control = next();
  }
  checkRoom('blosclz', to === out.length);
}

/** Repeats `length` bytes from `distance` back; the two may overlap. @returns the new end */
function copyMatch(name: string, out: Uint8Array, to: number, distance: number, length: number): number {
  checkRoom(name, distance > 0 && distance <= to && to + length <= out.length);
  if (distance >= length) out.copyWithin(to, to - distance, to - distance + length);
  else for (let i = 0; i < length; i++) out[to + i] = out[to + i - distance];
  return to + length;
}

function checkRoom(name: string, good: boolean): void {
  if (!good) throw new Error(`${name}: the block is damaged`);
}
