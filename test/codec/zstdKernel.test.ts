import fc from 'fast-check';
import Zstd from 'numcodecs/zstd';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { decodeBlocks } from '../../src/codec/zarr/zstd.ts';

/** Packs with zstd itself. */
const pack = async (plain: Uint8Array, level: number): Promise<Uint8Array> =>
  Zstd.fromConfig({ level }).encode(plain);

/** Where the blocks of a frame begin that declares its size and has no dictionary. */
function blocksOf(frame: Uint8Array): Uint8Array {
  const descriptor = frame[4]!;
  expect(descriptor & 0x0f).toBe(0);
  const oneSegment = (descriptor & 0x20) !== 0;
  const size = descriptor >> 6 === 0 ? 1 : 1 << (descriptor >> 6);
  return frame.subarray(5 + (oneSegment ? 0 : 1) + size);
}

/** Whether two arrays are the same: `toEqual` takes a second for so many bytes. */
const same = (a: Uint8Array | null, b: Uint8Array): boolean => a !== null && Buffer.compare(a, b) === 0;

/** The bytes that the kernel makes of a frame, or null. */
function unpack(frame: Uint8Array, size: number): Uint8Array | null {
  const out = new Uint8Array(size);
  return decodeBlocks(blocksOf(frame), out) ? out : null;
}

/** Pictures of noise of so many grey values around a level, little-endian uint16. */
function noise(count: number, spread: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return new Uint8Array(Uint16Array.from({ length: count }, () => 300 + spread * random.normal()).buffer);
}

/** Labels of rows of objects, uint32. */
function labels(side: number): Uint8Array {
  const data = new Uint32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if ((x % 29) ** 2 + (y % 23) ** 2 < 300)
        data[y * side + x] = 1 + Math.floor(x / 29) + 97 * Math.floor(y / 23);
  return new Uint8Array(data.buffer);
}

const SAMPLES: [string, Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ['one byte', Uint8Array.of(7)],
  ['zeros', new Uint8Array(300_000)],
  ['noise of 8 grey values', noise(200_000, 8, 1)],
  ['noise of 120', noise(200_000, 120, 2)],
  ['noise of 4000', noise(100_000, 4000, 3)],
  [
    'bytes that cannot be packed',
    Uint8Array.from(
      { length: 200_000 },
      (
        (random) => () =>
          random.int(256)
      )(createRandom(4)),
    ),
  ],
  ['labels', labels(400)],
  ['a ramp', new Uint8Array(Uint32Array.from({ length: 90_000 }, (_, i) => i).buffer)],
  [
    'a text',
    new TextEncoder().encode(Array.from({ length: 9000 }, (_, i) => `node ${i * i} of ${i % 13}\n`).join('')),
  ],
  ['few letters', Uint8Array.from({ length: 50_000 }, (_, i) => 65 + ((i * i * 7 + (i >> 5)) % 5))],
];

describe('the zstd kernel', () => {
  it.each(SAMPLES)('decodes what zstd packs at any level: %s', async (_, plain) => {
    for (const level of [-20, -1, 1, 2, 3, 6, 9, 13, 19])
      expect([level, same(unpack(await pack(plain, level), plain.length), plain)]).toEqual([level, true]);
  });

  it('decodes any bytes, repeated from near and far', async () => {
    const step = fc.record({
      literals: fc.uint8Array({ maxLength: 60 }),
      back: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })),
      length: fc.oneof(fc.nat(40), fc.nat(9000)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(-5, 1, 3, 6, 13, 19),
        async (steps, level) => {
          const made: number[] = [];
          for (const { literals, back, length } of steps) {
            made.push(...literals);
            for (let i = 0; i < length; i++) made.push(made[made.length - Math.min(back, made.length)] ?? 0);
          }
          const plain = Uint8Array.from(made);
          expect(same(unpack(await pack(plain, level), plain.length), plain)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses another size', async () => {
    const plain = noise(3000, 50, 5);
    const frame = await pack(plain, 3);
    expect(unpack(frame, plain.length - 1)).toBe(null);
    expect(unpack(frame, plain.length + 1)).toBe(null);
    expect(unpack(frame.subarray(0, -1), plain.length)).toBe(null);
  });

  it('says of damaged frames what zstd says, wherever they are damaged', async () => {
    const frames = await Promise.all(
      [noise(3000, 30, 6), labels(60), SAMPLES.at(-2)![1].subarray(0, 9000)].map(async (plain) => ({
        plain,
        frame: await pack(plain, 3),
      })),
    );
    let told = 0;
    let tried = 0;
    for (const { plain, frame } of frames) {
      const head = frame.length - blocksOf(frame).length;
      for (let at = head; at < frame.length; at++) {
        for (const change of [1, 16, 255]) {
          const broken = frame.slice();
          broken[at]! ^= change;
          tried++;
          const ours = unpack(broken, plain.length);
          if (ours === null) continue;
          told++;
          expect(same(ours, await Zstd.fromConfig({ level: 3 }).decode(broken))).toBe(true);
        }
      }
    }
    expect(told).toBeGreaterThan(tried / 4);
  });
});
