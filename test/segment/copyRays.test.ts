import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyRays } from '../../src/segment/copyRays.ts';

/** Plane k holds 100 i + k at position i. */
function planesOf(area: number, nRays: number): Float32Array {
  return Float32Array.from({ length: area * nRays }, (_, j) => 100 * (j % area) + Math.floor(j / area));
}

describe('copyRays', () => {
  it('copies the same rays from planes and from rows of some positions', () => {
    const cases = fc.record({
      nRays: fc.integer({ min: 1, max: 9 }),
      positions: fc.uniqueArray(fc.nat(199), { maxLength: 40 }),
      more: fc.uniqueArray(fc.nat(199), { maxLength: 40 }),
      first: fc.nat(3),
    });
    fc.assert(
      fc.property(cases, ({ nRays, positions, more, first }) => {
        const wanted = Uint32Array.from(positions).sort();
        const at = Int32Array.from(new Set([...positions, ...more])).sort();
        const dist = Float32Array.from({ length: at.length * nRays }, (_, j) => {
          return 100 * at[Math.floor(j / nRays)]! + (j % nRays);
        });
        const common = { height: 10, width: 20, prob: new Float32Array(200), ms: 0 };
        const [dense, sparse] = [{ dist: planesOf(200, nRays) }, { dist, at }].map((output) => {
          const rows = new Float32Array(first + wanted.length * nRays);
          copyRays({ ...common, ...output }, nRays, wanted, wanted.length, rows, first);
          return rows;
        });
        expect(sparse).toEqual(dense);
        wanted.forEach((i, row) => {
          expect(dense![first + row * nRays]).toBe(100 * i);
        });
      }),
    );
  });
});
