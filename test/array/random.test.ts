import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';

const take = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('createRandom', () => {
  it('repeats itself for a seed, and for no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 2 }), (seed) => {
        const first = take(5, createRandom(seed).uniform);
        expect(take(5, createRandom(seed).uniform)).toEqual(first);
        expect(take(5, createRandom(seed + 1).uniform)).not.toEqual(first);
      }),
    );
  });

  it('draws uniform numbers in [0, 1) and integers in [0, n)', () => {
    const random = createRandom(1);
    const values = take(20_000, random.uniform);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(new Set(take(500, () => random.int(4)))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('draws normal numbers of mean 0 and deviation 1', () => {
    const values = take(20_000, createRandom(2).normal);
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(Math.abs(mean(values.map((v) => v * v)) - 1)).toBeLessThan(0.04);
  });

  // Below 60 by multiplication, above by the normal approximation: mean and variance are lambda in both.
  it.each([0, 0.5, 7, 59, 61, 400])('draws Poisson numbers of mean and variance %d', (lambda) => {
    const random = createRandom(3);
    const values = take(20_000, () => random.poisson(lambda));
    expect(Math.abs(mean(values) - lambda)).toBeLessThanOrEqual(0.04 * Math.max(lambda, 0.5));
    const variance = mean(values.map((v) => (v - lambda) ** 2));
    expect(Math.abs(variance - lambda)).toBeLessThanOrEqual(0.06 * Math.max(lambda, 0.5));
    expect(values.every((v) => Number.isInteger(v) && v >= 0)).toBe(true);
  });
});
