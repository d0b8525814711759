import { batch, computed, type ReadonlySignal, signal } from '@preact/signals-core';
import type { Command } from '../../../src/lineage/edits/types.ts';
import type { App, Place } from '../app.ts';
import { findNode } from '../data/refs.ts';
import { takeBack } from '../keys/hints.ts';
import { addCell, addCommand, outlineShape } from './add.ts';
import { candidateAt, findCandidates } from './candidates.ts';
import type { EditLog } from './log.ts';
import { nearest, next } from './reach.ts';
import { splitCommand } from './split.ts';
import type { Verb } from './verbs.ts';
import { promptOf, type Waiting } from './waiting.ts';

/** Edits by hand: on the selected cell at once, or after what is picked with the mouse or with arrows and Enter. */
export interface Tool {
  waiting: ReadonlySignal<Waiting | null>;
  /** What to do now, in words; '' = nothing waits. */
  prompt: ReadonlySignal<string>;
  start(verb: Verb): void;
  /** Adds a cell where the pointer is; without a pointer over the movie the candidates are offered. */
  add(): void;
  outline(): void;
  /** Cuts the selected cell in two; once more: where the computer would. */
  split(): void;
  /** Arrows: the next thing that could be picked. False where nothing waits. */
  aim(step: -1 | 1): boolean;
  /** Enter: takes what is aimed at, or closes the outline. False where nothing waits. */
  take(): boolean;
  /** The key that began an edit was held and is let go: takes the cell that the pointer is on, if it is on one. */
  letGo(): void;
  /** Leaves; true if something was left. */
  cancel(): boolean;
}

/** Within so many CSS pixels of the first point a click closes an outline. */
const CLOSE = 10;

