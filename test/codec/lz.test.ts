import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lend } from '../../src/codec/zarr/compiled.ts';
import { decodeLz } from '../../src/codec/zarr/lz.ts';

/** Bytes as they stand, then a repetition of `length` bytes (at least 4) from `back` bytes before, within what there is. */
interface Step {
  literals: number[];
  back: number;
  length: number;
}

const steps = fc.array(
  fc.record({
    literals: fc.array(fc.nat({ max: 255 }), { maxLength: 40 }),
    back: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20_000 })),
    length: fc.oneof(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 4, max: 3000 })),
  }),
  { minLength: 1, maxLength: 30 },
);

/** The steps that can be taken, and what they give; the last bytes are literals, as LZ4 wants it. */
function play(steps: readonly Step[]): { taken: Step[]; plain: number[] } {
  const plain: number[] = [];
  const taken: Step[] = [];
  for (const { literals, back, length } of steps) {
    plain.push(...literals);
    const known = plain.length === 0 ? [7] : [];
    plain.push(...known);
    const step = { literals: [...literals, ...known], back: Math.min(back, plain.length), length };
    for (let i = 0; i < length; i++) plain.push(plain[plain.length - step.back]!);
    taken.push(step);
  }
  plain.push(1, 2, 3, 4, 5);
  return { taken, plain };
}

/** What does not fit into `most` goes on in bytes of 255. */
function more(value: number, most: number): number[] {
  if (value < most) return [];
  const rest = value - most;
  return [...new Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
}

function packLz4(steps: readonly Step[]): number[] {
  const out: number[] = [];
  for (const { literals, back, length } of steps) {
    out.push((Math.min(15, literals.length) << 4) | Math.min(15, length - 4));
    out.push(...more(literals.length, 15), ...literals, back & 255, back >> 8, ...more(length - 4, 15));
  }
  return [...out, 5 << 4, 1, 2, 3, 4, 5];
}

function packBlosclz(steps: readonly Step[]): number[] {
  const out: number[] = [];
  const literal = (bytes: readonly number[]): void => {
    for (let i = 0; i < bytes.length; i += 32) {
      const part = bytes.slice(i, i + 32);
      out.push(part.length - 1, ...part);
    }
  };
  for (const { literals, back, length } of steps) {
    literal(literals);
    const far = back - 1 >= 8191;
    const distance = far ? 8191 : back - 1;
    out.push((Math.min(7, length - 2) << 5) | (distance >> 8), ...more(length - 2, 7), distance & 255);
    if (far) out.push((back - 1 - 8191) >> 8, (back - 1 - 8191) & 255);
  }
  literal([1, 2, 3, 4, 5]);
  out[0]! |= 1 << 5;
  return out;
}

/** Decodes between guards, which must stand when it is done: 64 bytes behind the output belong to nobody else. */
function decode(name: 'lz4' | 'blosclz', packed: Uint8Array, size: number): Uint8Array {
  const { kernels, places } = lend(packed.length, size + 64);
  const [desk, to] = places as [number, number];
  const guard = new Uint8Array(kernels.memory.buffer, to + size + 32, 32).fill(171);
  try {
    decodeLz(kernels, name, packed, desk, to, size);
  } finally {
    expect(guard.every((byte) => byte === 171)).toBe(true);
  }
  return new Uint8Array(kernels.memory.buffer, to, size).slice();
}

describe.each([
  ['lz4', packLz4],
  ['blosclz', packBlosclz],
] as const)('decodeLz of %s', (name, pack) => {
  it('gives what the steps of a block say, however they overlap', () => {
    fc.assert(
      fc.property(steps, (wanted) => {
        const { taken, plain } = play(wanted);
        const found = decode(name, Uint8Array.from(pack(taken)), plain.length);
        expect(Buffer.compare(found, Uint8Array.from(plain))).toBe(0);
      }),
    );
  });

  it('refuses blocks that are cut, end early or give too much', () => {
    const { taken, plain } = play([{ literals: [1, 2, 3], back: 2, length: 300 }]);
    const packed = Uint8Array.from(pack(taken));
    for (let n = 0; n < packed.length; n++) {
      expect(() => decode(name, packed.subarray(0, n), plain.length)).toThrow(
        `${name}: the block is damaged`,
      );
    }
    for (const size of [0, 3, plain.length - 1, plain.length + 1]) {
      expect(() => decode(name, packed, size)).toThrow(`${name}: the block is damaged`);
    }
  });

  it('refuses a repetition of what stands before the block', () => {
    const packed = pack([{ literals: [9], back: 2, length: 10 }]);
    expect(() => decode(name, Uint8Array.from(packed), 16)).toThrow(`${name}: the block is damaged`);
  });

  it('never leaves its room, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 500 }), (packed, size) => {
        try {
          expect(decode(name, packed, size).length).toBe(size);
        } catch (error) {
          expect((error as Error).message).toBe(`${name}: the block is damaged`);
        }
      }),
    );
  });
});
