import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { App } from '../app.ts';
import { nodeRef } from '../data/refs.ts';
import { takeBack } from '../keys/hints.ts';
import type { EditLog } from './log.ts';

/** Links by the names of their ends. */
type Link = [string, string];

/** What the linker would change around a cell, with all edits as its constraints. */
export interface Proposal {
  /** Around which cell; '' = everywhere. */
  near: string;
  added: Link[];
  removed: Link[];
  trees: { lineage: number; added: Link[]; removed: Link[] }[];
}

/** Asking the linker again, and taking or leaving what it says. */
export interface Proposals {
  proposal: ReadonlySignal<Proposal | null>;
  /** Asks about the surroundings of the selected cell. */
  ask(): Promise<void>;
  /** Asks about the whole movie. */
  askAll(): Promise<void>;
  /** What the linker is thinking about, '' = nothing. */
  asking: ReadonlySignal<string>;
  /** Takes all of it, or the changes of one tree; one step of undo. */
  accept(tree?: number): Promise<void>;
  /** Leaves; true if there was something to leave. */
  reject(): boolean;
}

/** The proposals of a page. */
export function createProposals(app: App, log: EditLog, say: (text: string) => void): Proposals {
  const proposal = signal<Proposal | null>(null);
  const asking = signal('');
  // Whoever leaves, or asks again, does not want the answer any more.
  let turn = 0;

  async function propose(near: string, question: { near: string } | { all: true }): Promise<void> {
    proposal.value = null;
    asking.value = near === '' ? 'about the whole movie' : `about the surroundings of ${near}`;
    const mine = ++turn;
    const answer = await resolve(question);
    if (mine !== turn) return;
    asking.value = '';
    if (typeof answer === 'string') say(`The linker cannot answer: ${answer}`);
    else if (answer.added.length + answer.removed.length === 0) say('The linker would change nothing here');
    else proposal.value = { near, ...answer };
  }
  return {
    proposal,
    asking,
    async ask() {
      const node = app.cursor();
      const now = log.standing.peek();
      if (node < 0 || now.kind === 'closed') {
        say(node < 0 ? 'Select a cell first' : 'This page is for looking only');
        return;
      }
      const near = nodeRef(app.data, node);
      await propose(near, { near });
    },
    async askAll() {
      if (log.standing.peek().kind === 'closed') {
        say('This page is for looking only');
        return;
      }
      await propose('', { all: true });
    },
    async accept(tree) {
      const now = proposal.peek();
      const part = tree === undefined ? now : now?.trees.find((one) => one.lineage === tree);
      if (now === null || part === null || part === undefined) return;
      const { added: add, removed: remove } = part;
      if (
        !(await log.run(
          { do: 'relink', add, remove },
          now.near === '' ? 'what the linker says' : `what the linker says around ${now.near}`,
        ))
      )
        return;
      say(`${add.length} links added, ${remove.length} removed${takeBack()}`);
      const left = tree === undefined ? [] : now.trees.filter((one) => one.lineage !== tree);
      proposal.value = left.length === 0 ? null : { near: now.near, trees: left, ...sum(left) };
    },
    reject() {
      const there = proposal.peek() !== null || asking.peek() !== '';
      turn++;
      asking.value = '';
      proposal.value = null;
      return there;
    },
  };
}

const sum = (trees: Proposal['trees']): { added: Link[]; removed: Link[] } => ({
  added: trees.flatMap((tree) => tree.added),
  removed: trees.flatMap((tree) => tree.removed),
});

/** The linker's answer, or why there is none. */
async function resolve(question: { near: string } | { all: true }): Promise<Omit<Proposal, 'near'> | string> {
  try {
    const response = await fetch('/api/resolve', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-morula': '1' },
      body: JSON.stringify(question),
    });
    const answer = (await response.json()) as Omit<Proposal, 'near'> & { error?: string };
    return response.ok ? answer : (answer.error ?? `the server answered ${response.status}`);
  } catch {
    return 'the server does not answer';
  }
}
