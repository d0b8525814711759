import type { ReviewItem } from './items.ts';

/** A list of items as columns, in its order: looking through all of them touches no item. */
export interface ItemColumns {
  node: Int32Array;
  /** Probability of being wrong; `IMPOSSIBLE` more where it cannot be so, whatever the linker says. */
  wrong: Float64Array;
}

/** What `ItemColumns.wrong` has more where an item cannot be so. */
export const IMPOSSIBLE = 2;

const known = new WeakMap<readonly ReviewItem[], ItemColumns>();

/** Columns of a list; made once, for lists are never changed. */
export function columnsOf(items: readonly ReviewItem[]): ItemColumns {
  const before = known.get(items);
  if (before !== undefined) return before;
  const made = { node: new Int32Array(items.length), wrong: new Float64Array(items.length) };
  for (let k = 0; k < items.length; k++) write(made, k, items[k]!);
  known.set(items, made);
  return made;
}

function write({ node, wrong }: ItemColumns, k: number, item: ReviewItem): void {
  node[k] = item.node;
  wrong[k] = item.alert ? IMPOSSIBLE + item.wrong : item.wrong;
}

/** How many of the items are wrong, as is to be expected. */
export function expectedErrors(items: readonly ReviewItem[]): number {
  let sum = 0;
  for (const wrong of columnsOf(items).wrong) sum += wrong >= IMPOSSIBLE ? wrong - IMPOSSIBLE : wrong;
  return sum;
}

/** The items of a list at a node. */
export function itemsAt(items: readonly ReviewItem[], node: number): ReviewItem[] {
  const { node: rows } = columnsOf(items);
  const found: ReviewItem[] = [];
  for (let k = rows.indexOf(node); k >= 0; k = rows.indexOf(node, k + 1)) found.push(items[k]!);
  return found;
}

/**
 * A list without some of its items and with others: what lies between them is copied in runs, with its columns.
 *
 * @param gone places in the list, rising
 * @param places per item of `fresh`: the place that it goes before, rising
 */
export function spliceItems(
  list: readonly ReviewItem[],
  gone: readonly number[],
  fresh: readonly ReviewItem[] = [],
  places: readonly number[] = [],
): ReviewItem[] {
  const old = columnsOf(list);
  const count = list.length - gone.length + fresh.length;
  // Joined from slices, which are copied as memory is.
  const parts: (readonly ReviewItem[])[] = [];
  const columns = { node: new Int32Array(count), wrong: new Float64Array(count) };
  let [from, n] = [0, 0];
  const copyTo = (end: number): void => {
    if (end > from) parts.push(list.slice(from, end));
    columns.node.set(old.node.subarray(from, end), n);
    columns.wrong.set(old.wrong.subarray(from, end), n);
    n += end - from;
    from = end;
  };
  for (let g = 0, f = 0; g < gone.length || f < fresh.length; ) {
    if (f < fresh.length && (g === gone.length || places[f]! <= gone[g]!)) {
      copyTo(places[f]!);
      write(columns, n, fresh[f]!);
      n++;
      parts.push([fresh[f++]!]);
    } else {
      copyTo(gone[g++]!);
      from++;
    }
  }
  copyTo(list.length);
  const items = ([] as ReviewItem[]).concat(...parts);
  known.set(items, columns);
  return items;
}
