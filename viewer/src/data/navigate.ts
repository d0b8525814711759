import type { TreeLayout } from '../layout/leafOrder.ts';
import { firstNode, lastNode, nodeAt } from './branches.ts';
import { worldZ } from './space.ts';
import type { Dataset } from './types.ts';

/** Branch of a node. */
export const branchOf = (data: Dataset, node: number): number =>
  node < 0 ? -1 : data.nodes.tracklet[node]! - 1;

/** Predecessor (`step` -1) or successor (+1; daughter A at a division), or the node itself where there is none. */
export function alongLineage(data: Dataset, node: number, step: -1 | 1): number {
  const next = step < 0 ? data.nodes.parent[node]! : data.nodes.childA[node]!;
  return next >= 0 ? next : node;
}

/** Division before or after a node on its lineage (through daughter A), or -1. */
export function divisionAlong(data: Dataset, node: number, step: -1 | 1): number {
  const { parent, childA, childB } = data.nodes;
  let at = step < 0 ? parent[node]! : childA[node]!;
  while (at >= 0 && childB[at]! < 0) at = step < 0 ? parent[at]! : childA[at]!;
  return at;
}

/** Node alive in the same frame on the next branch to the left or right in the tree (a sister first), or -1. */
export function besideInTree(data: Dataset, layout: TreeLayout, node: number, step: -1 | 1): number {
  const t = data.nodes.t[node]!;
  const from = layout.place[branchOf(data, node)]!;
  if (from < 0) return -1;
  for (let i = from + step; i >= 0 && i < layout.count; i += step) {
    const other = nodeAt(data.branches, data.nodes, layout.order[i]!, t);
    if (other >= 0) return other;
  }
  return -1;
}

/**
 * The division after (or before) `node` in order of time, going round at the ends; -1 without divisions.
 *
 * @param fits which divisions count
 */
export function divisionInTime(
  data: Dataset,
  node: number,
  step: -1 | 1,
  fits: (division: number) => boolean = () => true,
): number {
  const divisions = data.divisions.filter(fits);
  if (divisions.length === 0) return -1;
  let low = 0;
  let high = divisions.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (divisions[mid]! < node) low = mid + 1;
    else high = mid;
  }
  const here = divisions[low] === node;
  const k = step < 0 ? low - 1 : here ? low + 1 : low;
  return divisions[(k + divisions.length) % divisions.length]!;
}

/** The division that a cell ends or began with, whichever is nearer in time to the node; -1 = neither. */
export function divisionNear(data: Dataset, node: number): number {
  const { branches, nodes } = data;
  const b = branchOf(data, node);
  const last = lastNode(branches, b);
  const ends = nodes.childB[last]! >= 0 ? last : -1;
  const began = nodes.parent[firstNode(branches, b)]!;
  const born = began >= 0 && nodes.childB[began]! >= 0 ? began : -1;
  if (ends < 0 || born < 0) return Math.max(ends, born);
  return nodes.t[ends]! - nodes.t[node]! <= nodes.t[node]! - nodes.t[born]! ? ends : born;
}

/**
 * What is worth showing first: a division near the middle of the movie and of the picture, not at the border; without
 * divisions a cell there; -1 without cells.
 */
export function firstLook(data: Dataset): number {
  const { nodes, nFrames, space, frameStart } = data;
  const middle = Math.floor((nFrames - 1) / 2);
  const cells = (): Int32Array =>
    Int32Array.from(
      { length: frameStart[middle + 1]! - frameStart[middle]! },
      (_, k) => frameStart[middle]! + k,
    );
  const pixels = data.info.run.movie.shape[0] > 0;
  const divisions = data.divisions.length > 0 ? data.divisions : cells();
  let best = -1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const node of divisions) {
    const away = Math.abs(nodes.t[node]! / Math.max(nFrames - 1, 1) - 0.55);
    const x = (nodes.x[node]! * space.scale[0] + space.offset[0]) / space.width - 0.5;
    const y = (nodes.y[node]! * space.scale[1] + space.offset[1]) / space.height - 0.5;
    // Of points without pixels, near cells hide far ones.
    const z = space.depth > 1 ? worldZ(space, nodes, node) / space.depth - (pixels ? 0.5 : 0) : 0;
    const cost = away + 0.5 * Math.hypot(x, y, z) + (nodes.border[node] === 1 ? 1 : 0);
    if (cost < bestCost) [best, bestCost] = [node, cost];
  }
  return best;
}
