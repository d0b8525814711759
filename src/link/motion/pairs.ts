import { buildGrid, type FrameGrid, findNearestTo, type Points } from '../grid.ts';
import type { RowPairs } from './types.ts';

/**
 * Mutual nearest neighbours of two frames, the first one moved.
 *
 * @param points positions, micrometres
 * @param moved predicted positions of the rows `from` to `to - 1` of the first frame, same row numbers
 * @param next grid of `points` over the second frame
 */
export function mutualNearest(
  points: Points,
  moved: Points,
  [from, to]: readonly [number, number],
  next: FrameGrid,
): RowPairs {
  const back = buildGrid(moved, from, to);
  const pairs: RowPairs = { from: [], to: [] };
  for (let i = from; i < to; i++) {
    const forward = findNearestTo(points, next, [moved.z[i], moved.y[i], moved.x[i]]);
    if (forward.row < 0) continue;
    const { z, y, x } = points;
    if (findNearestTo(moved, back, [z[forward.row], y[forward.row], x[forward.row]]).row !== i) continue;
    pairs.from.push(i);
    pairs.to.push(forward.row);
  }
  return pairs;
}

/** Distances between the moved first and the second of every pair, micrometres. */
export function pairDistances(points: Points, moved: Points, { from, to }: RowPairs): Float64Array {
  return Float64Array.from(from, (i, k) => {
    const j = to[k];
    return Math.hypot(points.z[j] - moved.z[i], points.y[j] - moved.y[i], points.x[j] - moved.x[i]);
  });
}
