import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyRays } from '../../src/segment/copyRays.ts';

/** Plane k holds 100 i + k at position i. */
function planesOf(area: number, nRays: number): Float32Array {
  return Float32Array.from({ length: area * nRays }, (_, j) => 100 * (j % area) + Math.floor(j / area));
}

describe('copyRays', () => {
  it('copies the rays of some positions, whatever their number', () => {
    const cases = fc.record({
      nRays: fc.integer({ min: 1, max: 9 }),
      positions: fc.uniqueArray(fc.nat(199), { maxLength: 40 }),
      first: fc.nat(3),
    });
    fc.assert(
      fc.property(cases, ({ nRays, positions, first }) => {
        const output = { height: 10, width: 20, prob: new Float32Array(200), ms: 0 };
        const rows = new Float32Array(first + positions.length * nRays);
        const dist = planesOf(200, nRays);
        copyRays({ ...output, dist }, nRays, Uint32Array.from(positions), positions.length, rows, first);
        const expected = positions.flatMap((i) => Array.from({ length: nRays }, (_, k) => 100 * i + k));
        expect([...rows]).toEqual([...new Array(first).fill(0), ...expected]);
      }),
    );
  });
});
