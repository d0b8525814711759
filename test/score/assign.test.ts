import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignSparse, type SparseProblem } from '../../src/score/assign.ts';

/** A problem from a dense table in which null is no candidate. */
function toProblem(table: (number | null)[][], nColumns: number, freeCost: number): SparseProblem {
  const start = [0];
  const column: number[] = [];
  const cost: number[] = [];
  for (const row of table) {
    for (const [j, value] of row.entries())
      if (value !== null) {
        column.push(j);
        cost.push(value);
      }
    start.push(column.length);
  }
  return {
    nRows: table.length,
    nColumns,
    start: Int32Array.from(start),
    column: Int32Array.from(column),
    cost: Float64Array.from(cost),
    freeCost,
  };
}

/** The least cost, by trying everything. */
function leastCost(
  table: (number | null)[][],
  freeCost: number,
  row = 0,
  taken: ReadonlySet<number> = new Set(),
): number {
  if (row === table.length) return 0;
  let least = freeCost + leastCost(table, freeCost, row + 1, taken);
  for (const [j, value] of table[row].entries())
    if (value !== null && !taken.has(j))
      least = Math.min(least, value + leastCost(table, freeCost, row + 1, new Set([...taken, j])));
  return least;
}

describe('assignSparse', () => {
  it('gives up the nearest pair where that lets two rows be matched', () => {
    const problem = toProblem(
      [
        [1, 4],
        [2, null],
      ],
      2,
      10,
    );
    expect([...assignSparse(problem)]).toEqual([1, 0]);
  });

  it('leaves a row free where every candidate costs more than that', () => {
    expect([...assignSparse(toProblem([[5], [3]], 1, 4))]).toEqual([-1, 0]);
  });

  it('takes a column at most once and pays the least cost that there is', () => {
    const cell = fc.option(fc.integer({ min: -6, max: 9 }), { nil: null });
    const tables = fc
      .integer({ min: 1, max: 5 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { maxLength: 5 }));
    fc.assert(
      fc.property(tables, fc.integer({ min: 0, max: 12 }), (table, freeCost) => {
        const assigned = [...assignSparse(toProblem(table, 5, freeCost))];
        const taken = assigned.filter((j) => j >= 0);
        expect(new Set(taken).size).toBe(taken.length);
        let cost = 0;
        for (const [i, j] of assigned.entries()) cost += j < 0 ? freeCost : (table[i][j] as number);
        expect(cost).toBe(leastCost(table, freeCost));
      }),
      { numRuns: 500 },
    );
  });
});
