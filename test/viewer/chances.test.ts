import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceText, inPercent, percentText, shareOut } from '../../viewer/src/review/chances.ts';

const total = (values: readonly number[]): number =>
  values.filter((p) => !Number.isNaN(p)).reduce((a, b) => a + b, 0);
/** A probability as linkers give them: any, none, sure ones, and what single precision makes of 1. */
const chance = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0, 1, 1 + 1e-7, 0.005, 0.5, Number.NaN),
);
const place = fc.tuple(chance, fc.array(chance, { maxLength: 4 }));

describe('shareOut', () => {
  it('leaves what is known as it is and gives the rest to everything else', () => {
    const { now, others, rest } = shareOut(0.5, [0.25, Number.NaN, 0.125]);
    expect([now, others, rest]).toEqual([0.5, [0.25, Number.NaN, 0.125], 0.125]);
  });

  it('gives alternatives no more than is left, in their proportions', () => {
    expect(shareOut(0.5, [0.75, 0.25])).toEqual({ now: 0.5, others: [0.375, 0.125], rest: 0 });
  });

  it('knows nothing where the linker says nothing', () => {
    expect(shareOut(Number.NaN, [Number.NaN])).toEqual({
      now: Number.NaN,
      others: [Number.NaN],
      rest: Number.NaN,
    });
  });

  it('sums to 1 whatever was said, keeps the order, and what is now as it is', () => {
    fc.assert(
      fc.property(place, ([now, others]) => {
        const shares = shareOut(now, others);
        if (Number.isNaN(shares.rest)) {
          expect([now, ...others].every(Number.isNaN)).toBe(true);
          return;
        }
        expect(total([shares.now, ...shares.others, shares.rest])).toBeCloseTo(1, 9);
        if (!Number.isNaN(now)) expect(shares.now).toBe(Math.min(1, now));
        for (const [k, p] of others.entries()) {
          expect(Number.isNaN(shares.others[k]!)).toBe(Number.isNaN(p));
          for (const [j, q] of others.entries())
            if (p > q) expect(shares.others[k]).toBeGreaterThanOrEqual(shares.others[j]!);
        }
      }),
    );
  });
});

describe('inPercent', () => {
  it('sums to 100, each within 1 of what it is, and what is now rounded as anywhere', () => {
    fc.assert(
      fc.property(place, ([now, others]) => {
        const shares = shareOut(now, others);
        const shown = inPercent(shares);
        if (Number.isNaN(shares.rest)) {
          expect(shown).toEqual(shares);
          return;
        }
        expect(total([shown.now, ...shown.others, shown.rest])).toBe(100);
        if (!Number.isNaN(now)) expect(shown.now).toBe(Math.round(100 * shares.now));
        for (const [k, p] of [...shares.others, shares.rest].entries()) {
          const whole = [...shown.others, shown.rest][k]!;
          if (Number.isNaN(p)) expect(whole).toBeNaN();
          else {
            expect(Number.isInteger(whole)).toBe(true);
            expect(Math.abs(whole - 100 * p)).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('gives what rounding leaves to the largest remainder', () => {
    expect(inPercent({ now: 0.333, others: [0.333, 0.332], rest: 0.002 })).toEqual({
      now: 33,
      others: [34, 33],
      rest: 0,
    });
  });
});

describe('chanceText', () => {
  it('rounds to whole per cent, but never to none or to all', () => {
    expect([0.774, 0.9999, 1, 0.002, 0].map(chanceText)).toEqual(['77 %', '> 99 %', '100 %', '< 1 %', '0 %']);
  });
});

describe('percentText', () => {
  it('says neither 0 nor 100 % of what is neither', () => {
    expect([percentText(0, 0.004), percentText(100, 0.996), percentText(0, 0), percentText(100, 1)]).toEqual([
      '< 1 %',
      '> 99 %',
      '0 %',
      '100 %',
    ]);
    expect(percentText(Number.NaN, Number.NaN)).toBe('');
  });
});
