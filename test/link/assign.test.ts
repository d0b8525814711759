import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { assign, type SparseCosts } from '../../src/link/assign.ts';

/** Sparse costs of a literal matrix; NaN = no pair. */
function sparse(matrix: readonly (readonly number[])[]): SparseCosts {
  const start = [0];
  const column: number[] = [];
  const cost: number[] = [];
  for (const row of matrix) {
    row.forEach((c, j) => {
      if (Number.isNaN(c)) return;
      column.push(j);
      cost.push(c);
    });
    start.push(column.length);
  }
  return {
    nRows: matrix.length,
    nColumns: matrix[0]?.length ?? 0,
    start: Int32Array.from(start),
    column: Int32Array.from(column),
    cost: Float64Array.from(cost),
  };
}

/** Sum of (cost - reject) over the pairs of a matching. */
function totalOf(
  matrix: readonly (readonly number[])[],
  reject: number,
  columnOf: ArrayLike<number>,
): number {
  let sum = 0;
  for (let i = 0; i < columnOf.length; i++) if (columnOf[i] >= 0) sum += matrix[i][columnOf[i]] - reject;
  return sum;
}

/** Least sum over all partial matchings, by trying every one. */
function bruteForce(matrix: readonly (readonly number[])[], reject: number, i = 0, used = 0): number {
  if (i === matrix.length) return 0;
  let best = bruteForce(matrix, reject, i + 1, used);
  matrix[i].forEach((c, j) => {
    if (Number.isNaN(c) || (used >> j) & 1) return;
    best = Math.min(best, c - reject + bruteForce(matrix, reject, i + 1, used | (1 << j)));
  });
  return best;
}

/** Least cost of a full assignment of the augmented square matrix of Jaqaman et al., by trying every one. */
function bruteAugmented(matrix: readonly (readonly number[])[], alternative: number, fill: number): number {
  const n = matrix.length;
  const m = matrix[0].length;
  const entry = (i: number, j: number): number => {
    if (i < n && j < m) return matrix[i][j];
    if (i < n) return j - m === i ? alternative : Number.NaN;
    if (j < m) return i - n === j ? alternative : Number.NaN;
    return Number.isNaN(matrix[j - m][i - n]) ? Number.NaN : fill;
  };
  const search = (i: number, used: number): number => {
    if (i === n + m) return 0;
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < n + m; j++) {
      const c = entry(i, j);
      if (!Number.isNaN(c) && !((used >> j) & 1)) best = Math.min(best, c + search(i + 1, used | (1 << j)));
    }
    return best;
  };
  return search(0, 0);
}

const matrixOf = (maxRows: number, maxColumns: number): fc.Arbitrary<number[][]> =>
  fc.tuple(fc.integer({ min: 1, max: maxRows }), fc.integer({ min: 1, max: maxColumns })).chain(([n, m]) =>
    fc.array(
      fc.array(
        fc.oneof(
          { weight: 1, arbitrary: fc.constant(Number.NaN) },
          { weight: 2, arbitrary: fc.double({ min: 0, max: 10, noNaN: true }) },
        ),
        {
          minLength: m,
          maxLength: m,
        },
      ),
      { minLength: n, maxLength: n },
    ),
  );

describe('assign', () => {
  it('prefers two fair pairs to one perfect pair', () => {
    const matrix = [
      [0, 1],
      [2, Number.NaN],
    ];
    expect([...assign(sparse(matrix), 5)]).toEqual([1, 0]);
  });

  it('leaves a row alone whose pair costs more than the limit', () => {
    expect([
      ...assign(
        sparse([
          [6, Number.NaN],
          [Number.NaN, 4],
        ]),
        5,
      ),
    ]).toEqual([-1, 1]);
  });

  it('takes a column away again from a row that gains less by it', () => {
    expect([...assign(sparse([[4], [1], [2]]), 5)]).toEqual([-1, 0, -1]);
  });

  it('finds the optimum of every small matrix, each column once', () => {
    fc.assert(
      fc.property(matrixOf(6, 6), fc.double({ min: 0.1, max: 12, noNaN: true }), (matrix, reject) => {
        const columnOf = assign(sparse(matrix), reject);
        expect(totalOf(matrix, reject, columnOf)).toBeCloseTo(bruteForce(matrix, reject), 9);
        const taken = [...columnOf].filter((j) => j >= 0);
        expect(new Set(taken).size).toBe(taken.length);
      }),
      { numRuns: 400 },
    );
  });

  it('equals the full augmented matrix with a constant lower-right block', () => {
    fc.assert(
      fc.property(
        matrixOf(3, 3),
        fc.double({ min: 1, max: 9, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (matrix, alternative, share) => {
          const fill = alternative * share;
          const reject = 2 * alternative - fill;
          const value = totalOf(matrix, reject, assign(sparse(matrix), reject));
          const size = matrix.length + matrix[0].length;
          expect(value + size * alternative).toBeCloseTo(bruteAugmented(matrix, alternative, fill), 9);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('matches a dense optimum that is known by construction at 400 rows', () => {
    // cost = u_i + v_j + slack, slack 0 on a hidden permutation only: that permutation is the one optimum.
    const n = 400;
    const random = createRandom(3);
    const u = Array.from({ length: n }, () => random.uniform());
    const v = Array.from({ length: n }, () => random.uniform());
    const hidden = Array.from({ length: n }, (_, i) => (i * 37 + 11) % n);
    const matrix = u.map((a, i) => v.map((b, j) => a + b + (hidden[i] === j ? 0 : 0.01 + random.uniform())));
    expect([...assign(sparse(matrix), 100)]).toEqual(hidden);
  });

  it('takes an empty matrix', () => {
    expect([...assign(sparse([]), 1)]).toEqual([]);
    expect([...assign(sparse([[Number.NaN]]), 1)]).toEqual([-1]);
  });
});
