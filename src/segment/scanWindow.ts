import { copyOut, kernels, put, roomFor } from './compiled.ts';

/**
 * Finds the values over `floor` in a window of a plane.
 *
 * @param first place of the window's first value, and `width` from there to the value below it
 * @param hits overwritten: their places, ascending; room for all values of the window
 * @returns how many there are, and how many values are NaN
 */
export function scanWindow(
  values: Float32Array,
  first: number,
  width: number,
  rows: number,
  columns: number,
  floor: number,
  hits: Uint32Array,
): [number, number] {
  if (!(rows > 0 && columns > 0)) return [0, 0];
  kernels().clear();
  const place = put(values.subarray(first, first + (rows - 1) * width + columns));
  const [places, found] = [roomFor(4 * rows * columns), roomFor(8)];
  kernels().scan(place, width, rows, columns, floor, first, places, found);
  const counts = new Int32Array(2);
  copyOut(found, counts);
  const [n, nan] = counts as unknown as [number, number];
  copyOut(places, hits.subarray(0, n));
  return [n, nan];
}
