import { emptyBranches, fillEnds, fillHeights, firstNode } from './branches.ts';
import { deriveFromParents } from './derive.ts';
import type { Branches, Nodes } from './types.ts';

/** Numbers of branches, from 0, that some rows and their successors belong to; rising. */
function branchesAround({ tracklet, childA, childB }: Nodes, rows: Iterable<number>): number[] {
  const found = new Set<number>();
  for (const row of rows)
    for (const one of [row, childA[row]!, childB[row]!]) if (one >= 0) found.add(tracklet[one]! - 1);
  return [...found].sort((a, b) => a - b);
}

/**
 * Brings nodes and branches up to date after the predecessors of some rows have changed. Branches far from these rows
 * keep their nodes, in their order, and are copied; the others are walked. Cost O(nodes), a few simple passes.
 *
 * @param rows all rows whose predecessor changed, and their predecessors before and after
 * @returns the new branches, and the number of lineages
 */
export function relink(
  nodes: Nodes,
  old: Branches,
  rows: ReadonlySet<number>,
): { branches: Branches; nLineages: number } {
  const gone = branchesAround(nodes, rows);
  const { nLineages } = deriveFromParents(nodes);
  const made = branchesAround(nodes, rows);
  const walked = new Map(made.map((b) => [b, [] as number[]]));
  for (const row of rowsOfBranches(nodes, rows)) walked.get(nodes.tracklet[row]! - 1)!.push(row);
  const count = old.count - gone.length + made.length;
  const start = new Int32Array(count + 1);
  const all = new Int32Array(nodes.count);
  /** Per old branch: the new one, -1 = it is none any more. */
  const newOf = new Int32Array(old.count).fill(-1);
  let [from, g] = [0, 0];
  for (let b = 0, at = 0; b < count; b++) {
    const own = walked.get(b);
    if (own !== undefined) all.set(own, at);
    else {
      while (g < gone.length && gone[g] === from) [g, from] = [g + 1, from + 1];
      newOf[from] = b;
      for (let k = old.start[from]!, to = at; k < old.start[from + 1]!; k++) all[to++] = old.nodes[k]!;
    }
    at += own?.length ?? old.start[from + 1]! - old.start[from]!;
    if (own === undefined) from++;
    start[b + 1] = at;
  }
  const branches = emptyBranches(start, all);
  copyEnds(branches, old, newOf, nodes);
  for (const b of made) fillEnds(branches, nodes, b);
  fillHeights(branches);
  return { branches, nLineages };
}

/** All rows of the branches that some rows and their successors belong to, rising: walked back to their first, and on from there. */
function rowsOfBranches({ parent, childA, childB, tracklet }: Nodes, rows: Iterable<number>): number[] {
  const seen = new Set<number>();
  const out: number[] = [];
  for (const row of rows) {
    for (const one of [row, childA[row]!, childB[row]!]) {
      if (one < 0 || seen.has(tracklet[one]!)) continue;
      seen.add(tracklet[one]!);
      let node = one;
      while (parent[node]! >= 0 && tracklet[parent[node]!] === tracklet[one]) node = parent[node]!;
      for (; node >= 0 && tracklet[node] === tracklet[one]; node = childB[node]! >= 0 ? -1 : childA[node]!)
        out.push(node);
    }
  }
  return out.sort((a, b) => a - b);
}

/** Columns of the branches that stay; where a neighbour does not stay, what the nodes say. */
function copyEnds(out: Branches, old: Branches, newOf: Int32Array, nodes: Nodes): void {
  const { t0, t1, parent, childA, childB } = old;
  for (let k = 0; k < old.count; k++) {
    const b = newOf[k]!;
    if (b < 0) continue;
    const p = parent[k]! < 0 ? -1 : newOf[parent[k]!]!;
    const a = childA[k]! < 0 ? -1 : newOf[childA[k]!]!;
    const c = childB[k]! < 0 ? -1 : newOf[childB[k]!]!;
    if ((p < 0 && parent[k]! >= 0) || (a < 0 && childA[k]! >= 0) || (c < 0 && childB[k]! >= 0)) {
      fillEnds(out, nodes, b);
      continue;
    }
    out.t0[b] = t0[k]!;
    out.t1[b] = t1[k]!;
    out.parent[b] = p;
    out.childA[b] = a;
    out.childB[b] = c;
    out.lineage[b] = nodes.lineage[firstNode(out, b)]!;
  }
}
