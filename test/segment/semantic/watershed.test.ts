import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelParts } from '../../../src/segment/semantic/components.ts';
import { fillHoles } from '../../../src/segment/semantic/holes.ts';
import { mergeFragments } from '../../../src/segment/semantic/mergeFragments.ts';
import { FACES, faceNeighbours, type Size } from '../../../src/segment/semantic/neighbours.ts';
import { growSeeds } from '../../../src/segment/semantic/watershed.ts';
import { drawn, flipped, partition, shuffled, text } from './pictures.ts';

/** Seeds of an image that are numbered in the order of `at`. */
function seedsAt(length: number, at: readonly number[]): Uint32Array {
  const labels = new Uint32Array(length);
  for (const [k, i] of at.entries()) labels[i] = k + 1;
  return labels;
}

/** Distinct heights: cubes are a permutation modulo a prime that leaves 2 when divided by 3. */
const cubes = (n: number): Uint16Array => Uint16Array.from({ length: n }, (_, i) => i ** 3 % 131);

describe('growSeeds', () => {
  // scikit-image 0.26.0: watershed(-height, seeds, mask=mask), whose values have no ties here.
  it('gives the labels of scikit-image in a plane', () => {
    const size: Size = [1, 10, 12];
    const mask = Uint8Array.from({ length: 120 }, (_, i) => Number((i + 7) ** 3 % 131 > 24));
    const labels = seedsAt(120, [5, 38, 77, 97]);
    growSeeds(mask, cubes(120), labels, size);
    expect(text(labels, size)).toEqual([
      '2111.1111111',
      '2.11111.11..',
      '2.2.3.1111..',
      '222.33.1111.',
      '.22333331.33',
      '3333.3333333',
      '433333333.33',
      '4..433333333',
      '44444.333333',
      '44.44433.33.',
    ]);
  });

  it('gives the labels of scikit-image in a volume', () => {
    const size: Size = [4, 5, 6];
    const labels = seedsAt(120, [14, 77, 85, 90]);
    growSeeds(new Uint8Array(120).fill(1), cubes(120), labels, size);
    expect([...labels].join('')).toBe(
      '111111111111111112111112112122441111111111111122112222332222' +
        '441112441122412222332222333222442222442222422222332222333222',
    );
  });

  it('shares a plateau by distance, first met first served', () => {
    const { values, size } = drawn('1.......2', '.........');
    const labels = Uint32Array.from(values);
    growSeeds(new Uint8Array(18).fill(1), new Uint16Array(18), labels, size);
    expect(text(labels, size)).toEqual(['111112222', '111112222']);
  });

  it('cuts along the valley between two seeds', () => {
    const { values, size } = drawn('997535799', '975312468');
    const labels = seedsAt(18, [0, 8]);
    growSeeds(new Uint8Array(18).fill(1), Uint16Array.from(values), labels, size);
    expect(text(labels, size)).toEqual(['111112222', '111112222']);
  });

  const cases = fc.record({
    shape: fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
    ),
    seed: fc.nat(1e6),
    nSeeds: fc.integer({ min: 0, max: 5 }),
    holes: fc.integer({ min: 0, max: 10 }),
  });

  function grow({
    shape,
    seed,
    nSeeds,
    holes,
  }: {
    shape: Size;
    seed: number;
    nSeeds: number;
    holes: number;
  }) {
    const n = shape[0] * shape[1] * shape[2];
    const order = shuffled(n, seed + 1);
    const mask = Uint8Array.from(order, (v) => Number(v * 10 > n * Math.min(holes, 6)));
    const height = shuffled(n, seed);
    const inside = [...mask.keys()].filter((i) => mask[i] === 1);
    const seeds = seedsAt(n, inside.slice(0, nSeeds));
    const labels = seeds.slice();
    growSeeds(mask, height, labels, shape);
    return { mask, height, seeds, labels };
  }

  it('covers exactly the part of the mask that touches a seed, in connected labels, one a seed', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { mask, seeds, labels } = grow(c);
        const parts = new Uint32Array(mask.length);
        labelParts(mask, new Uint16Array(mask.length).fill(1), 0, parts, c.shape);
        const seeded = new Set([...seeds.keys()].filter((i) => seeds[i]! > 0).map((i) => parts[i]!));
        for (let i = 0; i < mask.length; i++)
          expect(labels[i]! > 0).toBe(mask[i] === 1 && seeded.has(parts[i]!));
        for (let i = 0; i < seeds.length; i++) if (seeds[i]! > 0) expect(labels[i]).toBe(seeds[i]);
        for (let k = 1; k <= c.nSeeds; k++) {
          const own = Uint8Array.from(labels, (label) => Number(label === k));
          expect(labelParts(own, new Uint16Array(own.length).fill(1), 0, parts, c.shape)).toBeLessThanOrEqual(
            1,
          );
        }
      }),
    );
  });

  it('gives the mirror image for the mirror image where no heights are equal', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom('z', 'y', 'x'), (c, axis) => {
        const { mask, height, seeds, labels } = grow(c);
        const mirrored = flipped(seeds, c.shape, axis as 'x');
        growSeeds(
          flipped(mask, c.shape, axis as 'x'),
          flipped(height, c.shape, axis as 'x'),
          mirrored,
          c.shape,
        );
        expect(flipped(mirrored, c.shape, axis as 'x')).toEqual(labels);
      }),
    );
  });
});

