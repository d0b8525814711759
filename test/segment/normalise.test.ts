import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, type Dtype } from '../../src/array/index.ts';
import { normaliseInto, padReflect, reflectIndex } from '../../src/segment/normalise.ts';

describe('normaliseInto', () => {
  it('maps the percentiles to 0 and 1 without clipping', () => {
    const image = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100);
    const out = new Float32Array(12);
    normaliseInto(image, 3, 4, 0.11, 98.02, out, 4);
    expect(out[0]).toBeCloseTo(-0.00112348, 7);
    expect(out[1]).toBeCloseTo(0.00908998, 7);
    expect(out[11]).toBeCloseTo(1.0202227, 6);
  });

  it('gives 0 for a constant image and for pixels that are not finite', () => {
    const out = new Float32Array(4).fill(9);
    normaliseInto(Float32Array.of(5, 5, Number.NaN, Number.NEGATIVE_INFINITY), 2, 2, 5, 5, out, 2);
    expect([...out]).toEqual([0, 0, 0, 0]);
  });

  it('is (value - low) / (high - low) in double precision, rounded once, for every type and width', () => {
    const types = fc.constantFrom<Dtype>(
      'int8',
      'uint8',
      'int16',
      'uint16',
      'int32',
      'uint32',
      'float32',
      'float64',
    );
    const cases = fc.record({
      type: types,
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 4 }),
      more: fc.nat(3),
      greys: fc.array(fc.integer({ min: -70000, max: 70000 }), { minLength: 36, maxLength: 36 }),
      low: fc.double({ min: -100, max: 100, noNaN: true }),
      span: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ type, width, height, more, greys, low, span }) => {
        const image = allocate(type, width * height);
        for (let i = 0; i < image.length; i++) image[i] = greys[i]!;
        const wide = width + more;
        const out = new Float32Array(height * wide).fill(7);
        normaliseInto(image, height, width, low, low + span, out, wide);
        const expected = Float32Array.from(out, (_, i) => {
          const [y, x] = [Math.floor(i / wide), i % wide];
          return x < width ? (image[y * width + x]! - low) / (low + span - low + 1e-20) : 7;
        });
        expect(out).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('padReflect', () => {
  it('mirrors at the ends without repeating the edge', () => {
    const image = Float32Array.of(1, 2, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    padReflect(image, 2, 2, 4, 5);
    expect([...image]).toEqual([1, 2, 1, 2, 1, 3, 4, 3, 4, 3, 1, 2, 1, 2, 1, 3, 4, 3, 4, 3]);
  });

  it('repeats a single row or column', () => {
    const image = Float32Array.of(7, 0, 0, 0, 0, 0);
    padReflect(image, 1, 1, 2, 3);
    expect([...image]).toEqual([7, 7, 7, 7, 7, 7]);
  });
});

describe('reflectIndex', () => {
  it('steps by at most one and stays inside', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 2, max: 40 }), (i, n) => {
        const a = reflectIndex(i, n);
        expect(a).toBeGreaterThanOrEqual(0);
        expect(a).toBeLessThan(n);
        expect(Math.abs(a - reflectIndex(i + 1, n))).toBe(1);
        expect(i < n ? a : reflectIndex(2 * (n - 1) - (i % (2 * (n - 1))), n)).toBe(i < n ? i : a);
      }),
    );
  });
});
