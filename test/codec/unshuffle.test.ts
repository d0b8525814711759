import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unshuffleBits, unshuffleBytes } from '../../src/codec/zarr/unshuffle.ts';

/** The bit shuffle, bit by bit: bit `k` of byte `b` of element `e` is bit `e % 8` of byte `e / 8` of row `8 b + k`. */
function shuffleBits(plain: Uint8Array, item: number): Uint8Array {
  const count = Math.floor(plain.length / item);
  if (count % 8 !== 0) return plain.slice();
  const out = new Uint8Array(plain.length);
  out.set(plain.subarray(count * item), count * item);
  for (let e = 0; e < count; e++)
    for (let b = 0; b < item; b++)
      for (let k = 0; k < 8; k++)
        if (((plain[e * item + b] >> k) & 1) === 1) out[(8 * b + k) * (count / 8) + (e >> 3)] |= 1 << (e & 7);
  return out;
}

function shuffleBytes(plain: Uint8Array, item: number): Uint8Array {
  const count = Math.floor(plain.length / item);
  const out = plain.slice();
  for (let e = 0; e < count; e++) for (let b = 0; b < item; b++) out[b * count + e] = plain[e * item + b];
  return out;
}

/** Elements of 1 to 9 bytes, a number of them around multiples of 8 and 32, and a rest that is no element. */
const blocks = fc
  .record({ item: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 0, max: 110 }) })
  .chain(({ item, count }) =>
    fc.record({
      item: fc.constant(item),
      plain: fc
        .tuple(fc.constantFrom(count, count * 8), fc.nat({ max: item - 1 }))
        .chain(([n, rest]) => fc.uint8Array({ minLength: n * item + rest, maxLength: n * item + rest })),
      offset: fc.integer({ min: 0, max: 3 }),
    }),
  );

/** The bytes in a buffer of their own, beginning at `offset`. */
function placed(bytes: Uint8Array, offset: number): Uint8Array {
  const buffer = new Uint8Array(bytes.length + offset + 5);
  buffer.set(bytes, offset);
  return buffer.subarray(offset, offset + bytes.length);
}

describe.each([
  ['unshuffleBits', shuffleBits, unshuffleBits],
  ['unshuffleBytes', shuffleBytes, unshuffleBytes],
] as const)('%s', (_, shuffle, unshuffle) => {
  it('undoes the shuffle of any elements, wherever the block lies', () => {
    fc.assert(
      fc.property(blocks, ({ item, plain, offset }) => {
        const out = placed(new Uint8Array(plain.length), offset);
        unshuffle(placed(shuffle(plain, item), 3 - offset), item, out);
        expect([...out]).toEqual([...plain]);
      }),
    );
  });
});
