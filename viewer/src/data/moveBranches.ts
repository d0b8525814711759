import { fillEnds, rootOf } from './branches.ts';
import { moveRuns, type Run, renumberColumn, resized } from './runs.ts';
import type { Branches, Nodes } from './types.ts';

/** What a change of links did to the numbers of branches. Branches that stay keep their order. */
export interface BranchMove {
  /** Per branch before: its number now, -1 = it is none any more. */
  newOf: Int32Array;
  /** Numbers before of those that are no more, and now of those that were not; rising. */
  gone: readonly number[];
  made: readonly number[];
  /** Branches that stay, in runs: their numbers before and now. */
  stays: readonly Run[];
}

/** Branches next to each other that stay so: their numbers and their rows, before and now. */
interface Stay {
  from: number;
  to: number;
  count: number;
  rowsFrom: number;
  rowsTo: number;
  rows: number;
}

/**
 * Brings the columns of branches up to date, on the memory that they have: branches that stay are moved in runs, and
 * numbers of neighbours follow. Lineages and what follows from the parents are left to `settle`.
 *
 * @param walked rows of every branch that is made
 */
export function moveBranches(
  nodes: Nodes,
  branches: Branches,
  { gone, made, stays }: Omit<BranchMove, 'newOf'>,
  walked: readonly (readonly number[])[],
): void {
  const before = branches.count;
  const count = before - gone.length + made.length;
  const { runs, starts } = runsOf(branches, gone, made, walked, count);
  moveRuns(
    branches.nodes,
    runs.map(({ rowsFrom, rowsTo, rows }) => [rowsFrom, rowsTo, rows]),
  );
  made.forEach((_, k) => {
    branches.nodes.set(walked[k]!, starts[k]!);
  });
  for (const name of ['t0', 't1', 'from', 'parent', 'childA', 'childB', 'lineage', 'generation'] as const) {
    const column = resized(branches[name], Math.max(before, count));
    moveRuns(column, stays);
    branches[name] = resized(column, count);
  }
  moveStarts(branches, runs, made, starts, before, count);
  branches.count = count;
  for (const name of ['parent', 'childA', 'childB'] as const) renumberColumn(branches[name], stays);
  for (const b of made) fillEnds(branches, nodes, b);
  for (const b of made)
    for (const near of [branches.parent[b]!, branches.childA[b]!, branches.childB[b]!])
      if (near >= 0) fillEnds(branches, nodes, near);
}

/** What stays together, and where the rows of the branches that are made begin. */
function runsOf(
  { start, count: before }: Branches,
  gone: readonly number[],
  made: readonly number[],
  walked: readonly (readonly number[])[],
  count: number,
): { runs: Stay[]; starts: number[] } {
  const runs: Stay[] = [];
  const starts: number[] = [];
  let [from, g, at] = [0, 0, 0];
  for (let b = 0; b < count; ) {
    if (made[starts.length] === b) {
      starts.push(at);
      at += walked[starts.length - 1]!.length;
      b++;
      continue;
    }
    while (gone[g] === from) [g, from] = [g + 1, from + 1];
    const n = Math.min((gone[g] ?? before) - from, (made[starts.length] ?? count) - b);
    const rows = start[from + n]! - start[from]!;
    runs.push({ from, to: b, count: n, rowsFrom: start[from]!, rowsTo: at, rows });
    [from, b, at] = [from + n, b + n, at + rows];
  }
  return { runs, starts };
}

/** Where the rows of branches begin. */
function moveStarts(
  branches: Branches,
  runs: readonly Stay[],
  made: readonly number[],
  starts: readonly number[],
  before: number,
  count: number,
): void {
  const start = resized(branches.start, Math.max(before, count) + 1);
  const rows = branches.nodes.length;
  moveRuns(
    start,
    runs.map(({ from, to, count: n }) => [from, to, n]),
  );
  for (const { to, count: n, rowsFrom, rowsTo } of runs)
    if (rowsTo !== rowsFrom) for (let b = to; b < to + n; b++) start[b]! += rowsTo - rowsFrom;
  made.forEach((b, k) => {
    start[b] = starts[k]!;
  });
  branches.start = resized(start, count + 1);
  branches.start[count] = rows;
}

/** Lineage, generation and where marks begin, in the lineages of some rows: parents before their daughters. */
export function settle(nodes: Nodes, branches: Branches, rows: Iterable<number>): void {
  const { parent, childA, childB, t0, t1, from, generation, lineage, start } = branches;
  const roots = new Set<number>();
  for (const row of rows) roots.add(rootOf(branches, nodes.tracklet[row]! - 1));
  const wait = [...roots];
  for (let b = wait.pop(); b !== undefined; b = wait.pop()) {
    const p = parent[b]!;
    lineage[b] = nodes.lineage[branches.nodes[start[b]!]!]!;
    from[b] = p < 0 ? t0[b]! : t1[p]!;
    generation[b] = p < 0 ? 0 : generation[p]! + 1;
    if (childA[b]! >= 0) wait.push(childA[b]!);
    if (childB[b]! >= 0) wait.push(childB[b]!);
  }
}
