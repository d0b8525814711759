import type { Branches, Nodes } from './types.ts';

/** Tracklets of a table of nodes, as the columns that layout and views read. Cost O(nodes). */
export function buildBranches(nodes: Nodes): Branches {
  const { start, rows } = sortRows(nodes);
  const branches = emptyBranches(start, rows);
  for (let b = 0; b < branches.count; b++) fillEnds(branches, nodes, b);
  fillHeights(branches);
  return branches;
}

/** Branches with their rows and nothing else yet. */
function emptyBranches(start: Int32Array, rows: Int32Array): Branches {
  const count = start.length - 1;
  const column = (): Int32Array => new Int32Array(count);
  return {
    count,
    start,
    nodes: rows,
    t0: column(),
    t1: column(),
    from: column(),
    parent: column(),
    childA: column(),
    childB: column(),
    lineage: column(),
    generation: column(),
  };
}

/** Rows by tracklet, in time; and where each tracklet's begin. */
function sortRows({ count, tracklet }: Nodes): { start: Int32Array; rows: Int32Array } {
  let most = 0;
  for (let i = 0; i < count; i++) if (tracklet[i]! > most) most = tracklet[i]!;
  const start = new Int32Array(most + 1);
  for (let i = 0; i < count; i++) start[tracklet[i]!]!++;
  for (let b = 0; b < most; b++) start[b + 1]! += start[b]!;
  const rows = new Int32Array(count);
  const next = start.slice(0, most);
  for (let i = 0; i < count; i++) rows[next[tracklet[i]! - 1]!++] = i;
  return { start, rows };
}

/** What a branch's first and last node say. */
export function fillEnds(out: Branches, nodes: Nodes, b: number): void {
  const first = out.nodes[out.start[b]!]!;
  const last = out.nodes[out.start[b + 1]! - 1]!;
  // No closure and no helper arrays: this runs for every branch.
  const before = nodes.parent[first]!;
  const left = nodes.childA[last]!;
  const right = nodes.childB[last]!;
  out.t0[b] = nodes.t[first]!;
  out.t1[b] = nodes.t[last]!;
  out.lineage[b] = nodes.lineage[first]!;
  out.parent[b] = before < 0 ? -1 : nodes.tracklet[before]! - 1;
  out.childA[b] = left < 0 ? -1 : nodes.tracklet[left]! - 1;
  out.childB[b] = right < 0 ? -1 : nodes.tracklet[right]! - 1;
}

/** What follows from the parents: where marks begin, and generations. */
function fillHeights(branches: Branches): void {
  const { count, parent, t0, t1, from, generation } = branches;
  const order = byStart(branches);
  for (let k = 0; k < count; k++) {
    const b = order === null ? k : order[k]!;
    const p = parent[b]!;
    from[b] = p < 0 ? t0[b]! : t1[p]!;
    generation[b] = p < 0 ? 0 : generation[p]! + 1;
  }
}

/** Branches by first frame, so that parents come before their daughters; null = they are in that order. */
function byStart({ count, t0 }: Branches): Int32Array | null {
  let sorted = true;
  for (let b = 1; b < count && sorted; b++) sorted = t0[b]! >= t0[b - 1]!;
  return sorted ? null : Int32Array.from(t0.keys()).sort((a, b) => t0[a]! - t0[b]! || a - b);
}

/** First node of a branch. */
export const firstNode = (branches: Branches, b: number): number => branches.nodes[branches.start[b]!]!;

/** Last node of a branch. */
export const lastNode = (branches: Branches, b: number): number =>
  branches.nodes[branches.start[b + 1]! - 1]!;

/** Node of branch `b` in frame `t`; where it has none, the latest before, or -1 outside the branch's life. */
export function nodeAt(branches: Branches, nodes: Nodes, b: number, t: number): number {
  if (b < 0 || t < branches.t0[b]! || t > branches.t1[b]!) return -1;
  let [low, high] = [branches.start[b]!, branches.start[b + 1]! - 1];
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (nodes.t[branches.nodes[mid]!]! <= t) low = mid;
    else high = mid - 1;
  }
  return branches.nodes[low]!;
}

/** Founder of the branch's lineage. */
export function rootOf(branches: Branches, b: number): number {
  let root = b;
  while (branches.parent[root]! >= 0) root = branches.parent[root]!;
  return root;
}

/** Founders, in order of their number. */
export function rootsOf(branches: Branches): Int32Array {
  const { count, parent } = branches;
  const roots = new Int32Array(count);
  let n = 0;
  for (let b = 0; b < count; b++) if (parent[b]! < 0) roots[n++] = b;
  return roots.slice(0, n);
}

/** The other daughter of the branch's parent, or -1. */
export function sisterOf(branches: Branches, b: number): number {
  const p = branches.parent[b]!;
  if (p < 0) return -1;
  const { childA, childB } = branches;
  return childA[p] === b ? childB[p]! : childA[p]!;
}
