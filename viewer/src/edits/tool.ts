import { batch, type ReadonlySignal, signal } from '@preact/signals-core';
import type { App } from '../app.ts';
import { addCell } from './add.ts';
import type { EditLog } from './log.ts';
import type { Verb } from './verbs.ts';

/** A verb that waits for cells to be picked. */
export interface Picking {
  verb: Verb;
  /** Its first cell, and those picked so far. */
  node: number;
  picked: readonly number[];
}

/** Edits by hand: a verb acts on the selected cell, or waits for more cells to be picked in the movie or the tree. */
export interface Tool {
  picking: ReadonlySignal<Picking | null>;
  start(verb: Verb): void;
  /** Adds a cell where the pointer is. */
  add(): void;
  /** Leaves; true if something was left. */
  cancel(): boolean;
}

/** The hand of a page. */
export function createTool(app: App, log: EditLog, say: (text: string) => void): Tool {
  const { state, data } = app;
  const picking = signal<Picking | null>(null);

  function wait(next: Picking | null): void {
    batch(() => {
      picking.value = next;
      app.pick.value = next === null ? null : take;
    });
  }

  /** Takes a cell that was clicked. */
  function take(node: number): void {
    const now = picking.peek();
    if (now === null) return;
    const picked = [...now.picked, node];
    if (picked.length < now.verb.picks(data, now.node)) wait({ ...now, picked });
    else void finish(now.verb, now.node, picked);
  }

  async function finish(verb: Verb, node: number, picked: readonly number[]): Promise<void> {
    const command = verb.command(data, node, picked);
    if (typeof command === 'string') {
      say(`Not done: ${command}`);
      return;
    }
    wait(null);
    const [count, last] = [data.nodes.count, picked.at(-1)];
    if (!(await log.run(command, verb.name))) return;
    const label = log.undo.peek()?.label ?? verb.name;
    say(`${label[0]!.toUpperCase()}${label.slice(1)} (Ctrl+Z takes it back)`);
    // Rows stay what they were as long as no detection came or went.
    if (verb.again !== true || last === undefined || data.nodes.count !== count) return;
    app.select(last, { quiet: true });
    if (data.nodes.t[last]! < data.nFrames - 1) begin(verb, last);
  }

  function begin(verb: Verb, node: number): void {
    batch(() => {
      state.playing.value = false;
      wait({ verb, node, picked: [] });
      app.goTo(data.nodes.t[node]! + verb.advance);
    });
  }

  return {
    picking,
    start(verb) {
      const node = app.cursor();
      const closed = log.standing.peek();
      if (closed.kind === 'closed') say(closed.error || 'This page is for looking only');
      else if (node < 0) say('Select a cell first');
      else if (verb.picks(data, node) === 0) void finish(verb, node, []);
      else begin(verb, node);
    },
    add: () => void addCell(app, log, say),
    cancel() {
      const left = picking.peek() !== null;
      wait(null);
      return left;
    },
  };
}
