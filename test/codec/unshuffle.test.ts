import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyIn, copyOut, type Kernels, lend, type Place } from '../../src/codec/zarr/compiled.ts';

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

/** Elements of 1 to 9 bytes, a number of them around multiples of 8 and 128, and a rest that is no element. */
const blocks = fc
  .record({ item: fc.integer({ min: 1, max: 9 }), count: fc.integer({ min: 0, max: 70 }) })
  .chain(({ item, count }) =>
    fc.record({
      item: fc.constant(item),
      plain: fc
        .tuple(fc.constantFrom(count, count * 8, 128 + count * 8), fc.nat({ max: item - 1 }))
        .chain(([n, rest]) => fc.uint8Array({ minLength: n * item + rest, maxLength: n * item + rest })),
      offset: fc.integer({ min: 0, max: 3 }),
    }),
  );

type Unshuffle = (kernels: Kernels, from: Place, size: number, item: number, to: Place, tile: Place) => void;

/** What a kernel makes of a block that lies `offset` bytes off a multiple of 16. */
function run(unshuffle: Unshuffle, shuffled: Uint8Array, item: number, offset: number): number[] {
  const { kernels, places } = lend(shuffled.length + 16, shuffled.length + 16, 128 * item);
  const [from, to, tile] = places as [number, number, number];
  copyIn(kernels, shuffled, from + offset);
  unshuffle(kernels, from + offset, shuffled.length, item, to + 3 - offset, tile);
  const out = new Uint8Array(shuffled.length);
  copyOut(kernels, to + 3 - offset, out);
  return [...out];
}

const bits: Unshuffle = (kernels, ...block) => kernels.unshuffleBits(...block);
const bytes: Unshuffle = (kernels, from, size, item, to) => kernels.unshuffleBytes(from, size, item, to);

describe.each([
  ['unshuffleBits', shuffleBits, bits],
  ['unshuffleBytes', shuffleBytes, bytes],
] as const)('%s', (_, shuffle, unshuffle) => {
  it('undoes the shuffle of any elements, wherever the block lies', () => {
    fc.assert(
      fc.property(blocks, ({ item, plain, offset }) => {
        expect(run(unshuffle, shuffle(plain, item), item, offset)).toEqual([...plain]);
      }),
    );
  });
});
