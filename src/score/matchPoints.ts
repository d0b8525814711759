import { assignSparse } from './assign.ts';
import { type Matching, nodesOfFrame, toMatching } from './match.ts';
import type { Side } from './side.ts';
import type { ScoreOptions } from './types.ts';

/** Distance of two nodes, in the unit of the positions. */
function distance(a: Side, i: number, b: Side, j: number): number {
  return Math.hypot(a.z[i] - b.z[j], a.y[i] - b.y[j], a.x[i] - b.x[j]);
}

/** First position in `rows`, which are sorted by x, whose x is at least `x`. */
function lowerBound(side: Side, rows: Int32Array, x: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (side.x[rows[middle]] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sortedByX(side: Side, rows: Int32Array): Int32Array {
  return rows.slice().sort((a, b) => side.x[a] - side.x[b] || a - b);
}

/** Appends, for every node of `rows` (sorted by x), the distance to its nearest neighbour among them. */
function pushNearest(side: Side, rows: Int32Array, out: number[]): void {
  for (let i = 0; i < rows.length; i++) {
    let nearest = Number.POSITIVE_INFINITY;
    for (const step of [-1, 1])
      for (let j = i + step; j >= 0 && j < rows.length; j += step) {
        if (Math.abs(side.x[rows[j]] - side.x[rows[i]]) >= nearest) break;
        nearest = Math.min(nearest, distance(side, rows[i], side, rows[j]));
      }
    if (nearest < Number.POSITIVE_INFINITY) out.push(nearest);
  }
}

/**
 * Half the median distance of a truth node to its nearest neighbour in the same frame: below it, no point can be
 * nearer to a typical node's neighbour than to the node. Infinity where no frame has two nodes.
 */
export function defaultMatchDistance(truth: Side): number {
  const spacing: number[] = [];
  for (let t = 0; t < truth.nFrames; t++)
    pushNearest(truth, sortedByX(truth, nodesOfFrame(truth, t)), spacing);
  if (spacing.length === 0) return Number.POSITIVE_INFINITY;
  const sorted = Float64Array.from(spacing).sort();
  const middle = sorted.length >> 1;
  return 0.5 * (sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
}

/** Matches the nodes of one frame into `ofTruth`. */
function matchFrame(
  truth: Side,
  rows: Int32Array,
  result: Side,
  others: Int32Array,
  gate: number,
  ofTruth: Int32Array,
): void {
  const start = new Int32Array(rows.length + 1);
  const column: number[] = [];
  const cost: number[] = [];
  for (const [i, node] of rows.entries()) {
    for (let j = lowerBound(result, others, truth.x[node] - gate); j < others.length; j++) {
      if (result.x[others[j]] - truth.x[node] > gate) break;
      const d = distance(truth, node, result, others[j]);
      if (!(d <= gate)) continue;
      column.push(j);
      cost.push(d);
    }
    start[i + 1] = column.length;
  }
  // Leaving a pair unmatched costs the gate, and a hair more, so that a lone pair at the very gate is matched.
  const longest = Number.isFinite(gate) ? gate : cost.reduce((most, d) => most + d, 0);
  const assigned = assignSparse({
    nRows: rows.length,
    nColumns: others.length,
    start,
    column: Int32Array.from(column),
    cost: Float64Array.from(cost),
    freeCost: longest * (1 + 1e-9) || 1,
  });
  for (const [i, node] of rows.entries()) if (assigned[i] >= 0) ofTruth[node] = others[assigned[i]];
}

/**
 * Matches nodes one to one by position, frame by frame, optimally: the sum of distances is least, where a pair left
 * unmatched costs `gate` (as in traccuracy 0.4.3), and without a gate as many as possible are matched.
 *
 * @param gate largest distance of a pair, inclusive, in the unit of the positions
 */
export function matchPoints(truth: Side, result: Side, gate: number, options: ScoreOptions): Matching {
  const ofTruth = new Int32Array(truth.count).fill(-1);
  const nFrames = Math.min(truth.nFrames, result.nFrames);
  for (let t = 0; t < nFrames; t++) {
    options.signal?.throwIfAborted();
    const rows = nodesOfFrame(truth, t);
    const others = sortedByX(result, nodesOfFrame(result, t));
    matchFrame(truth, rows, result, others, gate, ofTruth);
    options.onProgress?.(t + 1, nFrames);
  }
  return toMatching(ofTruth, result.count);
}
