import { resized } from '../../data/runs.ts';
import type { Dataset } from '../../data/types.ts';
import type { TreeAxis } from '../../layout/treeAxis.ts';
import { columnsOf } from '../../review/columns.ts';
import type { ReviewItem } from '../../review/items.ts';
import { frameAt, leafAt, type TreePose } from './view.ts';

/** Marks nearer than this to one that is there already are left out, CSS pixels: the worse one stands for both. */
const APART = 5;
/** Items found at a time. */
const AT_ONCE = 512;

/** Where open items lie in a tree, in the order of the list: found as far as they were asked for. */
export interface Spots {
  axis: TreeAxis;
  open: readonly ReviewItem[];
  found: number;
  /** Leaf and position along the axis; NaN = not in this tree. */
  u: Float64Array;
  v: Float64Array;
}

/** Marks that have a place: in pixels of the panel (x, y, x, y, ...), and their items' places in the list. */
export interface Chosen {
  n: number;
  at: Float32Array;
  item: Int32Array;
}

/** Nothing found yet. @param before not to be used any more: its memory is */
export function createSpots(axis: TreeAxis, open: readonly ReviewItem[], before: Spots | null): Spots {
  const [u, v] = [before?.u, before?.v].map((column) => resized(column ?? new Float64Array(0), open.length));
  return { axis, open, found: 0, u: u!, v: v! };
}

/** Finds some more. Answers how many are found then. */
function findMore({ axis, u, v, ...spots }: Spots, { nodes }: Dataset): number {
  const { place, u: leaves } = axis.layout;
  const { node } = columnsOf(spots.open);
  const end = Math.min(node.length, spots.found + AT_ONCE);
  for (let k = spots.found; k < end; k++) {
    const at = place[nodes.tracklet[node[k]!]! - 1]!;
    u[k] = at < 0 ? Number.NaN : leaves[at]!;
    v[k] = axis.at(node[k]!);
  }
  return end;
}

/**
 * Chooses the first items that lie in view and have a place of their own.
 *
 * @param room half of the size of the largest mark, CSS pixels: so far outside it may still be seen
 */
export function chooseSpots(spots: Spots, data: Dataset, pose: TreePose, room: number, out: Chosen): void {
  const { u, v } = spots;
  const { down, width, height, view, perLeaf, perFrame } = pose;
  const [leaf0, time0] = [leafAt(pose, view.u0), frameAt(pose, view.v0)];
  const [alongLeaf, alongTime] = down ? [width, height] : [height, width];
  const across = Math.ceil((alongLeaf + 2 * room) / APART) + 1;
  const taken = new Uint8Array(across * (Math.ceil((alongTime + 2 * room) / APART) + 1));
  let n = 0;
  for (let k = 0; k < u.length && n < out.item.length; k++) {
    if (k === spots.found) spots.found = findMore(spots, data);
    const leaf = leaf0 + (u[k]! - view.u0) * perLeaf;
    if (!(leaf >= -room && leaf <= alongLeaf + room)) continue;
    const time = time0 + (v[k]! - view.v0) * perFrame;
    if (!(time >= -room && time <= alongTime + room)) continue;
    const cell = Math.floor((leaf + room) / APART) + across * Math.floor((time + room) / APART);
    if (taken[cell] === 1) continue;
    taken[cell] = 1;
    out.at[2 * n] = down ? leaf : time;
    out.at[2 * n + 1] = down ? time : leaf;
    out.item[n++] = k;
  }
  out.n = n;
}
