import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeepRule } from '../../src/model/index.ts';
import { type KeepOptions, likelyReal, type Outlined } from '../../src/segment/keep.ts';

const N_RAYS = 32;
/** Area of the polygon of `N_RAYS` sides in the circle of radius 1. */
const UNIT = (N_RAYS / 2) * Math.sin((2 * Math.PI) / N_RAYS);
const rule: KeepRule = { prob: 2, area: 0.5, border: -0.5, offset: -3 };

interface Disc {
  prob: number;
  y: number;
  x: number;
  radius: number;
}

function outlined(discs: readonly Disc[]): Outlined {
  return {
    prob: discs.map((d) => d.prob),
    y: discs.map((d) => d.y),
    x: discs.map((d) => d.x),
    dist: Float32Array.from(
      { length: discs.length * N_RAYS },
      (_, i) => discs[Math.floor(i / N_RAYS)]!.radius,
    ),
    nRays: N_RAYS,
  };
}

const frame = (changes: Partial<KeepOptions> = {}): KeepOptions => ({
  rule,
  height: 101,
  width: 201,
  scale: 1,
  prob: 0.5,
  usual: 0.5,
  ...changes,
});

const kept = (discs: readonly Disc[], changes: Partial<KeepOptions> = {}): number[] => [
  ...likelyReal(outlined(discs), frame(changes)),
];

/** The prob at which the log odds of a disc are 0, by the formula of `KeepRule`. */
function needed({ y, x, radius }: Omit<Disc, 'prob'>, { height, width }: KeepOptions): number {
  const area = UNIT * radius ** 2;
  const far = Math.min(y, x, height - 1 - y, width - 1 - x) / (radius * Math.sqrt(UNIT / Math.PI));
  const odds = rule.area * Math.min(7, Math.log(area)) + rule.border * Math.min(1.5, far) + rule.offset;
  return 1 / (1 + Math.exp(odds / rule.prob));
}

describe('objects that are likely real', () => {
  it('need the prob that size and distance from the border ask for', () => {
    // ln(3.1214 * 16) / 2 = 1.9555; - 0.75 - 3: log odds of prob over 0.8972, prob over 0.7104
    const small = { y: 50, x: 100, radius: 4 };
    expect(kept([{ ...small, prob: 0.71 }])).toEqual([]);
    expect(kept([{ ...small, prob: 0.711 }])).toEqual([0]);
    // ln capped at 7, 1.5 radii: 3.5 - 0.75 - 3: over 0.125, prob over 0.5312
    const large = { y: 50, x: 100, radius: 30 };
    expect(kept([{ ...large, prob: 0.531 }])).toEqual([]);
    expect(kept([{ ...large, prob: 0.532 }])).toEqual([0]);
    // on the border: 1.9555 - 3: over 0.5222, prob over 0.6277
    for (const at of [
      { y: 0, x: 100 },
      { y: 100, x: 100 },
      { y: 50, x: 0 },
      { y: 50, x: 200 },
    ]) {
      expect(kept([{ ...at, radius: 4, prob: 0.627 }])).toEqual([]);
      expect(kept([{ ...at, radius: 4, prob: 0.628 }])).toEqual([0]);
    }
  });

  it('follow the formula for discs of any size, place and prob, in their order', () => {
    const disc = fc.record({
      prob: fc.double({ min: 0.01, max: 1, noNaN: true }),
      y: fc.integer({ min: 0, max: 100 }),
      x: fc.integer({ min: 0, max: 200 }),
      radius: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(disc, { maxLength: 20 }), (discs) => {
        const apart = discs.filter((d) => Math.abs(d.prob - needed(d, frame())) > 1e-9);
        const real = apart.flatMap((d, i) => (d.prob > needed(d, frame()) ? [i] : []));
        expect(kept(apart)).toEqual(real);
      }),
    );
  });

  it('are those of the pixels that the network sees', () => {
    const disc = { y: 50, x: 100, radius: 4, prob: 0.7 };
    expect(kept([disc])).toEqual([]);
    expect(kept([disc], { scale: 2 })).toEqual([0]);
    expect(kept([{ ...disc, prob: 0.75 }], { scale: 0.5 })).toEqual([]);
  });

  it('are more or fewer as another prob threshold is asked for', () => {
    const disc = { y: 50, x: 100, radius: 4 };
    const of = (p: number): number => Math.log(p / (1 - p));
    for (const prob of [0.2, 0.4, 0.6, 0.9]) {
      const least = 1 / (1 + Math.exp(-(of(needed(disc, frame())) + of(prob))));
      expect(kept([{ ...disc, prob: least - 1e-6 }], { prob })).toEqual([]);
      expect(kept([{ ...disc, prob: least + 1e-6 }], { prob })).toEqual([0]);
    }
    expect(kept([{ ...disc, prob: 0.711 }], { prob: 0.7, usual: 0.7 })).toEqual([0]);
  });

  it('have finite odds where prob is 1', () => {
    expect(kept([{ y: 50, x: 100, radius: 1, prob: 1 }])).toEqual([0]);
    expect(kept([{ y: 50, x: 100, radius: 1, prob: 1 }], { rule: { ...rule, offset: -1e3 } })).toEqual([]);
  });
});
