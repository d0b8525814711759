import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { ReviewState } from '../../../src/lineage/edits/types.ts';
import type { App } from '../app.ts';
import { findNode } from '../data/refs.ts';
import type { Dataset } from '../data/types.ts';
import type { EditLog } from '../edits/log.ts';
import { takeBack } from '../keys/hints.ts';
import { columnsOf, itemsAt, spliceItems } from './columns.ts';
import { approve, choose, describe } from './decide.ts';
import type { EventKind, LineageEvent } from './events.ts';
import { type Choices, explain } from './explain.ts';
import { inOrder, type ReviewItem } from './items.ts';
import { isNews, judgedOf, learnShift, NO_SHIFT, type Shift, shifted } from './learn.ts';
import { createItemList } from './list.ts';
import { eventProb } from './probability.ts';
import { measureUsual, type Usual } from './usual.ts';

/** The queue of doubtful places, and what is done with them. */
export interface Review {
  log: EditLog;
  /** All of them as the lineage is now, in the order of the list. */
  items: ReadonlySignal<readonly ReviewItem[]>;
  /** Those not decided yet. */
  undecided: ReadonlySignal<readonly ReviewItem[]>;
  /** Those of them that the filter lets through. */
  open: ReadonlySignal<readonly ReviewItem[]>;
  usual: ReadonlySignal<Usual>;
  filter: Signal<EventKind | 'all'>;
  /** The item that is looked at, and what it could be. */
  current: ReadonlySignal<ReviewItem | null>;
  choices: ReadonlySignal<Choices | null>;
  stateOf(item: ReviewItem): ReviewState | null;
  /** Probability of an event as it stands, by the linker and by what decisions said of it; NaN = not known. */
  sure(event: LineageEvent): number;
  /** @param centre puts the cell into the middle of all views */
  go(item: ReviewItem, centre?: boolean): void;
  step(by: -1 | 1): void;
  /** Decide about the current item, and go to the next. */
  /** Is nothing to be learned from what was decided any more? */
  settled(): boolean;
  verify(): void;
  apply(k: number): void;
  skip(): void;
}

/** Time after a decision until it is learned from, ms. */
const LEARN_MS = 120;

/** What decisions say of the linker's doubts; learned when the page has shown the last one and has nothing to do. */
function learnAfterwards(app: App, log: EditLog): { shift: ReadonlySignal<Shift>; settled(): boolean } {
  const shift = signal(NO_SHIFT);
  let timer = 0;
  effect(() => {
    const [certainty, reviews] = [app.certainty.value, log.reviews.value];
    window.clearTimeout(timer);
    timer = 0;
    if (certainty === null || (reviews.size === 0 && shift.peek() === NO_SHIFT)) return;
    timer = window.setTimeout(() => {
      timer = 0;
      const next = learnShift(judgedOf(app.data, certainty, reviews));
      if (isNews(shift.peek(), next)) shift.value = next;
    }, LEARN_MS);
  });
  return { shift, settled: () => timer === 0 };
}

/** Is a place still to be looked at? What was found wrong is, where it is there again. */
export const isOpen = (state: ReviewState | undefined): boolean =>
  state === undefined || state === 'rejected';

/** Node that a place or its explanation is named after, -1 = it is not there. */
const nodeOfName = (data: Dataset, name: string): number => findNode(data, name.split(':')[1] ?? '');

/** A list without the items of some names. */
function without(
  data: Dataset,
  items: readonly ReviewItem[],
  names: ReadonlySet<string>,
): readonly ReviewItem[] {
  const about = new Set(Array.from(names, (name) => nodeOfName(data, name)));
  const { node } = columnsOf(items);
  const gone: number[] = [];
  for (let k = 0; k < node.length; k++) if (about.has(node[k]!) && names.has(items[k]!.name)) gone.push(k);
  return spliceItems(items, gone);
}

