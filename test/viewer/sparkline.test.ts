import { describe, expect, it } from 'vitest';
import { sparkPath } from '../../viewer/src/views/side/sparkline.ts';

describe('sparkPath', () => {
  it('goes from the least value below to the largest above, over the whole width', () => {
    expect(sparkPath([1, 3, 2], 12, 6)).toBe('M1.0,5.0L6.0,1.0L11.0,3.0');
  });

  it('is interrupted where nothing is known, level where all is equal, and empty without values', () => {
    expect(sparkPath([1, Number.NaN, 2, 3], 12, 6)).toBe('M1.0,5.0M7.7,3.0L11.0,1.0');
    expect(sparkPath([4, 4], 12, 6)).toBe('M1.0,3.0L11.0,3.0');
    expect(sparkPath([Number.NaN], 12, 6)).toBe('');
  });

  it('takes few points of a long life', () => {
    expect(sparkPath(Float64Array.from({ length: 900 }, (_, k) => k)).split('L').length).toBeLessThanOrEqual(
      39,
    );
  });
});
