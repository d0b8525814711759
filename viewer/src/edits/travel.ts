import { type Stacks, stack } from '../../../src/lineage/edits/stacks.ts';
import type { EditEntry } from '../../../src/lineage/edits/types.ts';
import type { Step } from './wire.ts';

/** What of a log stands, and what was taken back, the next one last. */
export function stacksOf(entries: readonly EditEntry[]): Stacks {
  const stacks: Stacks = { undoable: [], redoable: [] };
  for (const entry of entries) stack(stacks, entry);
  return stacks;
}

const stepsOf = (entries: readonly EditEntry[], seqs: readonly number[]): Step[] =>
  seqs.map((seq) => ({ seq, label: entries[seq - 1]!.label }));

/** What is taken back, in this order, so that `last` is the newest edit that stands; 0 = none stands then. */
export function backTo(entries: readonly EditEntry[], last: number): Step[] {
  const { undoable } = stacksOf(entries);
  const at = undoable.lastIndexOf(last);
  return at < 0 && last !== 0 ? [] : stepsOf(entries, undoable.slice(at + 1).reverse());
}

/** What is done again, in this order, so that `last` stands again. */
export function forwardTo(entries: readonly EditEntry[], last: number): Step[] {
  const { redoable } = stacksOf(entries);
  const at = redoable.lastIndexOf(last);
  return at < 0 ? [] : stepsOf(entries, redoable.slice(at).reverse());
}

/**
 * The log as a line of time, oldest first: what stands in the order in which it would be taken back, then what would be
 * done again; new linkings lie where they came. Undoing and redoing themselves are not in it.
 */
export function timeline(entries: readonly EditEntry[]): EditEntry[] {
  const { undoable, redoable } = stacksOf(entries);
  const line = [...undoable, ...redoable.reverse()].map((seq) => entries[seq - 1]!);
  for (const entry of entries) {
    if (entry.kind !== 'rebase') continue;
    line.splice(line.findLastIndex(({ seq }) => seq < entry.seq) + 1, 0, entry);
  }
  return line;
}
