import { effect, untracked } from '@preact/signals-core';
import type { App } from '../../app.ts';
import { firstNode, rootOf } from '../../data/branches.ts';
import { PLAIN, type TreeShape } from '../../layout/shape.ts';
import type { TreeSort } from '../../layout/sortTrees.ts';
import type { Review } from '../../review/review.ts';

/** How wrong the worst open place of each lineage is. */
export function doubtByLineage({ data: { nodes } }: App, review: Review): Map<number, number> {
  const doubt = new Map<number, number>();
  for (const item of review.open.peek()) {
    const lineage = nodes.lineage[item.node]!;
    doubt.set(lineage, Math.max(doubt.get(lineage) ?? 0, item.alert ? 1 : item.wrong));
  }
  return doubt;
}

/** Puts the trees into the order that the store names; what a link asks for waits for the doubts and for names. */
export function keepSorted(app: App, review: Review): void {
  let done: TreeSort = 'size';
  effect(() => {
    const by = app.state.treeSort.value;
    if (by === done || app.certainty.value === null || review.log.standing.value.kind === 'sending') return;
    done = by;
    untracked(() => app.sortTrees(by, doubtByLineage(app, review)));
  });
}

/** A set without a row that it has, or with one that it has not. */
const turned = (rows: ReadonlySet<number>, row: number): Set<number> => {
  const next = new Set(rows);
  if (!next.delete(row)) next.add(row);
  return next;
};

function turn(app: App, what: keyof TreeShape, branch: number): void {
  const shape = app.state.treeShape.peek();
  const row = firstNode(app.data.branches, branch);
  app.state.treeShape.value = { ...shape, [what]: turned(shape[what], row) };
}

/** Draws what lies below a branch as one mark, or all of it again; of a branch without daughters, its parent. */
export function collapse(app: App, branch: number): void {
  if (branch < 0) return;
  const { childA, parent } = app.data.branches;
  const b = childA[branch]! >= 0 ? branch : parent[branch]!;
  if (b >= 0) turn(app, 'closed', b);
}

/** Puts the tree of a branch before all others, or back. */
export function pinTree(app: App, branch: number): void {
  if (branch >= 0) turn(app, 'pinned', rootOf(app.data.branches, branch));
}

/** Leaves the tree of a branch out of the drawing. */
export function hideTree(app: App, branch: number): void {
  if (branch >= 0) turn(app, 'hidden', rootOf(app.data.branches, branch));
}

/** Shows every tree, whole and in its place. */
export function showAll(app: App): void {
  app.state.treeShape.value = PLAIN;
}
