import { describe, expect, it } from 'vitest';
import { gather, takeRows } from '../../src/array/index.ts';

describe('gather', () => {
  it('takes rows of several values, in any order and more than once', () => {
    const taken = gather(Float32Array.from([0, 1, 10, 11, 20, 21]), [2, 0, 2], 2);
    expect(taken).toEqual(Float32Array.from([20, 21, 0, 1, 20, 21]));
  });
});

describe('takeRows', () => {
  const table = {
    count: 3,
    ndim: 2,
    t: Int32Array.from([0, 1, 2]),
    pairs: Float64Array.from([0, 1, 10, 11, 20, 21]),
    none: new Float32Array(0),
  };

  it('takes every column by its own width and keeps the rest', () => {
    expect(takeRows(table, Int32Array.from([2, 1]))).toEqual({
      count: 2,
      ndim: 2,
      t: Int32Array.from([2, 1]),
      pairs: Float64Array.from([20, 21, 10, 11]),
      none: new Float32Array(0),
    });
    expect(table.count).toBe(3);
  });

  it('takes nothing of a table without rows', () => {
    const empty = { count: 0, t: new Int32Array(0) };
    expect(takeRows(empty, [])).toEqual(empty);
  });
});
