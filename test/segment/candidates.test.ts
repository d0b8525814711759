import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatherCandidates, quantiseProb, statedProb } from '../../src/segment/candidates.ts';
import { createCandidates } from '../../src/segment/index.ts';

const output = {
  height: 2,
  width: 3,
  prob: Float32Array.of(0.5, 0.500001, 0.2, 0.9, Number.NaN, 0.4999998),
  dist: Float32Array.of(1, 2, 3, 4.01, 5, 6, -1, Number.NaN, 9, 1e9, 11, 12),
  ms: 0,
};
const window = { y0: 4, y1: 6, x0: 7, x1: 10, offsetY: 4, offsetX: 7, frameWidth: 100 };

describe('gatherCandidates', () => {
  it('takes pixels over the threshold, rounded, at grid index times grid', () => {
    const table = createCandidates(2, 1);
    expect(gatherCandidates(table, output, window, 0.5, [2, 2], 1, 50)).toBe(1);
    expect(table.count).toBe(2);
    expect([...table.index.subarray(0, 2)]).toEqual([408, 507]);
    expect([...table.y.subarray(0, 2)]).toEqual([8, 10]);
    expect([...table.x.subarray(0, 2)]).toEqual([16, 14]);
    expect([...table.prob.subarray(0, 2)]).toEqual([524289 / 2 ** 20, 943718 / 2 ** 20]);
    expect([...table.dist.subarray(0, 4)]).toEqual([2, Math.fround(1e-3), 4106 / 1024, 50]);
  });

  it('divides points and rays by the scale, and appends', () => {
    const table = createCandidates(2);
    gatherCandidates(table, output, window, 0.6, [2, 2], 0.5, 50);
    gatherCandidates(table, output, { ...window, y0: 5, x1: 8 }, 0.6, [2, 2], 0.5, 50);
    expect(table.count).toBe(2);
    expect([table.y[0], table.x[1], table.dist[2]]).toEqual([20, 28, 8212 / 1024]);
  });

  it('gives what position by position gives, to the bit, from planes and from rows', () => {
    const length = fc.oneof(
      fc.float({ min: -2, max: 60, noNaN: true }),
      fc.integer({ min: -4, max: 4000 }).map((steps) => steps / 2048),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 2 ** 24, 0.00048828122),
    );
    const value = fc.oneof(
      fc.float({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
      fc.constant(Number.NaN),
    );
    const cases = fc.record({
      height: fc.integer({ min: 1, max: 6 }),
      width: fc.integer({ min: 1, max: 10 }),
      cut: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
      probs: fc.array(value, { minLength: 66, maxLength: 66 }),
      lengths: fc.array(length, { minLength: 198, maxLength: 198 }),
      threshold: fc.constantFrom(0.125, 0.3, 0.5),
      scale: fc.constantFrom(1, 0.7, 2),
      longest: fc.constantFrom(50, 30.1),
      nRays: fc.constantFrom(1, 3),
    });
    fc.assert(
      fc.property(cases, ({ height, width, cut, probs, lengths, threshold, scale, longest, nRays }) => {
        const area = height * width;
        const prob = Float32Array.from(probs.slice(0, area));
        const planes = Float32Array.from(lengths.slice(0, area * nRays));
        const [top, left, bottom, right] = cut;
        const part = { y0: 5 + top, y1: 5 + height - bottom, x0: 7 + left, x1: 7 + width - right };
        const where = { ...part, offsetY: 5, offsetX: 7, frameWidth: 40 };
        const expected = createCandidates(nRays, 64);
        let nan = 0;
        for (let y = part.y0; y < part.y1; y++)
          for (let x = part.x0; x < part.x1; x++) {
            const at = (y - 5) * width + x - 7;
            if (Number.isNaN(prob[at])) nan++;
            if (!(quantiseProb(prob[at]!) > threshold)) continue;
            const row = expected.count++;
            expected.prob[row] = quantiseProb(prob[at]!);
            expected.index[row] = y * 40 + x;
            expected.y[row] = (2 * y) / scale;
            expected.x[row] = (3 * x) / scale;
            for (let k = 0; k < nRays; k++) {
              const d = Math.floor(planes[k * area + at]! * 1024 + 0.5) / 1024;
              expected.dist[row * nRays + k] = (d > longest ? longest : d > 1e-3 ? d : 1e-3) / scale;
            }
          }
        const at = Int32Array.from([...prob.keys()].filter((i) => prob[i]! > threshold - 0.01));
        const rows = Float32Array.from({ length: at.length * nRays }, (_, j) => {
          return planes[(j % nRays) * area + at[Math.floor(j / nRays)]!]!;
        });
        for (const rays of [{ dist: planes }, { dist: rows, at }]) {
          const found = createCandidates(nRays, 64);
          const whole = { height, width, prob, ms: 0, ...rays };
          expect(gatherCandidates(found, whole, where, threshold, [2, 3], scale, longest)).toBe(nan);
          expect(found).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('quantiseProb', () => {
  it.each([
    [0, 0],
    [1e-6, 1],
    [0.47907, 502341],
    [1 - 1e-7, 2 ** 20],
    [1, 2 ** 20],
  ])('puts %d on %d steps of 2^-20, which float32 holds', (prob, steps) => {
    expect(quantiseProb(prob)).toBe(steps / 2 ** 20);
    expect(Math.fround(quantiseProb(prob))).toBe(quantiseProb(prob));
  });
});

describe('statedProb', () => {
  it('has four digits', () => {
    expect(statedProb(Math.fround(0.47907))).toBe(0.4791);
    expect(statedProb(1)).toBe(1);
  });
});
