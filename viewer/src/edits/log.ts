import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { Command, EditEntry, ReviewState } from '../../../src/lineage/edits/types.ts';
import type { App } from '../app.ts';
import { fetchEditState, fetchEdits } from '../data/api.ts';
import { applyEffect, reloadTables } from './apply.ts';
import { listen } from './listen.ts';
import { changeMarks, marksFrom } from './marks.ts';
import { type Answer, newId, type Post, post, type Recorded, type Step } from './wire.ts';

/** How it stands between this page and the log. */
export type Standing =
  | { kind: 'ready' }
  /** An edit is on its way. */
  | { kind: 'sending' }
  /** The server does not answer; `waiting` is the edit that it has not confirmed. */
  | { kind: 'lost'; error: string; waiting: string | null }
  /** Nothing can be edited from here; `error` is empty where that is as it should be. */
  | { kind: 'closed'; error: string };

/** The page's side of the edit log. Nothing is shown as done that the server has not recorded. */
export interface EditLog {
  standing: ReadonlySignal<Standing>;
  undo: ReadonlySignal<Step | null>;
  redo: ReadonlySignal<Step | null>;
  /** What was decided about items of the review, by their names. */
  reviews: ReadonlySignal<ReadonlyMap<string, ReviewState>>;
  /** Newest last; what this page has seen. */
  entries: ReadonlySignal<readonly EditEntry[]>;
  /** Records a command and shows it; false when it was not done, which has been said. */
  run(command: Command, label: string): Promise<boolean>;
  step(to: 'undo' | 'redo'): Promise<boolean>;
  /** Takes back, or does again, one entry of any age; false where a later one depends on it, which has been said. */
  reverse(to: 'undo' | 'redo', entry: Step): Promise<boolean>;
  /** Who is named in the log; kept by the browser. */
  author: Signal<string>;
  /** Sends what is waiting again, or gives it up. */
  retry(): void;
  discard(): void;
}

const RETRY_MS = 2000;
/** Longest address that the log keeps, and its `#`. */
const MOST_VIEW = 2049;

