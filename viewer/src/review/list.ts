import { rootOf } from '../data/branches.ts';
import type { Dataset } from '../data/types.ts';
import { targetsOf, weighedBy } from './alternatives.ts';
import { columnsOf, spliceItems } from './columns.ts';
import { successors } from './events.ts';
import { countDownstream, createFinder, inOrder, type Measure, type ReviewItem } from './items.ts';

/** The items of a lineage that changes. */
export interface ItemList {
  /** All of them, from the start. Cost O(nodes). */
  all(measure: Measure): ReviewItem[];
  /**
   * All of them after links of `rows` have changed and nothing else: the same as from the start, but looked for only
   * where they can be others. Cost O(nodes of these lineages), and O(items) as copies.
   */
  after(rows: Iterable<number>): ReviewItem[];
}

/** An item depends on links this far away by links and alternatives: see `consequences`. */
const HOPS = 4;

/** The list of a dataset. */
export function createItemList(data: Dataset): ItemList {
  let measure: Measure | null = null;
  let list: ReviewItem[] = [];
  let downstream: Float64Array = new Float64Array(0);

  /** The rows and what they are tied to, by links as they are and by the linker's alternatives. */
  function surroundings(rows: Iterable<number>): Set<number> {
    const { certainty } = measure!;
    const weighed = weighedBy(certainty);
    const near = new Set(rows);
    let edge = [...near];
    for (let hop = 0; hop < HOPS; hop++) {
      const next: number[] = [];
      const reach = (node: number): void => {
        if (node < 0 || near.has(node)) return;
        near.add(node);
        next.push(node);
      };
      for (const node of edge) {
        reach(data.nodes.parent[node]!);
        for (const v of successors(data, node)) reach(v);
        for (const k of weighed.into(node)) reach(certainty.source[k]!);
        for (const k of weighed.from(node)) for (const v of targetsOf(certainty, k)) reach(v);
      }
      edge = next;
    }
    return near;
  }

  /** Rows of the lineages of `rows`, rising. */
  function kin(rows: Iterable<number>): { marked: Uint8Array; own: Int32Array } {
    const { nodes, branches, nLineages } = data;
    const marked = new Uint8Array(nLineages + 1);
    const own: number[] = [];
    const wait: number[] = [];
    for (const row of rows) {
      if (marked[nodes.lineage[row]!] === 1) continue;
      marked[nodes.lineage[row]!] = 1;
      wait.push(rootOf(branches, nodes.tracklet[row]! - 1));
    }
    for (let b = wait.pop(); b !== undefined; b = wait.pop()) {
      for (let k = branches.start[b]!; k < branches.start[b + 1]!; k++) own.push(branches.nodes[k]!);
      for (const child of [branches.childA[b]!, branches.childB[b]!]) if (child >= 0) wait.push(child);
    }
    return { marked, own: Int32Array.from(own).sort() };
  }

  return {
    all(next) {
      measure = next;
      downstream = countDownstream(data);
      const find = createFinder(data, measure, downstream);
      const items: ReviewItem[] = [];
      for (let i = 0; i < data.nodes.count; i++) find(i, items);
      items.sort(inOrder);
      list = items;
      return items;
    },
    after(rows) {
      if (measure === null) throw new Error('the list of items was never made');
      const { nodes } = data;
      const touched = [...rows];
      const { marked, own } = kin(touched);
      for (const i of own) downstream[i] = 1;
      for (let k = own.length - 1; k >= 0; k--) {
        const p = nodes.parent[own[k]!]!;
        if (p >= 0) downstream[p]! += downstream[own[k]!]!;
      }
      const near = surroundings(touched);
      const find = createFinder(data, measure, downstream);
      const fresh: ReviewItem[] = [];
      for (const i of own) find(i, fresh);
      const elsewhere = new Set([...near].filter((i) => marked[nodes.lineage[i]!] === 0));
      for (const i of elsewhere) find(i, fresh);
      fresh.sort(inOrder);
      const gone = placesOf(columnsOf(list).node, nodes.count, own, elsewhere);
      const places = fresh.map((item) => placeIn(list, item));
      list = spliceItems(list, gone, fresh, places);
      return list;
    },
  };
}

/** Where a column holds one of these rows. */
function placesOf(column: Int32Array, count: number, ...rows: readonly Iterable<number>[]): number[] {
  // A bit a row: a column of bytes would not fit the processor's cache.
  const bits = new Uint8Array((count >> 3) + 1);
  for (const some of rows) for (const row of some) bits[row >> 3]! |= 1 << (row & 7);
  const places: number[] = [];
  for (let k = 0; k < column.length; k++) {
    const row = column[k]!;
    if (((bits[row >> 3]! >> (row & 7)) & 1) === 1) places.push(k);
  }
  return places;
}

/** The first place of a sorted list whose item comes after this one. */
function placeIn(items: readonly ReviewItem[], item: ReviewItem): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (inOrder(items[mid]!, item) <= 0) low = mid + 1;
    else high = mid;
  }
  return low;
}
