import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeZstd, encodeZstd } from '../../src/codec/zarr/zstd.ts';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** One segment of 3 bytes, its size stated: one last raw block. */
const RAW = [...MAGIC, 0x20, 3, 0b11001, 0, 0, 7, 8, 9];
/** A window of 1 KiB, no size stated: a last block of five times the same byte. */
const RUN = [...MAGIC, 0, 0, 0b101011, 0, 0, 6];
/** Two bytes that no decoder reads. */
const SKIPPED = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];

describe('decodeZstd', () => {
  it.each([
    ['a frame that states its size', RAW, [7, 8, 9]],
    ['a frame that does not', RUN, [6, 6, 6, 6, 6]],
    ['frames one after another', [...RAW, ...RUN, ...RAW], [7, 8, 9, 6, 6, 6, 6, 6, 7, 8, 9]],
    ['a frame behind one to be skipped', [...SKIPPED, ...RAW], [7, 8, 9]],
    ['an empty frame', [...MAGIC, 0x20, 0, 1, 0, 0], []],
  ])('decodes %s', async (_, frames, plain) => {
    expect([...(await decodeZstd(Uint8Array.from(frames), 100))]).toEqual(plain);
  });

  it('leaves the bytes alone that it is given, and a view of other bytes', async () => {
    const around = Uint8Array.from([1, ...RAW, 1]);
    expect([...(await decodeZstd(around.subarray(1, -1), 3))]).toEqual([7, 8, 9]);
    expect([...around]).toEqual([1, ...RAW, 1]);
  });

  it('refuses a frame that states more than may come of it', async () => {
    await expect(decodeZstd(Uint8Array.from(RAW), 2)).rejects.toThrow('zstd: gives 3 bytes, at most 2');
  });

  it('refuses damaged frames, and goes on decoding whole ones after them', async () => {
    const whole = await encodeZstd(Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 10), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const broken = whole.slice();
        broken[at + 9]! ^= change;
        const found = await decodeZstd(broken, 5000).catch((error: unknown) => error);
        if (found instanceof Error) expect(found.message).toMatch(/^zstd: /);
        else expect(found).toHaveLength(5000);
        expect([...(await decodeZstd(Uint8Array.from(RAW), 3))]).toEqual([7, 8, 9]);
      }),
    );
  });
});

describe('encodeZstd', () => {
  it('gives back any bytes, in a frame that states their size', async () => {
    const runs = fc.array(fc.tuple(fc.nat(255), fc.nat(3000)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(runs, fc.uint8Array({ maxLength: 300 })), async (made) => {
        const plain = Uint8Array.from(
          made instanceof Uint8Array ? made : made.flatMap(([value, n]) => Array<number>(n).fill(value)),
        );
        const packed = await encodeZstd(plain);
        expect(await decodeZstd(packed, plain.length)).toEqual(plain);
        if (plain.length > 0) {
          await expect(decodeZstd(packed, plain.length - 1)).rejects.toThrow(`gives ${plain.length} bytes`);
        }
      }),
    );
  });
});

describe('encodeZstd', () => {
  it('gives the same bytes whatever it packed before, and they decode to what was given', async () => {
    const texts = fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        const first = await encodeZstd(all[0]!);
        for (const plain of all) expect(await decodeZstd(await encodeZstd(plain), 3000)).toEqual(plain);
        expect(await encodeZstd(all[0]!)).toEqual(first);
      }),
      { numRuns: 50, seed: 7 },
    );
  });
});
