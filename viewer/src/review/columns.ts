import type { ReviewItem } from './items.ts';

/** A list of items as columns, in its order: looking through all of them touches no item. */
export interface ItemColumns {
  node: Int32Array;
  /** Probability of being wrong; 2 = it cannot be so, whatever the linker says. */
  wrong: Float64Array;
}

/** What `ItemColumns.wrong` is where an item cannot be so. */
export const IMPOSSIBLE = 2;

const known = new WeakMap<readonly ReviewItem[], ItemColumns>();

/** Columns of a list; made once, for lists are never changed. */
export function columnsOf(items: readonly ReviewItem[]): ItemColumns {
  const before = known.get(items);
  if (before !== undefined) return before;
  const made = { node: new Int32Array(items.length), wrong: new Float64Array(items.length) };
  for (let k = 0; k < items.length; k++) writeItem(made, k, items[k]!);
  known.set(items, made);
  return made;
}

/** Remembers the columns of a list that was made out of another. */
export function keepColumns(items: readonly ReviewItem[], columns: ItemColumns): void {
  known.set(items, columns);
}

/** Writes an item at its place. */
export function writeItem({ node, wrong }: ItemColumns, k: number, item: ReviewItem): void {
  node[k] = item.node;
  wrong[k] = item.alert ? IMPOSSIBLE + item.wrong : item.wrong;
}
