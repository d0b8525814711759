import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceToBackground } from '../../../src/segment/semantic/distance.ts';
import type { Size } from '../../../src/segment/semantic/neighbours.ts';
import { smooth } from '../../../src/segment/semantic/smooth.ts';

describe('distanceToBackground', () => {
  // SciPy 1.17.1: distance_transform_edt, squared.
  it('gives the distances of two touching discs as SciPy does', () => {
    const size: Size = [1, 9, 13];
    const mask = Uint8Array.from({ length: 9 * 13 }, (_, i) => {
      const [y, x] = [Math.floor(i / 13) - 4, i % 13];
      return Number(y ** 2 + (x - 3) ** 2 <= 10 || y ** 2 + (x - 9) ** 2 <= 13);
    });
    const squared = [...distanceToBackground(mask, size, [1, 1, 1])].map((d) => Math.round(d * d));
    expect(squared.slice(2 * 13, 5 * 13)).toEqual([
      ...[0, 1, 2, 4, 2, 1, 1, 2, 4, 4, 4, 2, 1],
      ...[1, 2, 5, 8, 5, 4, 4, 5, 8, 9, 8, 5, 4],
      ...[4, 5, 8, 13, 10, 9, 9, 10, 13, 16, 13, 10, 9],
    ]);
  });

  it('is the nearest background voxel by search, whatever the spacing; sides are not background', () => {
    const cases = fc.record({
      size: fc.tuple(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
      ),
      spacing: fc.tuple(fc.constantFrom(1, 2, 5), fc.constantFrom(1, 1.5), fc.constantFrom(1, 0.5)),
      bits: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 196, maxLength: 196 }),
    });
    fc.assert(
      fc.property(cases, ({ size, spacing, bits }) => {
        const mask = Uint8Array.from(bits.slice(0, size[0] * size[1] * size[2]));
        const found = distanceToBackground(mask, size, spacing);
        const places = [...mask.keys()].map((i) => {
          const row = Math.floor(i / size[2]);
          return [Math.floor(row / size[1]), row % size[1], i % size[2]].map((p, a) => p * spacing[a]!);
        });
        const background = places.filter((_, i) => mask[i] === 0);
        const diagonal = Math.hypot(...size.map((n, a) => n * spacing[a]!));
        for (const [i, at] of places.entries()) {
          const nearest = background.map((b) => Math.hypot(...b.map((p, a) => p - at[a]!)));
          expect(found[i]).toBeCloseTo(Math.min(diagonal, ...nearest), 4);
        }
      }),
    );
  });
});

describe('smooth', () => {
  // SciPy 1.17.1: gaussian_filter(image, (0, 1, 1.5), mode='mirror', truncate=3), whose kernels reach 3 and 5 pixels.
  it('gives the values of SciPy', () => {
    const image = new Float32Array(35);
    image[0] = 2;
    image[17] = 1;
    smooth(image, [1, 5, 7], [9, 1, 1.5]);
    const rows = [
      [0.220081, 0.182633, 0.110399, 0.057464, 0.029183, 0.013454, 0.007777],
      [0.146515, 0.131937, 0.105691, 0.082991, 0.056431, 0.029325, 0.017746],
    ];
    for (const [i, want] of rows.flat().entries()) expect(image[i]).toBeCloseTo(want, 5);
  });

  it('leaves a constant as it is and an axis with sigma 0 apart', () => {
    const flat = new Float32Array(60).fill(3);
    smooth(flat, [3, 4, 5], [2, 1, 3]);
    for (const v of flat) expect(v).toBeCloseTo(3, 5);
    const line = Float32Array.from([0, 0, 1, 0, 0, 0]);
    smooth(line, [1, 2, 3], [1, 1, 0]);
    expect(line[0]).toBe(0);
    expect(line[5]).toBeGreaterThan(0.2);
  });
});