/** The review of a page. */
export function createReview(app: App, log: EditLog, say: (text: string) => void): Review {
  const { state, data } = app;
  const filter: Signal<EventKind | 'all'> = state.queueFilter;
  // As it was when the tables were read: one edit does not change what is usual.
  const usual = computed(() => {
    app.certainty.value;
    return measureUsual(data);
  });
  const learning = learnAfterwards(app, log);
  const list = createItemList(data);
  let made: { version: number; certainty: object; shift: object } | null = null;
  const items = computed(() => {
    const [version, certainty, shift] = [app.version.value, app.certainty.value, learning.shift.value];
    if (certainty === null) return [];
    const rows = app.changed();
    const small = rows !== null && made?.certainty === certainty && made.shift === shift;
    const next = small && made?.version === version - 1;
    made = { version, certainty, shift };
    return next ? list.after(rows) : list.all({ certainty, usual: usual.value, shift });
  });
  const stateOf = (item: ReviewItem): ReviewState | null => log.reviews.value.get(item.name) ?? null;
  const undecided = computed(() => {
    const decided = new Set<string>();
    for (const [name, how] of log.reviews.value) if (!isOpen(how)) decided.add(name);
    return decided.size === 0 ? items.value : without(data, items.value, decided);
  });
  const open = computed(() => {
    const only = filter.value;
    const kept = app.kept.value;
    if (only === 'all' && kept === null) return undecided.value;
    const fits = (item: ReviewItem): boolean => only === 'all' || item.kind === only;
    return undecided.value.filter((item) => fits(item) && (kept?.has(item.node) ?? true));
  });
  const current = computed(() => {
    const name = state.item.value;
    if (name === '') return null;
    const here = itemsAt(items.value, nodeOfName(data, name));
    return here.find((item) => item.name === name || item.name.startsWith(`${name}:`)) ?? null;
  });
  const choices = computed(() =>
    current.value === null ? null : explain(data, app.certainty.value!, current.value, learning.shift.value),
  );
  let last: ReviewItem | null = null;
  /** Places that were looked at: who leaves one undecided is not sent back to it by the next decision. */
  const seen = new Set<string>();

  function go(item: ReviewItem, centre = false): void {
    last = item;
    seen.add(item.name);
    batch(() => {
      state.playing.value = false;
      // The frame after the event shows both what was before (as a tail) and what came of it.
      const after = item.kind === 'appearance' ? item.node : Math.max(data.nodes.childA[item.node]!, -1);
      app.select(item.node, { go: false });
      app.goTo(after >= 0 ? data.nodes.t[after]! : data.nodes.t[item.node]!);
      state.item.value = item.name;
      if (centre) app.centre.value++;
    });
  }
  function step(by: -1 | 1): void {
    const all = open.peek();
    if (all.length === 0) {
      const filtered = undecided.peek().length > 0;
      const done = items.peek().length === 0 ? 'Nothing to review' : 'Everything is reviewed';
      say(filtered ? 'Nothing that is left to review passes the filter' : done);
      return;
    }
    const from = current.peek() ?? last;
    if (from === null) {
      go(all[0]!);
      return;
    }
    const next =
      by > 0 ? all.find((one) => inOrder(from, one) < 0) : all.findLast((one) => inOrder(from, one) > 0);
    go(next ?? all.at(by > 0 ? 0 : -1)!);
  }
  /** Records a decision about the current item and goes on. */
  async function decide(
    command: Parameters<EditLog['run']>[0],
    text: string,
    item: ReviewItem,
  ): Promise<void> {
    if (!(await log.run(command, text))) return;
    say(`${text}${takeBack()}`);
    if (state.item.peek() !== item.name && current.peek() !== null) return;
    const next = open.peek().find((one) => !seen.has(one.name));
    if (next === undefined) step(1);
    else go(next);
  }

  return {
    log,
    items,
    undecided,
    open,
    usual,
    filter,
    current,
    choices,
    stateOf,
    sure(event) {
      const certainty = app.certainty.value;
      if (certainty === null) return Number.NaN;
      return 1 - shifted(1 - eventProb(data, certainty, event), learning.shift.value[event.kind]);
    },
    settled: learning.settled,
    go,
    step,
    verify() {
      const [item, choice] = [current.peek(), choices.peek()];
      if (item === null || choice === null) return;
      void decide(approve(data, item, item.name, choice.now), 'Verified', item);
    },
    apply(k) {
      const [item, other] = [current.peek(), choices.peek()?.others[k]];
      if (item === null || other === undefined) return;
      const text = `Track ${data.nodes.tracklet[item.node]} ${describe(data, item, other)}`;
      void decide(choose(data, item, other), text, item);
    },
    skip() {
      const item = current.peek();
      if (item === null) return;
      void decide({ do: 'review', items: [item.name], state: 'skipped' }, 'Skipped', item);
    },
  };
}
