import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intensityRange } from '../../src/segment/percentiles.ts';

/** The definition, on a sorted copy. */
function byDefinition(values: number[], percentile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = ((sorted.length - 1) * percentile) / 100;
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (rank - below) * (sorted[above]! - sorted[below]!);
}

const golden = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100];

describe('intensityRange', () => {
  it.each([
    ['uint8', Uint8Array],
    ['int8', Int8Array],
    ['uint16', Uint16Array],
    ['int16', Int16Array],
    ['uint32', Uint32Array],
    ['float32', Float32Array],
    ['float64', Float64Array],
  ] as const)('gives numpy’s percentiles 1 and 99.8 for %s', (_, ctor) => {
    const { low, high, max, nonFinite } = intensityRange(ctor.from(golden), 1, 99.8);
    expect(low).toBeCloseTo(0.11, 12);
    expect(high).toBeCloseTo(98.02, 12);
    expect([max, nonFinite]).toEqual([100, 0]);
  });

  it('leaves NaN and infinity out', () => {
    const odd = [Number.NaN, ...golden, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const { low, high, max, nonFinite } = intensityRange(Float32Array.from(odd), 1, 99.8);
    expect([low, high]).toEqual([expect.closeTo(0.11, 12), expect.closeTo(98.02, 12)]);
    expect([max, nonFinite]).toEqual([100, 3]);
  });

  it('gives NaN where no pixel is finite', () => {
    expect(intensityRange(Float32Array.of(Number.NaN), 1, 99)).toEqual({
      low: Number.NaN,
      high: Number.NaN,
      max: Number.NaN,
      nonFinite: 1,
    });
  });

  it('equals the definition, counted or selected', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (values, percentile) => {
          const expected = byDefinition(values, percentile);
          expect(intensityRange(Int16Array.from(values), percentile, 100).low).toBeCloseTo(expected, 9);
          expect(intensityRange(Float64Array.from(values), percentile, 100).low).toBeCloseTo(expected, 9);
        },
      ),
    );
  });
});
