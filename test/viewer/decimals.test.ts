import { describe, expect, it } from 'vitest';
import { decimalsFor } from '../../viewer/src/tables/fixed.ts';

describe('decimalsFor', () => {
  it('gives the largest value about so many digits, and no more decimals than asked for', () => {
    expect(decimalsFor([3, 118.72, Number.NaN], 4, 2)).toBe(1);
    expect(decimalsFor([0.2, 1.5], 4, 2)).toBe(2);
    expect(decimalsFor([50, 194.8], 3, 1)).toBe(0);
    expect(decimalsFor([95], 3, 1)).toBe(1);
    expect(decimalsFor([1e7], 3, 1)).toBe(0);
  });

  it('keeps the decimals asked for where nothing is known', () => {
    expect([decimalsFor([], 3, 1), decimalsFor([Number.NaN, 0], 4, 2)]).toEqual([1, 2]);
  });
});
