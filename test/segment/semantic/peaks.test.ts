import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelParts } from '../../../src/segment/semantic/components.ts';
import { markPeaks, type PeakOptions } from '../../../src/segment/semantic/peaks.ts';
import { drawn, flipped, shuffled, text } from './pictures.ts';

const ANY: PeakOptions = { minDepth: 0, minContrast: 0 };

function peaksOf(rows: string[], options: PeakOptions): string[] {
  const { values, size } = drawn(...rows);
  const labels = new Uint32Array(values.length);
  const mask = Uint8Array.from(values, (v) => Number(v > 0));
  markPeaks(mask, Uint16Array.from(values), options, labels, size);
  return text(labels, size);
}

describe('markPeaks', () => {
  it('keeps a peak by its height above the saddle to a higher one', () => {
    const ridge = ['1234543239993467641'];
    expect(peaksOf(ridge, ANY)).toEqual(['....1....2.....3...']);
    // The 5 stands 3 above the saddle of 2, the 7 stands 4 above the saddle of 3.
    expect(peaksOf(ridge, { minDepth: 3, minContrast: 0 })).toEqual(['....1....2.....3...']);
    expect(peaksOf(ridge, { minDepth: 4, minContrast: 0 })).toEqual(['.........1.....2...']);
    expect(peaksOf(ridge, { minDepth: 5, minContrast: 0 })).toEqual(['.........1.........']);
  });

  it('keeps a peak by that height as a share of its own', () => {
    const ridge = ['454398889'];
    expect(peaksOf(ridge, { minDepth: 0, minContrast: 0.3 })).toEqual(['.1..2....']);
    expect(peaksOf(ridge, { minDepth: 0, minContrast: 0.5 })).toEqual(['....1....']);
  });

  it('marks one pixel of a plateau, and one in every part of the mask however low', () => {
    expect(peaksOf(['77.1', '77.1', '....', '2222'], ANY)).toEqual(['1..2', '....', '....', '3...']);
  });

  it('takes the first of two equal peaks for the higher', () => {
    expect(peaksOf(['51115'], { minDepth: 5, minContrast: 0 })).toEqual(['1....']);
    expect(peaksOf(['51115'], { minDepth: 4, minContrast: 0 })).toEqual(['1...2']);
  });

  const cases = fc.record({
    size: fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
    ),
    seed: fc.nat(1e6),
    minDepth: fc.integer({ min: 0, max: 60 }),
  });

  it('is what flooding down from each pixel says', () => {
    fc.assert(
      fc.property(cases, ({ size, seed, minDepth }) => {
        const n = size[0] * size[1] * size[2];
        const height = shuffled(n, seed);
        const mask = Uint8Array.from(shuffled(n, seed + 1), (v) => Number(v > n / 5));
        const labels = new Uint32Array(n);
        markPeaks(mask, height, { minDepth, minContrast: 0 }, labels, size);
        // By definition: no higher pixel is in the pixel's part of what is over its height less the depth.
        for (let i = 0; i < n; i++) {
          const parts = new Uint32Array(n);
          labelParts(mask, height, height[i]! - Math.max(1, minDepth), parts, size);
          const higher = [...parts.keys()].some((j) => parts[j] === parts[i] && height[j]! > height[i]!);
          expect(labels[i]! > 0).toBe(mask[i] === 1 && !higher);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('marks the mirrored pixels of the mirror image', () => {
    fc.assert(
      fc.property(cases, ({ size, seed, minDepth }) => {
        const n = size[0] * size[1] * size[2];
        const height = shuffled(n, seed);
        const mask = new Uint8Array(n).fill(1);
        const [one, other] = [new Uint32Array(n), new Uint32Array(n)];
        const options = { minDepth, minContrast: 0.1 };
        markPeaks(mask, height, options, one, size);
        markPeaks(mask, flipped(height, size, 'y'), options, other, size);
        expect(flipped(other, size, 'y').map(Math.sign)).toEqual(one.map(Math.sign));
      }),
    );
  });
});
