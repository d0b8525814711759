import type { Branches, Nodes } from './types.ts';

/** Tracklets of a table of nodes, as the columns that layout and views read. Cost O(nodes). */
export function buildBranches(nodes: Nodes): Branches {
  let count = 0;
  for (let i = 0; i < nodes.count; i++) if (nodes.tracklet[i]! > count) count = nodes.tracklet[i]!;
  const start = new Int32Array(count + 1);
  for (let i = 0; i < nodes.count; i++) start[nodes.tracklet[i]!]!++;
  for (let b = 0; b < count; b++) start[b + 1]! += start[b]!;
  const rows = new Int32Array(nodes.count);
  const next = start.slice(0, count);
  for (let i = 0; i < nodes.count; i++) rows[next[nodes.tracklet[i]! - 1]!++] = i;

  const column = (): Int32Array => new Int32Array(count).fill(-1);
  const branches: Branches = {
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
    generation: new Int32Array(count),
  };
  for (let b = 0; b < count; b++) fillBranch(branches, nodes, b);
  for (const b of byStart(branches)) {
    const p = branches.parent[b]!;
    branches.from[b] = p < 0 ? branches.t0[b]! : branches.t1[p]!;
    branches.generation[b] = p < 0 ? 0 : branches.generation[p]! + 1;
  }
  return branches;
}

function fillBranch(out: Branches, nodes: Nodes, b: number): void {
  const first = out.nodes[out.start[b]!]!;
  const last = out.nodes[out.start[b + 1]! - 1]!;
  out.t0[b] = nodes.t[first]!;
  out.t1[b] = nodes.t[last]!;
  out.lineage[b] = nodes.lineage[first]!;
  const parent = nodes.parent[first]!;
  if (parent >= 0) out.parent[b] = nodes.tracklet[parent]! - 1;
  const [a, c] = [nodes.childA[last]!, nodes.childB[last]!];
  if (a >= 0) out.childA[b] = nodes.tracklet[a]! - 1;
  if (c >= 0) out.childB[b] = nodes.tracklet[c]! - 1;
}

/** Branches by first frame, so that parents come before their daughters. */
function byStart({ count, t0 }: Branches): Int32Array {
  const order = new Int32Array(count);
  let sorted = true;
  for (let b = 0; b < count; b++) order[b] = b;
  for (let b = 1; b < count && sorted; b++) sorted = t0[b]! >= t0[b - 1]!;
  return sorted ? order : order.sort((a, b) => t0[a]! - t0[b]! || a - b);
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
