import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizedLength, resizeInto } from '../../src/segment/resize.ts';

function resize(image: number[][], scale: number): number[][] {
  const [h, w] = [image.length, image[0]!.length];
  const [oh, ow] = [resizedLength(h, scale), resizedLength(w, scale)];
  const out = new Float32Array(oh * ow);
  resizeInto(Float32Array.from(image.flat()), h, w, scale, out, ow);
  return Array.from({ length: oh }, (_, y) => [...out.subarray(y * ow, (y + 1) * ow)]);
}

describe('resizeInto', () => {
  it('interpolates linearly above scale 1', () => {
    expect(
      resize(
        [
          [0, 4],
          [8, 12],
        ],
        2,
      ),
    ).toEqual([
      [0, 2, 4],
      [4, 6, 8],
      [8, 10, 12],
    ]);
  });

  it('averages below scale 1', () => {
    expect(resize([[0, 0, 0, 0, 8, 0, 0, 0, 0]], 0.5)).toEqual([[0, 0, 4, 0, 0]]);
    expect(resize([[0, 0, 0, 8, 0, 0, 0, 0, 0]], 0.5)).toEqual([[0, 2, 2, 0, 0]]);
  });

  it('keeps a plane in place, so that points are divided by the scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 40 }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (n, scale) => {
          const plane = Array.from({ length: n }, (_, y) => Array.from({ length: n }, (_, x) => 2 * y - x));
          const out = resize(plane, scale);
          const margin = Math.ceil(scale * Math.max(1, 1 / scale));
          for (let u = margin; u < out.length - margin; u++)
            for (let v = margin; v < out.length - margin; v++)
              expect(Math.abs(out[u]![v]! - (2 * u - v) / scale)).toBeLessThan(0.5 / scale);
        },
      ),
      { numRuns: 30 },
    );
  });
});
