import type { GridOutput } from '../model/index.ts';

/**
 * Copies what a network says about some positions of its output into rows of `nRays`.
 *
 * @param positions in `output.prob`, ascending; of a sparse output only such that it has rows for
 * @param count how many of them
 * @param rows `[..., nRays]`
 * @param first place in `rows` of the first position's first ray
 */
export function copyRays(
  output: GridOutput,
  nRays: number,
  positions: Uint32Array,
  count: number,
  rows: Float32Array,
  first: number,
): void {
  const { at, dist, prob } = output;
  if (count === 0) return;
  if (at !== undefined) {
    copyRows(dist, at, nRays, positions, count, rows, first);
    return;
  }
  const area = prob.length;
  let k = 0;
  for (; k + 3 < nRays; k += 4) copyFour(dist, k * area, area, positions, count, rows, first + k, nRays);
  for (; k < nRays; k++)
    for (let i = 0; i < count; i++) rows[first + i * nRays + k] = dist[k * area + positions[i]!]!;
}

/** Positions and rows are both in ascending order: one walk finds them all. */
function copyRows(
  dist: Float32Array,
  at: Int32Array,
  nRays: number,
  positions: Uint32Array,
  count: number,
  rows: Float32Array,
  first: number,
): void {
  let row = rowOf(at, positions[0]!);
  for (let i = 0; i < count; i++) {
    const wanted = positions[i]!;
    while (at[row]! < wanted) row++;
    const from = row * nRays;
    const to = first + i * nRays;
    for (let k = 0; k < nRays; k++) rows[to + k] = dist[from + k]!;
  }
}

/** The first row of a position that is not before `position`. */
function rowOf(at: Int32Array, position: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Copies `n` pixels of four planes, so that their reads of memory overlap. Small and free of objects, so that it is
 * compiled early and once.
 *
 * @param first start of the first plane, and `area` the values of each
 * @param to place of the first pixel's first value in `rows`, and `step` from pixel to pixel
 */
function copyFour(
  planes: Float32Array,
  first: number,
  area: number,
  at: Uint32Array,
  n: number,
  rows: Float32Array,
  to: number,
  step: number,
): void {
  for (let i = 0; i < n; i++, to += step) {
    const pixel = first + at[i]!;
    rows[to] = planes[pixel]!;
    rows[to + 1] = planes[pixel + area]!;
    rows[to + 2] = planes[pixel + 2 * area]!;
    rows[to + 3] = planes[pixel + 3 * area]!;
  }
}
