/**
 * Decodes PackBits (run lengths of bytes) until `out` is full.
 *
 * Source: TIFF 6.0 (1992), section 9. Cost: linear in `out`.
 * @throws Error when the data end early
 */
export function decodePackBits(input: Uint8Array, out: Uint8Array): void {
  const size = out.length;
  let at = 0;
  let position = 0;
  while (position < size) {
    if (at >= input.length) throw new Error(`the PackBits data end after ${position} of ${size} bytes`);
    const control = input[at++];
    if (control === 128) continue;
    const wanted = control < 128 ? control + 1 : 257 - control;
    const length = Math.min(wanted, size - position);
    if (at + (control < 128 ? length : 1) > input.length) {
      throw new Error(`the PackBits data end after ${position} of ${size} bytes`);
    }
    if (control < 128) {
      out.set(input.subarray(at, at + length), position);
      at += wanted;
    } else {
      out.fill(input[at++], position, position + length);
    }
    position += length;
  }
}
