import type { Branches } from '../data/types.ts';
import { createLayout, GAP, placeLeaves, type TreeLayout, walkTree } from './leafOrder.ts';
import { copyTrees, treeAt } from './relayout.ts';

/** What a person did to trees in their drawing. Branches are named by their first rows. */
export interface TreeShape {
  /** Founders whose trees come first, and whose trees are left out. */
  pinned: ReadonlySet<number>;
  hidden: ReadonlySet<number>;
  /** Branches whose descendants are drawn as one. */
  closed: ReadonlySet<number>;
}

export const PLAIN: TreeShape = { pinned: new Set(), hidden: new Set(), closed: new Set() };

export const isPlain = ({ pinned, hidden, closed }: TreeShape): boolean =>
  pinned.size + hidden.size + closed.size === 0;

/** The shape with founders hidden of whose lineages nothing is kept. `kept` per branch, 1 = it is. */
export function filterShape(
  shape: TreeShape,
  { order, roots }: TreeLayout,
  { lineage, start, nodes, count }: Branches,
  kept: Uint8Array,
): TreeShape {
  const shown = new Set<number>();
  for (let b = 0; b < count; b++) if (kept[b] === 1) shown.add(lineage[b]!);
  const hidden = new Set(shape.hidden);
  for (const place of roots) {
    const root = order[place]!;
    if (!shown.has(lineage[root]!)) hidden.add(nodes[start[root]!]!);
  }
  return { ...shape, hidden };
}

/** The shape after rows have moved: `newOf[old row]` is the new row, -1 = gone. */
export function moveShape(shape: TreeShape, newOf: Int32Array): TreeShape {
  const move = (rows: ReadonlySet<number>): Set<number> =>
    new Set([...rows].map((row) => newOf[row]!).filter((row) => row >= 0));
  return { pinned: move(shape.pinned), hidden: move(shape.hidden), closed: move(shape.closed) };
}

/** Branches that begin with some rows; rows that begin none any more count for nothing. */
function branchesOf(
  rows: ReadonlySet<number>,
  { start, nodes }: Branches,
  tracklet: Int32Array,
): Set<number> {
  const first = [...rows].filter((row) => nodes[start[tracklet[row]! - 1]!] === row);
  return new Set(first.map((row) => tracklet[row]! - 1));
}

/**
 * A layout as a person shaped it, out of the one of all trees: these are copied in runs, and only trees with something
 * collapsed are laid out. The branches below a collapsed one have its place. Cost O(branches) as copies.
 *
 * @param tracklet of every row, from 1
 */
export function shapeLayout(
  whole: TreeLayout,
  branches: Branches,
  tracklet: Int32Array,
  shape: TreeShape,
): TreeLayout {
  const [pinned, hidden, closed] = [shape.pinned, shape.hidden, shape.closed].map((rows) =>
    branchesOf(rows, branches, tracklet),
  ) as [Set<number>, Set<number>, Set<number>];
  const rootAt = (k: number): number => whole.order[whole.roots[k]!]!;
  const all = Array.from(whole.roots, (_, k) => k);
  const shown = all.filter((k) => !hidden.has(rootAt(k)) || pinned.has(rootAt(k)));
  const order = [
    ...shown.filter((k) => pinned.has(rootAt(k))),
    ...shown.filter((k) => !pinned.has(rootAt(k))),
  ];
  const cut = cutBelow(branches, closed);
  const places = [...closed].map((b) => whole.place[b]!).filter((place) => place >= 0);
  const touched = new Set(places.map((place) => treeAt(whole, place)));
  const out = createLayout(branches, order.length);
  let leaf = 0;
  for (let r = 0; r < order.length; ) {
    if (r > 0) leaf += GAP;
    const tree = order[r]!;
    if (touched.has(tree)) {
      const first = out.count;
      out.roots[r++] = first;
      walkTree(out, cut, rootAt(tree));
      leaf = placeLeaves(out, cut, first, out.count, leaf);
      continue;
    }
    let n = 1;
    while (order[r + n] === tree + n && !touched.has(tree + n)) n++;
    leaf = copyTrees(out, whole, tree, r, n, leaf, null);
    r += n;
  }
  out.width = Math.max(leaf, 1);
  out.closed = foldBelow(out, branches, closed);
  return out;
}

/** The branches without daughters below those that are collapsed. */
function cutBelow(branches: Branches, closed: ReadonlySet<number>): Branches {
  const [childA, childB] = [branches.childA.slice(), branches.childB.slice()];
  for (const b of closed) childA[b] = childB[b] = -1;
  return { ...branches, childA, childB };
}

/** Gives what lies below collapsed branches their places, and these the times of it. Answers how many lie below each. */
function foldBelow(
  { place, tMax }: TreeLayout,
  { childA, childB, parent, t1 }: Branches,
  closed: ReadonlySet<number>,
): Map<number, number> {
  const folded = new Map<number, number>();
  for (const top of closed) {
    const at = place[top]!;
    if (at < 0) continue;
    const below = [top];
    for (let k = 0; k < below.length; k++) {
      const b = below[k]!;
      place[b] = at;
      tMax[at] = Math.max(tMax[at]!, t1[b]!);
      for (const child of [childA[b]!, childB[b]!]) if (child >= 0) below.push(child);
    }
    for (let p = parent[top]!; p >= 0 && place[p]! >= 0; p = parent[p]!)
      tMax[place[p]!] = Math.max(tMax[place[p]!]!, tMax[at]!);
    folded.set(top, below.length - 1);
  }
  return folded;
}
