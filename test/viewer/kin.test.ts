import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinOf } from '../../viewer/src/data/kin.ts';
import { family } from './family.ts';
import { makeForest } from './forest.ts';

const sorted = (branches: readonly number[]): number[] => [...branches].sort((a, b) => a - b);

describe('kinOf', () => {
  it('goes up, down or both ways from a daughter, and nowhere for the cell alone', () => {
    const { branches } = family();
    expect(kinOf(branches, 2, 'cell')).toEqual([2]);
    expect(sorted(kinOf(branches, 2, 'ancestors'))).toEqual([0, 2]);
    expect(sorted(kinOf(branches, 0, 'descendants'))).toEqual([0, 2, 3]);
    expect(sorted(kinOf(branches, 3, 'lineage'))).toEqual([0, 2, 3]);
    expect(kinOf(branches, 1, 'lineage')).toEqual([1]);
  });

  it('meets nobody twice: ancestors and descendants share the cell alone, and lie in its lineage', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.integer({ min: 1, max: 400 }), fc.nat(9999), (seed, count, at) => {
        const branches = makeForest(count, seed, 40);
        const b = at % count;
        const [up, down, all] = (['ancestors', 'descendants', 'lineage'] as const).map((scope) =>
          kinOf(branches, b, scope),
        );
        for (const one of [up!, down!, all!]) expect(new Set(one).size).toBe(one.length);
        expect(up!.filter((one) => down!.includes(one))).toEqual([b]);
        const whole = new Set(all);
        expect([...up!, ...down!].every((one) => whole.has(one))).toBe(true);
        expect(all!.every((one) => branches.lineage[one] === branches.lineage[b])).toBe(true);
        expect(all!.length).toBe(branches.lineage.filter((l) => l === branches.lineage[b]).length);
      }),
    );
  });
});
