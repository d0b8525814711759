import { buildGrid, findNearestFew, type Points } from '../grid.ts';
import { middleOf } from '../median.ts';
import type { RowPairs } from './types.ts';

/** Neighbours whose displacements are asked, and how many must answer. */
const NEIGHBOURS = 12;
const LEAST = 4;

/**
 * Local flow: for each row of a frame the component-wise median of what is left of the displacements of its 12
 * nearest pairs, its own left out, so that the flow says nothing about the cell itself. Rows with fewer than 4 such
 * pairs get 0. Handles rotation, shear and tissue that flows in different directions. O(n log n).
 *
 * @param points positions in both frames, micrometres
 * @param rows the frame, start-inclusive and end-exclusive
 * @param predicted where the map alone expects them; the flow is what it leaves
 * @returns flow along z, y, x for each row of the frame, micrometres
 */
export function localFlow(
  points: Points,
  [from, to]: readonly [number, number],
  predicted: Points,
  pairs: RowPairs,
): [Float64Array, Float64Array, Float64Array] {
  const n = pairs.from.length;
  const anchors: Points = {
    z: Float64Array.from(pairs.from, (row) => points.z[row]),
    y: Float64Array.from(pairs.from, (row) => points.y[row]),
    x: Float64Array.from(pairs.from, (row) => points.x[row]),
  };
  const left = [
    Float64Array.from(pairs.to, (row, k) => points.z[row] - predicted.z[pairs.from[k]]),
    Float64Array.from(pairs.to, (row, k) => points.y[row] - predicted.y[pairs.from[k]]),
    Float64Array.from(pairs.to, (row, k) => points.x[row] - predicted.x[pairs.from[k]]),
  ] as const;
  const grid = buildGrid(anchors, 0, n);
  const flow: [Float64Array, Float64Array, Float64Array] = [
    new Float64Array(to - from),
    new Float64Array(to - from),
    new Float64Array(to - from),
  ];
  const values = new Float64Array(NEIGHBOURS);
  for (let i = from; i < to; i++) {
    const at = [points.z[i], points.y[i], points.x[i]] as const;
    const { rows } = findNearestFew(anchors, grid, at, NEIGHBOURS + 1, Number.POSITIVE_INFINITY);
    const others = rows.filter((k) => pairs.from[k] !== i).slice(0, NEIGHBOURS);
    if (others.length < LEAST) continue;
    for (let a = 0; a < 3; a++) {
      for (let k = 0; k < others.length; k++) values[k] = left[a][others[k]];
      flow[a][i - from] = middleOf(values.subarray(0, others.length));
    }
  }
  return flow;
}