describe('labelParts', () => {
  it('joins over faces and not over corners, above the threshold and inside the mask', () => {
    const { values, size } = drawn('55..5', '5..5.', '.3355', '55555');
    const labels = new Uint32Array(20);
    const mask = new Uint8Array(20).fill(1);
    mask[17] = 0;
    expect(labelParts(mask, Uint16Array.from(values), 3, labels, size)).toBe(4);
    expect(text(labels, size)).toEqual(['11..2', '1..3.', '...33', '44.33']);
  });

  it('joins planes of a volume', () => {
    const labels = new Uint32Array(8);
    const height = Uint16Array.from([1, 0, 0, 0, 1, 1, 0, 0]);
    expect(labelParts(new Uint8Array(8).fill(1), height, 0, labels, [2, 2, 2])).toBe(1);
    expect([...labels]).toEqual([1, 0, 0, 0, 1, 1, 0, 0]);
  });

  it('takes a part that is larger than its first queue', () => {
    const labels = new Uint32Array(300 * 300);
    const ones = new Uint8Array(300 * 300).fill(1);
    expect(labelParts(ones, new Uint16Array(ones), 0, labels, [1, 300, 300])).toBe(1);
    expect(labels.every((label) => label === 1)).toBe(true);
  });
});

describe('faceNeighbours', () => {
  it('lists 4 in the middle of a plane, 6 in the middle of a volume, fewer at sides', () => {
    const out = new Int32Array(FACES);
    const near = (i: number, size: Size) => [...out.subarray(0, faceNeighbours(i, size, out))];
    expect(near(4, [1, 3, 3])).toEqual([1, 3, 5, 7]);
    expect(near(13, [3, 3, 3])).toEqual([4, 10, 12, 14, 16, 22]);
    expect(near(0, [3, 3, 3])).toEqual([1, 3, 9]);
    expect(near(26, [3, 3, 3])).toEqual([17, 23, 25]);
    expect(near(0, [1, 1, 1])).toEqual([]);
  });
});

describe('fillHoles', () => {
  it('fills holes of one label and leaves open ones, those of two labels and large ones', () => {
    const { values, size } = drawn(
      '111.111222',
      '1.1.1.1.22',
      '111.111222',
      '3333333222',
      '3..3...222',
      '3333333222',
    );
    const labels = Uint32Array.from(values);
    fillHoles(labels, size, 2);
    expect(text(labels, size)).toEqual([
      '111.111222',
      '111.111.22',
      '111.111222',
      '3333333222',
      '3333...222',
      '3333333222',
    ]);
    fillHoles(labels, size, Number.POSITIVE_INFINITY);
    expect(text(labels, size)[4]).toBe('3333...222');
  });

  it('fills a hollow ball but not a tube', () => {
    const shell = (open: boolean): Uint8Array => {
      const ball = new Uint8Array(125);
      for (let z = 1; z < 4; z++)
        for (let y = 1; y < 4; y++) for (let x = 1; x < 4; x++) ball[(z * 5 + y) * 5 + x] = 1;
      ball[62] = 0;
      if (open) ball[37] = ball[87] = 0;
      return ball;
    };
    const closed = shell(false);
    fillHoles(closed, [5, 5, 5], 100);
    expect(closed[62]).toBe(1);
    const tube = shell(true);
    fillHoles(tube, [5, 5, 5], 100);
    expect(tube[62]).toBe(0);
  });
});

describe('mergeFragments', () => {
  const { values, size } = drawn('1122334', '1122334', '.......');
  const labels = Uint32Array.from(values);
  const boundary = Uint16Array.from(drawn('0110909', '0990909', '.......').values);

  it('joins neighbours by the mean of the boundary between them', () => {
    // 1|2: 1 and 9, mean 5. 2|3: 9 and 9. 3|4: 9 and 9.
    expect([...mergeFragments(labels, 4, boundary, 6, size)]).toEqual([0, 1, 1, 3, 4]);
    expect([...mergeFragments(labels, 4, boundary, 5, size)]).toEqual([0, 1, 2, 3, 4]);
  });

  it('joins chains, and labels that never touch stay apart', () => {
    expect([...mergeFragments(labels, 4, boundary, 10, size)]).toEqual([0, 1, 1, 1, 1]);
    const apart = Uint32Array.from(drawn('11.22').values);
    expect([...mergeFragments(apart, 2, new Uint16Array(5), 10, [1, 1, 5])]).toEqual([0, 1, 2]);
  });

  it('counts contacts between planes', () => {
    const two = Uint32Array.from([1, 1, 2, 2]);
    expect([...mergeFragments(two, 2, Uint16Array.from([0, 0, 0, 8]), 5, [2, 1, 2])]).toEqual([0, 1, 1]);
    expect(partition(two)).toEqual([0, 0, 2, 2]);
  });
});
