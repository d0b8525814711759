import type { Nodes } from './types.ts';

/**
 * Fills everything that follows from `parent`: daughters, tracklets and lineages, numbered as the result's tables
 * number them (tracklets by their first row, lineages by theirs). A third daughter, which exists only while another
 * page's edits are being caught up with, is left out, and told as `crowded`. Rows are in order of time. Cost O(nodes).
 */
export function deriveFromParents(nodes: Nodes): { nLineages: number; crowded: boolean } {
  const { count, parent, childA, childB, tracklet, lineage } = nodes;
  childA.fill(-1);
  childB.fill(-1);
  let crowded = false;
  for (let i = 0; i < count; i++) {
    const p = parent[i]!;
    if (p < 0) continue;
    if (childA[p]! < 0) childA[p] = i;
    else if (childB[p]! < 0) childB[p] = i;
    else crowded = true;
  }
  let [tracklets, lineages] = [0, 0];
  for (let i = 0; i < count; i++) {
    const p = parent[i]!;
    lineage[i] = p < 0 ? ++lineages : lineage[p]!;
    tracklet[i] = p < 0 || childB[p]! >= 0 ? ++tracklets : tracklet[p]!;
  }
  return { nLineages: lineages, crowded };
}
