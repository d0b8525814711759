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
  /** How often some were chosen, and the items by leaf: made when they are needed. */
  looks: number;
  bins: Bins | null;
}

/**
 * Items in bins along the leaves: those of bin `b` are `items[start[b]]` to `items[start[b + 1] - 1]`, and lie where `u` and
 * `v` have them, in the same order: reading these one after another is some times faster than by way of the items.
 */
interface Bins {
  perLeaf: number;
  start: Int32Array;
  items: Int32Array;
  u: Float64Array;
  v: Float64Array;
}

/** Bins at most, and items in a bin that are sought for. */
const [MOST_BINS, IN_BIN] = [8192, 32];

/** Marks that have a place: in pixels of the panel (x, y, x, y, ...), and their items' places in the list. */
export interface Chosen {
  n: number;
  at: Float32Array;
  item: Int32Array;
}

/** Nothing found yet. @param before not to be used any more: its memory is */
export function createSpots(axis: TreeAxis, open: readonly ReviewItem[], before: Spots | null): Spots {
  const [u, v] = [before?.u, before?.v].map((column) => resized(column ?? new Float64Array(0), open.length));
  return { axis, open, found: 0, u: u!, v: v!, looks: 0, bins: null };
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

/** Puts all items into bins, each in the order of the list. */
function binSpots({ axis, u, v }: Spots): Bins {
  const { width } = axis.layout;
  const count = Math.max(1, Math.min(MOST_BINS, Math.ceil(u.length / IN_BIN)));
  const bins = {
    perLeaf: count / (width + 1),
    start: new Int32Array(count + 1),
    items: new Int32Array(u.length),
    u: new Float64Array(u.length),
    v: new Float64Array(u.length),
  };
  const { start, items, perLeaf } = bins;
  const next = new Int32Array(count);
  const at = (k: number): number => Math.max(0, Math.min(count - 1, Math.floor((u[k]! + 0.5) * perLeaf)));
  for (let k = 0; k < u.length; k++) if (u[k]! >= 0) start[at(k) + 1]!++;
  for (let b = 0; b < count; b++) {
    next[b] = start[b]!;
    start[b + 1]! += start[b]!;
  }
  for (let k = 0; k < u.length; k++) {
    if (!(u[k]! >= 0)) continue;
    const i = next[at(k)]!++;
    items[i] = k;
    bins.u[i] = u[k]!;
    bins.v[i] = v[k]!;
  }
  return bins;
}

/**
 * Chooses the first items that lie in view and have a place of their own. The first time it looks through the list, as far
 * as it must; then, where it would have to look at more items than the leaves in view have, at these alone.
 *
 * @param room half of the size of the largest mark, CSS pixels: so far outside it may still be seen
 */
export function chooseSpots(spots: Spots, data: Dataset, pose: TreePose, room: number, out: Chosen): void {
  const { u, v } = spots;
  const { down, width, height, view, perLeaf, perFrame } = pose;
  const [leaf0, time0] = [leafAt(pose, view.u0), frameAt(pose, view.v0)];
  const [alongLeaf, alongTime] = down ? [width, height] : [height, width];
  const across = Math.ceil((alongLeaf + 2 * room) / APART) + 1;
  const cells = across * (Math.ceil((alongTime + 2 * room) / APART) + 1);
  /** Place in the grid of marks of an item that lies at a leaf and a time, -1 = out of view. */
  const cellOf = (atLeaf: number, atTime: number): number => {
    const leaf = leaf0 + (atLeaf - view.u0) * perLeaf;
    if (!(leaf >= -room && leaf <= alongLeaf + room)) return -1;
    const time = time0 + (atTime - view.v0) * perFrame;
    if (!(time >= -room && time <= alongTime + room)) return -1;
    return Math.floor((leaf + room) / APART) + across * Math.floor((time + room) / APART);
  };
  // A leaf more on both sides: bins know nothing of rounding.
  const from = view.u0 - (room + leaf0) / perLeaf - 1;
  const to = view.u0 + (alongLeaf + room - leaf0) / perLeaf + 1;
  const part = Math.min(1, (to - from) / (spots.axis.layout.width + 1));
  const most = spots.looks++ === 0 ? u.length : Math.ceil(part * u.length);
  out.n = firstInList(spots, data, most, cells, cellOf, out.item);
  if (out.n < 0) out.n = firstInBins(spots, data, from, to, cells, cellOf, out.item);
  for (let n = 0; n < out.n; n++) {
    const k = out.item[n]!;
    const [leaf, time] = [leaf0 + (u[k]! - view.u0) * perLeaf, time0 + (v[k]! - view.v0) * perFrame];
    out.at[2 * n] = down ? leaf : time;
    out.at[2 * n + 1] = down ? time : leaf;
  }
}

/** Goes through the list until there are enough. Answers how many there are, -1 = not known after looking at `most`. */
function firstInList(
  spots: Spots,
  data: Dataset,
  most: number,
  cells: number,
  cellOf: (u: number, v: number) => number,
  out: Int32Array,
): number {
  const { u, v } = spots;
  const taken = new Uint8Array(cells);
  let n = 0;
  for (let k = 0; k < most && n < out.length; k++) {
    if (k === spots.found) spots.found = findMore(spots, data);
    const cell = cellOf(u[k]!, v[k]!);
    if (cell < 0 || taken[cell] === 1) continue;
    taken[cell] = 1;
    out[n++] = k;
  }
  return n === out.length || most === u.length ? n : -1;
}

/** The same by way of the bins between two leaves: the first item of every cell, and the first of these. */
function firstInBins(
  spots: Spots,
  data: Dataset,
  from: number,
  to: number,
  cells: number,
  cellOf: (u: number, v: number) => number,
  out: Int32Array,
): number {
  while (spots.found < spots.u.length) spots.found = findMore(spots, data);
  spots.bins ??= binSpots(spots);
  const { perLeaf, start, items, u, v } = spots.bins;
  const last = start.length - 2;
  const binAt = (leaf: number): number => Math.max(0, Math.min(last, Math.floor((leaf + 0.5) * perLeaf)));
  const first = new Int32Array(cells);
  let n = 0;
  const end = start[binAt(to) + 1]!;
  for (let i = start[binAt(from)]!; i < end; i++) {
    const cell = cellOf(u[i]!, v[i]!);
    if (cell < 0) continue;
    // From 1: 0 is a cell without an item.
    if (first[cell] === 0) n++;
    if (first[cell] === 0 || items[i]! < first[cell]! - 1) first[cell] = items[i]! + 1;
  }
  const chosen = new Int32Array(n);
  for (let cell = 0, m = 0; m < n; cell++) if (first[cell]! > 0) chosen[m++] = first[cell]! - 1;
  const found = chosen.sort().subarray(0, out.length);
  out.set(found);
  return found.length;
}
