import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROB_STEPS } from '../../src/segment/candidates.ts';
import { byProbDescending } from '../../src/segment/order.ts';

describe('byProbDescending', () => {
  it('puts higher steps of prob first, and of equal ones the larger index', () => {
    const prob = Float32Array.of(0.5, 1, 0, 0.5, 0.5 + 1 / PROB_STEPS);
    const index = Uint32Array.of(7, 0, 2 ** 32 - 1, 2 ** 31, 1);
    expect([...byProbDescending({ count: 5, prob, index })]).toEqual([1, 4, 3, 0, 2]);
  });

  it('looks at the first `count` rows alone', () => {
    const table = { count: 1, prob: Float32Array.of(0.1, 0.9), index: Uint32Array.of(0, 1) };
    expect([...byProbDescending(table)]).toEqual([0]);
    expect([...byProbDescending({ ...table, count: 0 })]).toEqual([]);
  });

  it('agrees with a comparison of pairs', () => {
    const row = fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: PROB_STEPS }), fc.nat(3)),
      fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(5000)),
    );
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ([, index]) => index, maxLength: 60 }), (rows) => {
        const prob = Float32Array.from(rows, ([steps]) => steps / PROB_STEPS);
        const index = Uint32Array.from(rows, ([, at]) => at);
        const expected = [...rows.keys()].sort((a, b) => prob[b]! - prob[a]! || index[b]! - index[a]!);
        expect([...byProbDescending({ count: rows.length, prob, index })]).toEqual(expected);
      }),
    );
  });
});
