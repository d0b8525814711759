import { MorulaError } from '../../errors/index.ts';
import type { Lineage } from '../types.ts';
import { applyChanges, invert, sameValue } from './change.ts';
import { runCommand } from './commands.ts';
import { collect, set, subjectsOf } from './draft.ts';
import { settle } from './settle.ts';
import { type Stacks, stack } from './stacks.ts';
import { createEditState, type EditState, setSlot, splitSlot } from './state.ts';
import type { Change, Command, DetectionSpec, EditEffect, EditEntry, Slot } from './types.ts';
import { describeCommand } from './words.ts';

/** A lineage with all its edits: what it is now, how it came about, and what can be taken back. */
export interface History extends Stacks {
  state: EditState;
  /** `entries[k].seq` is k + 1. */
  entries: EditEntry[];
  byId: Map<string, EditEntry>;
  /** The last entry that changed a detection's links or presence, or a mark. */
  versions: Map<string, number>;
  /** The last entry that changed a slot. */
  writers: Map<Slot, number>;
  /** What had to give way because the base was linked anew; part of the state, not yet of the log. */
  settled: Change[];
}

/** What every request says about itself. */
export interface EditRequest {
  id: string;
  /** The last entry that the client has seen; absent = whatever there is. */
  base?: number;
  by: string;
  at: string;
  view?: string;
}

/** The next entry, or why the client's picture is too old for it. */
export type Prepared = { entry: EditEntry } | { stale: string };

/** The history that a log tells, on top of a lineage. O(lineage frames + entries). */
export function replay(base: Lineage, labelled: boolean, entries: readonly EditEntry[]): History {
  const history: History = {
    state: createEditState(base, labelled),
    entries: [],
    byId: new Map(),
    undoable: [],
    redoable: [],
    versions: new Map(),
    writers: new Map(),
    settled: [],
  };
  for (const entry of entries) {
    for (const { slot, after } of entry.changes) setSlot(history.state, slot, after);
    record(history, entry);
  }
  history.settled = settle(history.state);
  applyChanges(history.state, history.settled);
  return history;
}

/** Makes an entry's changes and keeps it. @throws `broken-lineage` where it does not follow from what is there */
export function commit(history: History, entry: EditEntry): EditEffect {
  if (entry.seq !== history.entries.length + 1) {
    throw new MorulaError('broken-lineage', `edit: entry ${entry.seq} must follow ${history.entries.length}`);
  }
  const effect = applyChanges(history.state, entry.changes);
  record(history, entry);
  for (const link of [...effect.linksAdded, ...effect.linksRemoved]) {
    for (const ref of link) history.versions.set(ref, entry.seq);
  }
  return effect;
}

function record(history: History, entry: EditEntry): void {
  history.entries.push(entry);
  history.byId.set(entry.id, entry);
  for (const { slot } of entry.changes) {
    history.writers.set(slot, entry.seq);
    for (const name of subjectsOf(slot)) history.versions.set(name, entry.seq);
  }
  stack(history, entry);
}

function envelope(
  history: History,
  request: EditRequest,
): Pick<EditEntry, 'seq' | 'id' | 'at' | 'by' | 'view'> {
  const { id, at, by, view } = request;
  return { seq: history.entries.length + 1, id, at, by, ...(view === undefined ? {} : { view }) };
}

/**
 * The entry that a command makes; nothing is changed yet.
 *
 * @param specs what the command's shapes became, see `Made`
 * @throws `broken-lineage` where the lineage's rules refuse the command, and the client has seen all that it touches
 */
export function prepareEdit(
  history: History,
  request: EditRequest,
  command: Command,
  specs: readonly DetectionSpec[],
): Prepared {
  const touched = new Set<string>();
  let changes: Change[];
  try {
    changes = collect(history.state, (draft) => runCommand(draft, command, specs.values()), touched);
  } catch (error) {
    const late = newest(history, touched, request.base);
    if (late === null) throw error;
    return { stale: late };
  }
  const late = newest(history, touched, request.base);
  if (late !== null) return { stale: late };
  const label = describeCommand(command);
  return { entry: { ...envelope(history, request), kind: 'edit', label, command, changes } };
}

/** Words for the newest entry after `base` that changed what a command depends on, or null. */
function newest(history: History, touched: ReadonlySet<string>, base: number | undefined): string | null {
  let last = 0;
  let what = '';
  for (const name of touched) {
    const seq = history.versions.get(name) ?? 0;
    if (seq > last) [last, what] = [seq, name];
  }
  if (base === undefined || last <= base) return null;
  const { by, label } = history.entries[last - 1];
  return `edit: ${what} was changed in the meantime (${label}${by === '' ? '' : `, by ${by}`})`;
}

/**
 * The entry that takes an edit back or does it again; nothing is changed yet.
 *
 * @param of the entry; absent = the newest, if the client has seen all
 * @throws `broken-lineage` where there is nothing to undo or redo
 */
export function prepareReversal(
  history: History,
  request: EditRequest,
  kind: 'undo' | 'redo',
  of: number | undefined,
): Prepared {
  const stack = kind === 'undo' ? history.undoable : history.redoable;
  if (of === undefined && request.base !== undefined && request.base !== history.entries.length) {
    return {
      stale: `edit: there are newer edits than number ${request.base}; look at them before you ${kind}`,
    };
  }
  const seq = of ?? stack.at(-1);
  if (seq === undefined) throw new MorulaError('broken-lineage', `edit: there is nothing to ${kind}`);
  if (stack.lastIndexOf(seq) < 0)
    return { stale: `edit: number ${seq} cannot be ${kind === 'undo' ? 'undone' : 'redone'}` };
  const target = history.entries[seq - 1];
  const wanted = kind === 'undo' ? invert(target.changes) : target.changes;
  try {
    const changes = collect(history.state, (draft) => {
      for (const { slot, before, after } of wanted) {
        const [name, subject] = splitSlot(slot);
        if (!sameValue(history.state.slots.get(slot), before)) {
          // What a new linking found since stays when an edit is taken back; an edit that is made again goes before it.
          const writer = history.writers.get(slot);
          const relinked = writer !== undefined && history.entries[writer - 1].kind === 'rebase';
          if (relinked && kind === 'undo') continue;
          if (!relinked)
            throw new MorulaError('broken-lineage', `edit: ${name} of ${subject} was changed later`);
        }
        set(draft, name, subject, after);
      }
    });
    const label = `${kind} ${target.label}`;
    return { entry: { ...envelope(history, request), kind, of: seq, label, changes } };
  } catch (error) {
    if (!(error instanceof MorulaError)) throw error;
    return { stale: `${error.message}; a later edit depends on "${target.label}", undo that first` };
  }
}
