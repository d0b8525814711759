import type { GridOutput } from '../model/index.ts';

/**
 * Copies what a network says about some positions of its output into rows of `nRays`.
 *
 * @param output not sparse
 * @param positions in `output.prob`
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
  const { dist, prob } = output;
  const area = prob.length;
  let k = 0;
  for (; k + 3 < nRays; k += 4) copyFour(dist, k * area, area, positions, count, rows, first + k, nRays);
  for (; k < nRays; k++)
    for (let i = 0; i < count; i++) rows[first + i * nRays + k] = dist[k * area + positions[i]!]!;
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
