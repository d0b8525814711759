import { describe, expect, it } from 'vitest';
import { copyOut, kernels, put, roomFor } from '../../src/segment/compiled.ts';

const { NaN: none } = Number;
// Three rows of four; the window holds columns 1 and 2 of the last two.
const values = Float32Array.of(9, 9, 9, 9, 9, 0.5, 0.6, 9, 9, none, 0.7, 9);

/** Places over the floor in the window from place 5 on, and how many of its values are NaN. */
function scan(rows: number, columns: number, floor: number): [number[], number] {
  kernels().clear();
  const [hits, found] = [roomFor(64), roomFor(8)];
  kernels().scan(put(values) + 4 * 5, 4, rows, columns, floor, 5, hits, found);
  const [counts, places] = [new Int32Array(2), new Uint32Array(16)];
  copyOut(found, counts);
  copyOut(hits, places);
  return [[...places.subarray(0, counts[0])], counts[1]!];
}

describe('scan', () => {
  it('finds the places over the floor in a window, and counts what is no number', () => {
    expect(scan(2, 2, 0.5)).toEqual([[6, 10], 1]);
  });

  it.each([
    ['rows', 0, 2],
    ['columns', 2, 0],
  ])('finds nothing where there are no %s', (_, rows, columns) => {
    expect(scan(rows, columns, 0)).toEqual([[], 0]);
  });
});
