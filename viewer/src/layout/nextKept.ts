import type { TreeLayout } from './leafOrder.ts';

type Order = Pick<TreeLayout, 'order' | 'count'>;

/** The last answer for each filter: the view moves more often than the layout. */
const made = new WeakMap<Uint8Array, { layout: Order; next: Int32Array }>();

/**
 * Per place of a layout: the first place at or after it whose branch a filter keeps, `count` = there is none; what
 * stands for many branches has the colour of that one. Cost O(branches), once for a layout and a filter.
 *
 * @param kept per branch: 1 = it passes
 */
export function nextKept(layout: Order, kept: Uint8Array): Int32Array {
  const known = made.get(kept);
  if (known?.layout === layout) return known.next;
  const { order, count } = layout;
  const next = new Int32Array(count);
  for (let i = count - 1, after = count; i >= 0; i--) {
    if (kept[order[i]!] === 1) after = i;
    next[i] = after;
  }
  made.set(kept, { layout, next });
  return next;
}
