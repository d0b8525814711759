import { describe, expect, it } from 'vitest';
import { scanWindow } from '../../src/segment/scanWindow.ts';

describe('scanWindow', () => {
  const { NaN: none } = Number;
  // Three rows of four; the window holds columns 1 and 2 of the last two.
  const values = Float32Array.of(9, 9, 9, 9, 9, 0.5, 0.6, 9, 9, none, 0.7, 9);

  it('finds the places over the floor in a window, and counts what is no number', () => {
    const hits = new Uint32Array(4);
    expect(scanWindow(values, 5, 4, 2, 2, 0.5, hits)).toEqual([2, 1]);
    expect([...hits.subarray(0, 2)]).toEqual([6, 10]);
  });

  it.each([
    ['rows', -1, 2],
    ['columns', 2, -1],
  ])('finds nothing where there are no %s', (_, rows, columns) => {
    expect(scanWindow(values, 5, 4, rows, columns, 0, new Uint32Array(0))).toEqual([0, 0]);
  });
});
