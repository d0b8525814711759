import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibration } from '../../bench/link.ts';
import { MAPS } from '../../src/link/global/certainty/fitted.ts';
import { divisionProb, loneProb } from '../../src/link/global/certainty/maps.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('divisionProb', () => {
  const long = { life: 0, before: 0, born: 0 };

  it('keeps the order and the range, and is less sure than the model', () => {
    const odds = fc.double({ min: -12, max: 12, noNaN: true });
    fc.assert(
      fc.property(odds, share, (o, faulty) => {
        const p = divisionProb(MAPS.divides, { ...long, odds: o, faulty });
        expect(p).toBeLessThan(divisionProb(MAPS.divides, { ...long, odds: o + 0.1, faulty }));
        expect(p > 0 && p < 1).toBe(true);
      }),
    );
    expect(divisionProb(MAPS.divides, { ...long, odds: 5, faulty: 0 })).toBeLessThan(0.96);
  });

  it('doubts a parent that was not there before', () => {
    const [old, fresh] = [0, Math.log(1 / 16)].map((before) =>
      divisionProb(MAPS.divides, { ...long, odds: 2, faulty: 0.5, before }),
    );
    expect(fresh).toBeLessThan(old - 0.2);
  });
});

describe('loneProb', () => {
  it("is a probability, and grows with the model's own", () => {
    fc.assert(
      fc.property(
        share,
        share,
        fc.record({
          single: fc.constantFrom(0, 1),
          beside: fc.constantFrom(0, 1),
          rare: fc.double({ min: 1, max: 1e5, noNaN: true }),
          wrong: fc.double({ min: -11, max: -1, noNaN: true }),
        }),
        (prob, faulty, rest) => {
          for (const map of [MAPS.begins, MAPS.ends]) {
            const p = loneProb(map, { prob, faulty, ...rest });
            expect(p >= 0 && p <= 1).toBe(true);
            expect(loneProb(map, { prob: prob / 2, faulty, ...rest })).toBeLessThanOrEqual(p);
          }
        },
      ),
    );
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
