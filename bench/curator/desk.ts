import { decodeColumns } from '../../src/codec/columns.ts';
import type { Command, ReviewState } from '../../src/lineage/types.ts';
import { openSource } from '../../src/serve/source.ts';
import { type Certainty, toCertainty } from '../../viewer/src/data/certainty.ts';
import { buildDataset, refreshLinks } from '../../viewer/src/data/dataset.ts';
import { findNode } from '../../viewer/src/data/refs.ts';
import type { Dataset } from '../../viewer/src/data/types.ts';
import { approve, choose } from '../../viewer/src/review/decide.ts';
import { explain } from '../../viewer/src/review/explain.ts';
import type { ReviewItem } from '../../viewer/src/review/items.ts';
import { isNews, judgedOf, learnShift, NO_SHIFT } from '../../viewer/src/review/learn.ts';
import { createItemList } from '../../viewer/src/review/list.ts';
import { isOpen } from '../../viewer/src/review/review.ts';
import { measureUsual } from '../../viewer/src/review/usual.ts';
import type { Offer } from './robot.ts';

/** The page's review without the page: the same functions on the same tables, decisions made in memory alone. */
export interface Desk {
  data: Dataset;
  /** Places that are open, in the order of the queue. */
  open(): ReviewItem[];
  offer(item: ReviewItem): Offer;
  /** Does what a key does. */
  press(item: ReviewItem, key: string): void;
}

/** A desk at a result. */
export async function openDesk(result: string): Promise<Desk> {
  const source = await openSource(result);
  try {
    const [run, nodes, certainty] = [
      await source.run(),
      await source.table('nodes'),
      await source.table('certainty'),
    ];
    const data = buildDataset({ run, imageProblem: '' }, decodeColumns(nodes.bytes, 'nodes').columns);
    return createDesk(data, toCertainty(decodeColumns(certainty.bytes, 'certainty').columns));
  } finally {
    await source.close();
  }
}

function createDesk(data: Dataset, certainty: Certainty): Desk {
  const usual = measureUsual(data);
  const reviews = new Map<string, ReviewState>();
  let shift = NO_SHIFT;
  // As in the page: the next place is there before the last decision is learned from.
  let learned = NO_SHIFT;
  const list = createItemList(data);
  let items = list.all({ certainty, usual, shift });
  const offer = (item: ReviewItem): Offer => ({ ...item, ...explain(data, certainty, item) });
  return {
    data,
    open: () => items.filter(({ name }) => isOpen(reviews.get(name))),
    offer,
    press(item, key) {
      if (isNews(shift, learned)) {
        shift = learned;
        items = list.all({ certainty, usual, shift });
      }
      const { now, others } = offer(item);
      if (key === '0') reviews.set(item.name, 'skipped');
      else {
        const one = others[Number(key) - 1]!;
        const { commands } = key === 'Enter' ? approve(data, item, item.name, now) : choose(data, item, one);
        const before = data.nodes.parent.slice();
        for (const command of commands) carryOut(data, reviews, command);
        refreshLinks(data);
        items = list.after(changedRows(before, data.nodes.parent));
      }
      learned = learnShift(judgedOf(data, certainty, reviews));
    },
  };
}

/** Rows whose links are others than before. */
function changedRows(before: Int32Array, after: Int32Array): Set<number> {
  const rows = new Set<number>();
  for (let v = 0; v < after.length; v++) {
    if (before[v] === after[v]) continue;
    for (const row of [v, before[v]!, after[v]!]) if (row >= 0) rows.add(row);
  }
  return rows;
}

/** What the server does with the commands that the review sends. */
function carryOut(data: Dataset, reviews: Map<string, ReviewState>, command: Command): void {
  const { parent, count } = data.nodes;
  const row = (ref: string): number => findNode(data, ref);
  const free = (source: number, keep: readonly number[]): void => {
    for (let v = source + 1; v < count; v++) if (parent[v] === source && !keep.includes(v)) parent[v] = -1;
  };
  if (command.do === 'review') for (const item of command.items) reviews.set(item, command.state!);
  else if (command.do === 'cut') parent[row(command.node)] = -1;
  else if (command.do === 'unlink') parent[row(command.target)] = -1;
  else if (command.do === 'not-division') free(row(command.parent), [row(command.keep)]);
  else if (command.do === 'divide') {
    const [source, daughters] = [row(command.parent), command.daughters.map(row)];
    free(source, daughters);
    for (const v of daughters) parent[v] = source;
  } else if (command.do === 'link') {
    if (command.breakChildren) free(row(command.source), []);
    parent[row(command.target)] = row(command.source);
  }
}
