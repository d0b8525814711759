import type { Lineage } from './types.ts';

/** Rows of a node's ancestors, the nearest first; empty for a founder's first node. */
export function findAncestors({ parent }: Lineage, node: number): number[] {
  const out: number[] = [];
  for (let p = parent[node]; p >= 0; p = parent[p]) out.push(p);
  return out;
}

/** Rows of a node's descendants, ascending (so earlier frames first). */
export function findDescendants({ childA, childB }: Lineage, node: number): number[] {
  const out: number[] = [];
  const stack = [node];
  for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
    for (const child of [childA[v], childB[v]]) {
      if (child < 0) continue;
      out.push(child);
      stack.push(child);
    }
  }
  return out.sort((a, b) => a - b);
}

/** Number of the tracklet born in the same division as tracklet number `tracklet`; 0 = none. */
export function findSister({ tracklets }: Lineage, tracklet: number): number {
  const parent = tracklets.parent[tracklet - 1];
  if (parent === 0) return 0;
  const a = tracklets.daughterA[parent - 1];
  return a === tracklet ? tracklets.daughterB[parent - 1] : a;
}

/**
 * Cell cycle of tracklet number `tracklet`: frames from the division that bore it to its own, both counted at the
 * dividing cell's last node; NaN for founders and for cells that do not divide.
 */
export function measureCellCycle({ tracklets, detections }: Lineage, tracklet: number): number {
  const parent = tracklets.parent[tracklet - 1];
  if (parent === 0 || tracklets.daughterA[tracklet - 1] === 0) return Number.NaN;
  const { t } = detections;
  return t[tracklets.lastNode[tracklet - 1]] - t[tracklets.lastNode[parent - 1]];
}

/** Rows of tracklet number `tracklet`, in time order. */
export function trackletNodes({ tracklets, childA }: Lineage, tracklet: number): Int32Array {
  const out = new Int32Array(tracklets.nNodes[tracklet - 1]);
  let node = tracklets.firstNode[tracklet - 1];
  for (let i = 0; i < out.length; i++) {
    out[i] = node;
    node = childA[node];
  }
  return out;
}
