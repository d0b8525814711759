import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPixels, forEachPixel, type Runs, runsWhere } from '../../src/pipeline/edit/runs.ts';
import { alongLine, cutRuns, nearerFirst, seedsOf } from '../../src/pipeline/edit/split.ts';

const SIZE = [1, 40, 60] as const;
const VOXEL = [1, 0.5, 0.5] as const;
const ALL = [0, 0, 0, 39, 0, 59];

const disc = (y: number, x: number, r: number) => (_z: number, b: number, c: number) =>
  Math.hypot(b - y, c - x) <= r;
/** Two discs that touch, as one object; the left one is larger. */
const PAIR = runsWhere(SIZE, ALL, (...at) => disc(20, 18, 9)(...at) || disc(20, 32, 6)(...at));

const pixels = (runs: Runs): Set<string> => {
  const all = new Set<string>();
  forEachPixel(runs, (...at) => all.add(at.join()));
  return all;
};

describe('cutRuns', () => {
  it('gives every pixel to one part, the larger part first, whatever the line', () => {
    const value = fc.double({ min: -5, max: 35, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 4, maxLength: 4 }), ([a, b, c, d]) => {
        const parts = cutRuns(
          PAIR,
          SIZE,
          alongLine(VOXEL, [
            [a!, b!],
            [c!, d!],
          ]),
        );
        expect(countPixels(parts[0])).toBeGreaterThanOrEqual(countPixels(parts[1]));
        const [one, two] = parts.map(pixels);
        expect(one!.size + two!.size).toBe(countPixels(PAIR));
        expect(new Set([...one!, ...two!])).toEqual(pixels(PAIR));
      }),
    );
  });

  it('cuts where the line runs, in micrometres', () => {
    const [large, small] = cutRuns(
      PAIR,
      SIZE,
      alongLine(VOXEL, [
        [0, 13.25],
        [20, 13.25],
      ]),
    );
    forEachPixel(large, (_z, _y, x) => expect(x).toBeLessThanOrEqual(26));
    forEachPixel(small, (_z, _y, x) => expect(x).toBeGreaterThan(26));
  });

  it('gives pixels to the nearer seed, and ties to the first', () => {
    const [first, second] = cutRuns(
      [0, 0, 0, 9],
      [1, 1, 9],
      nearerFirst(
        [1, 1, 1],
        [
          [0, 0, 2],
          [0, 0, 6],
        ],
      ),
    );
    expect([first, second]).toEqual([
      [0, 0, 0, 5],
      [0, 0, 5, 4],
    ]);
  });
});

describe('seedsOf', () => {
  it('takes two candidates that lie in the object, the likeliest of them, and none beside it', () => {
    const hints = [
      [0, 1, 1],
      [0, 10, 8],
      [0, 10, 16],
      [0, 10, 10],
    ];
    expect(seedsOf(PAIR, SIZE, VOXEL, hints)).toEqual([hints[1], hints[2]]);
  });

  it('finds two touching discs without a hint, along the longest axis', () => {
    const parts = cutRuns(PAIR, SIZE, nearerFirst(VOXEL, seedsOf(PAIR, SIZE, VOXEL, [])));
    const small = pixels(runsWhere(SIZE, ALL, disc(20, 32, 5)));
    const found = pixels(parts[1]);
    expect([...small].filter((at) => found.has(at)).length / small.size).toBeGreaterThan(0.95);
    expect(countPixels(parts[1]) / countPixels(parts[0])).toBeLessThan(0.8);
  });

  it('finds them with one hint, and in a volume', () => {
    const size = [12, 12, 30] as const;
    const ball = (z: number, y: number, x: number): boolean =>
      Math.hypot(2 * (z - 6), y - 6, x - 8) <= 5 || Math.hypot(2 * (z - 6), y - 6, x - 18) <= 5;
    const runs = runsWhere(size, [0, 11, 0, 11, 0, 29], ball);
    for (const hints of [[], [[12, 6, 8]]]) {
      const parts = cutRuns(runs, size, nearerFirst([2, 1, 1], seedsOf(runs, size, [2, 1, 1], hints)));
      const share = countPixels(parts[1]) / countPixels(runs);
      expect(share).toBeGreaterThan(0.4);
    }
  });

  it('leaves a lone pixel in one piece', () => {
    const lone: Runs = [0, 3, 3, 1];
    expect(cutRuns(lone, SIZE, nearerFirst(VOXEL, seedsOf(lone, SIZE, VOXEL, [])))[1]).toEqual([]);
  });
});
