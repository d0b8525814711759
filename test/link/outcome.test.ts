import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibration } from '../../bench/link.ts';
import { calibrateDivision } from '../../src/link/global/outcome.ts';

describe('calibrateDivision', () => {
  it('keeps the order and the range, and is less sure', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.998, noNaN: true }), (p) => {
        expect(calibrateDivision(p)).toBeLessThan(calibrateDivision(p + 0.001));
        expect(calibrateDivision(p) > 0 && calibrateDivision(p) < 1).toBe(true);
      }),
    );
    expect(calibrateDivision(0.99)).toBeCloseTo(0.9385, 3);
    expect(calibrateDivision(1)).toBeGreaterThan(0.999);
  });
});

describe('calibration', () => {
  it('is 0 where what is said happens, and the difference where it does not', () => {
    const half = Array.from({ length: 100 }, (_, i) => [0.5, i % 2 === 0] as const);
    expect(calibration(half).error).toBeCloseTo(0, 12);
    expect(calibration(half.map(([, right]) => [0.8, right])).error).toBeCloseTo(0.3, 12);
    expect(calibration([]).error).toBe(0);
  });
});