/** The hand of a page. */
export function createTool(app: App, log: EditLog, say: (text: string) => void): Tool {
  const { state, data } = app;
  const waiting = signal<Waiting | null>(null);

  function wait(now: Waiting | null): void {
    batch(() => {
      waiting.value = now;
      const cells = now?.kind === 'cells';
      app.pick.value = cells ? takeCell : null;
      app.pickPlace.value = now === null || cells ? null : takePlace;
      const t = state.t.peek();
      if (now?.kind === 'candidates') {
        app.sketch.value = { t, lines: now.list.map((one) => one.outline), chosen: now.at };
      } else {
        const places = now === null || now.kind === 'cells' ? [] : now.places;
        app.sketch.value = places.length === 0 ? null : { t, lines: [places], chosen: 0 };
      }
    });
  }

  function closed(): boolean {
    const now = log.standing.peek();
    if (now.kind === 'closed') say(now.error || 'This page is for looking only');
    return now.kind === 'closed';
  }

  /** Records a command and says so; false where it was refused. */
  async function run(command: Command | string, name: string): Promise<boolean> {
    if (typeof command === 'string') {
      say(`Not done: ${command}`);
      return false;
    }
    wait(null);
    const before = log.entries.peek().length;
    if (!(await log.run(command, name))) return false;
    const entry = log.entries
      .peek()
      .slice(before)
      .findLast((one) => one.kind === 'edit');
    const label = entry?.label ?? name;
    say(`${label[0]!.toUpperCase()}${label.slice(1)}${takeBack()}`);
    // What was drawn anew has another name: it is what the hand is on now.
    const made = entry?.changes.find((change) => change.slot.startsWith('node:') && change.after != null);
    const node = made === undefined ? -1 : findNode(data, made.slot.slice('node:'.length));
    if (node >= 0) app.select(node, { quiet: true });
    return true;
  }

  function takeCell(node: number): void {
    const now = waiting.peek();
    if (now?.kind !== 'cells') return;
    const picked = [...now.picked, node];
    if (picked.length < now.verb.picks(data, now.node)) wait({ ...now, picked });
    else void finish(now.verb, now.node, picked);
  }

  async function finish(verb: Verb, node: number, picked: readonly number[]): Promise<void> {
    const [count, last] = [data.nodes.count, picked.at(-1)];
    if (!(await run(verb.command(data, node, picked, app.marks.peek()), verb.name))) return;
    // Rows stay what they were as long as no detection came or went.
    if (verb.again !== true || last === undefined || data.nodes.count !== count) return;
    app.select(last, { quiet: true });
    if (data.nodes.t[last]! < data.nFrames - 1) begin(verb, last);
  }

  function begin(verb: Verb, node: number): void {
    batch(() => {
      state.playing.value = false;
      wait({ kind: 'cells', verb, node, picked: [] });
      app.goTo(data.nodes.t[node]! + verb.advance);
      state.hover.value = nearest(data, node, state.t.peek());
    });
  }

  function takePlace(place: Place): void {
    const now = waiting.peek();
    if (now?.kind === 'split') {
      const places = [...now.places, place];
      if (places.length < 2) wait({ ...now, places });
      else void run(splitCommand(app, now.node, places), 'split');
    } else if (now?.kind === 'outline') {
      const [first] = now.places;
      const near = first !== undefined && Math.hypot(first.x - place.x, first.y - place.y) * place.k < CLOSE;
      if (near && now.places.length > 2) close(now.places);
      else wait({ ...now, places: [...now.places, place] });
    } else if (now?.kind === 'candidates') {
      const hit = candidateAt(app, now.list, place);
      if (hit !== undefined) void run(addCommand(app, { kind: 'weak', index: hit.index }), 'add a cell');
    }
  }

  function close(places: readonly Place[]): void {
    if (places.length < 3) say('An outline needs three points or more');
    else void run(addCommand(app, outlineShape(app, places)), 'add a cell');
  }

  async function offer(): Promise<void> {
    const list = await findCandidates(app, state.t.peek());
    if (list.length === 0)
      say('The detector has no further candidates in this frame: point at the place in the movie');
    else wait({ kind: 'candidates', list, at: 0 });
  }

  const still = (act: () => void): void => {
    if (closed()) return;
    state.playing.value = false;
    act();
  };

  return {
    waiting,
    prompt: computed(() => promptOf(app, waiting.value)),
    start(verb) {
      const node = app.cursor();
      if (closed()) return;
      if (node < 0) say('Select a cell first');
      else if (verb.picks(data, node) === 0) void finish(verb, node, []);
      else begin(verb, node);
    },
    add: () =>
      still(() => {
        const at = app.pointer.peek();
        if (at === null) void offer();
        else void addCell(app, log, say, at);
      }),
    outline: () =>
      still(() => {
        const now = waiting.peek();
        if (now?.kind === 'outline') close(now.places);
        else wait({ kind: 'outline', places: [] });
      }),
    split: () =>
      still(() => {
        const now = waiting.peek();
        const node = now?.kind === 'split' ? now.node : app.cursor();
        if (node < 0) say('Select a cell first');
        else if (now?.kind === 'split') void run(splitCommand(app, node, []), 'split');
        else {
          app.goTo(data.nodes.t[node]!);
          wait({ kind: 'split', node, places: [] });
        }
      }),
    aim(step) {
      const now = waiting.peek();
      if (now?.kind === 'cells')
        state.hover.value = next(data, now.node, state.t.peek(), state.hover.peek(), step);
      else if (now?.kind === 'candidates') {
        wait({ ...now, at: (now.at + step + now.list.length) % now.list.length });
      } else return false;
      return true;
    },
    take() {
      const now = waiting.peek();
      if (now === null) return false;
      if (now.kind === 'split') this.split();
      else if (now.kind === 'outline') close(now.places);
      else if (now.kind === 'candidates') {
        void run(addCommand(app, { kind: 'weak', index: now.list[now.at]!.index }), 'add a cell');
      } else {
        const node = state.hover.peek();
        if (node >= 0 && data.nodes.t[node] === state.t.peek()) takeCell(node);
        else say('Point at a cell, or choose one with the arrow keys');
      }
      return true;
    },
    letGo() {
      const node = app.pointer.peek()?.node ?? -1;
      if (waiting.peek()?.kind !== 'cells' || node < 0 || data.nodes.t[node] !== state.t.peek()) return;
      takeCell(node);
    },
    cancel() {
      const left = waiting.peek() !== null;
      wait(null);
      return left;
    },
  };
}
