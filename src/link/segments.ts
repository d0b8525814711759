import type { Detections } from '../segment/types.ts';
import { assign } from './assign.ts';
import { segmentReject, splitCost } from './costs.ts';
import { type FrameGrid, forEachWithin } from './grid.ts';
import type { LapSettings } from './settings.ts';

/** Predecessor of every node (-1 = none) and the cost of that link. */
export interface Predecessors {
  row: Int32Array;
  cost: Float32Array;
}

/** Successor of every node (-1 = none) of an unbranched table of predecessors. */
function successors(parent: Int32Array): Int32Array {
  const child = new Int32Array(parent.length).fill(-1);
  for (let v = 0; v < parent.length; v++) if (parent[v] >= 0) child[parent[v]] = v;
  return child;
}

/**
 * Joins the segments of the frame-to-frame step by one assignment: the start of a segment to an end up to
 * `maxFrameInterval` frames before (a gap), or to a node of the previous frame that goes on (a split). One node has one
 * place for either, so no node gets more than two successors. `first` is not changed.
 */
export function linkSegments(
  detections: Detections,
  grids: readonly FrameGrid[],
  first: Predecessors,
  settings: LapSettings,
): Predecessors {
  const { count, t } = detections;
  const { row: parent } = first;
  const { keepSingles, maxFrameInterval, maxGapDistance, maxSplitDistance, splitFrom } = settings;
  const child = successors(parent);
  const isSingle = (node: number): boolean => parent[node] < 0 && child[node] < 0;
  const starts: number[] = [];
  const start: number[] = [0];
  const column: number[] = [];
  const cost: number[] = [];
  for (let v = 0; v < count; v++) {
    if (parent[v] >= 0 || t[v] === 0 || (!keepSingles && isSingle(v))) continue;
    starts.push(v);
    for (let dt = 1; dt <= maxFrameInterval && dt <= t[v]; dt++) {
      forEachWithin(detections, grids[t[v] - dt], v, maxGapDistance, (u, d2) => {
        if (child[u] >= 0 || (!keepSingles && isSingle(u))) return;
        column.push(u);
        cost.push(d2);
      });
    }
    if (settings.divisions) {
      forEachWithin(detections, grids[t[v] - 1], v, maxSplitDistance, (u, d2) => {
        if (child[u] < 0 || (splitFrom === 'middle' && parent[u] < 0)) return;
        const price = splitCost(detections, u, v, child[u], d2, settings);
        if (price === Number.POSITIVE_INFINITY) return;
        column.push(u);
        cost.push(price);
      });
    }
    start.push(column.length);
  }
  const out = { row: first.row.slice(), cost: first.cost.slice() };
  if (column.length === 0) return out;
  const costs = {
    nRows: starts.length,
    nColumns: count,
    start: Int32Array.from(start),
    column: Int32Array.from(column),
    cost: Float64Array.from(cost),
  };
  const columnOf = assign(costs, segmentReject(costs.cost, settings));
  for (let i = 0; i < starts.length; i++) {
    if (columnOf[i] < 0) continue;
    out.row[starts[i]] = columnOf[i];
    for (let k = start[i]; k < start[i + 1]; k++)
      if (column[k] === columnOf[i]) out.cost[starts[i]] = cost[k];
  }
  return out;
}