/** Opens the log of a page that shows the lineage up to edit `first`; `say` tells the person in a line. */
export function openLog(app: App, first: number, say: (text: string) => void): EditLog {
  const standing: Signal<Standing> = signal({ kind: 'sending' });
  const undo = signal<Step | null>(null);
  const redo = signal<Step | null>(null);
  const reviews = signal<ReadonlyMap<string, ReviewState>>(new Map());
  const entries = signal<readonly EditEntry[]>([]);
  const author = signal(localStorage.getItem('morula-author') ?? '');
  effect(() => localStorage.setItem('morula-author', author.value));
  let seq = first;
  let waiting: { post: Post; label: string; done(ok: boolean): void; ended: Promise<boolean> } | null = null;
  let timer = 0;
  let queue = Promise.resolve();

  /** Shows what the server recorded, in order and once. */
  function receive(recorded: Recorded): Promise<void> {
    queue = queue.then(async () => {
      if (recorded.seq <= seq) return;
      seq = recorded.seq;
      [undo.value, redo.value] = [recorded.undo, recorded.redo];
      if (!entries.peek().some((entry) => entry.seq === recorded.seq)) {
        entries.value = [...entries.peek(), recorded.entry];
      }
      const next = new Map(reviews.peek());
      for (const { slot, after } of recorded.entry.changes) {
        if (!slot.startsWith('review:')) continue;
        if (after === undefined) next.delete(slot.slice(7));
        else next.set(slot.slice(7), after as ReviewState);
      }
      reviews.value = next;
      app.marks.value = changeMarks(app.marks.peek(), recorded.entry.changes);
      seq = Math.max(seq, await applyEffect(app, recorded.effect));
    });
    return queue;
  }

  async function send(): Promise<void> {
    if (waiting === null) return;
    window.clearTimeout(timer);
    const { post: what, label, done } = waiting;
    standing.value = { kind: 'sending' };
    const answer = await post(what);
    if (answer.kind === 'lost') {
      standing.value = { kind: 'lost', error: answer.error, waiting: label };
      timer = window.setTimeout(() => void send(), RETRY_MS);
      return;
    }
    waiting = null;
    if (answer.kind === 'done') await receive(answer.recorded);
    else {
      if (answer.kind === 'stale') await catchUp();
      say(refusal(answer, label));
    }
    standing.value = answer.kind === 'closed' ? answer : { kind: 'ready' };
    done(answer.kind === 'done');
  }

  /** Sends a command after the one that is on its way, if there is one. */
  function enqueue(what: Post, label: string): Promise<boolean> {
    const now = standing.peek();
    if (now.kind === 'closed') say(now.error || 'This page is for looking only');
    else if (waiting !== null && now.kind === 'lost') say('An edit is still waiting for the server');
    else if (waiting !== null) return waiting.ended.then(() => enqueue(what, label));
    if (now.kind === 'closed' || waiting !== null) return Promise.resolve(false);
    let done = (_ok: boolean): void => {};
    const ended = new Promise<boolean>((resolve) => {
      done = resolve;
    });
    waiting = { post: what, label, done, ended };
    void send();
    return ended;
  }

  /** What the log says as a whole. */
  async function readLog(): Promise<string[]> {
    const [log, state] = await Promise.all([fetchEdits(), fetchEditState()]);
    [undo.value, redo.value] = [log.undo, log.redo];
    entries.value = log.entries;
    reviews.value = new Map(Object.entries(state.reviews));
    app.marks.value = marksFrom(state);
    return log.notes;
  }

  /** Shows everything that other pages did, without waiting to be told. */
  function catchUp(): Promise<void> {
    queue = queue.then(async () => {
      seq = await reloadTables(app);
      await readLog();
    });
    return queue;
  }

  async function open(): Promise<void> {
    const notes = await readLog();
    standing.value = { kind: 'ready' };
    for (const line of notes) say(line);
    listen(() => seq, {
      edit: (recorded) => void receive(recorded),
      reload: () => void catchUp(),
      lost: () => {
        if (standing.peek().kind === 'ready')
          standing.value = { kind: 'lost', error: 'the server does not answer', waiting: null };
      },
      back: () => {
        if (standing.peek().kind === 'lost' && waiting === null) standing.value = { kind: 'ready' };
        else void send();
      },
    });
  }
  /** What people said, on a page that is for looking only. */
  async function look(): Promise<void> {
    const state = await fetchEditState();
    reviews.value = new Map(Object.entries(state.reviews));
    app.marks.value = marksFrom(state);
  }
  if (app.data.info.edits !== true) {
    standing.value = { kind: 'closed', error: '' };
    // A page of an earlier version has none.
    look().catch(() => undefined);
  } else {
    open().catch((error: unknown) => {
      standing.value = { kind: 'closed', error: error instanceof Error ? error.message : String(error) };
    });
  }

  return {
    standing,
    undo,
    redo,
    reviews,
    entries,
    run: (command, label) =>
      enqueue(
        {
          to: 'edits',
          id: newId(),
          base: seq,
          by: author.peek(),
          view: location.hash.slice(1, MOST_VIEW),
          command,
        },
        label,
      ),
    step: (to) => {
      const next = (to === 'undo' ? undo : redo).peek();
      if (next === null) {
        say(to === 'undo' ? 'Nothing to undo' : 'Nothing to redo');
        return Promise.resolve(false);
      }
      return enqueue({ to, id: newId(), base: seq, by: author.peek() }, `${to}: ${next.label}`);
    },
    reverse: (to, entry) =>
      enqueue({ to, id: newId(), seq: entry.seq, by: author.peek() }, `${to}: ${entry.label}`),
    author,
    retry: () => void send(),
    discard() {
      window.clearTimeout(timer);
      waiting?.done(false);
      waiting = null;
      standing.value = { kind: 'lost', error: 'the server does not answer', waiting: null };
    },
  };
}

/** Why an edit was not done, and what is safe. */
function refusal(answer: Exclude<Answer, { kind: 'done' | 'lost' }>, label: string): string {
  if (answer.kind !== 'stale') return `Not done (${label}): ${answer.error}`;
  const other = answer.labels.length > 0 ? `“${answer.labels.at(-1)}”` : 'a change';
  return `Not done (${label}): another page was first with ${other}. It is shown now; look again, then repeat`;
}
