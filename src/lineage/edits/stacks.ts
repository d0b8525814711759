import type { EditEntry } from './types.ts';

/** Entries that can be undone and redone, by their numbers, the next one last. */
export interface Stacks {
  undoable: number[];
  redoable: number[];
}

/** Changes what can be taken back by an entry that was made. */
export function stack({ undoable, redoable }: Stacks, entry: Pick<EditEntry, 'kind' | 'seq' | 'of'>): void {
  if (entry.kind === 'edit') {
    undoable.push(entry.seq);
    redoable.length = 0;
  } else if (entry.kind === 'undo') move(entry.of!, undoable, redoable);
  else if (entry.kind === 'redo') move(entry.of!, redoable, undoable);
}

function move(seq: number, from: number[], to: number[]): void {
  const at = from.lastIndexOf(seq);
  if (at >= 0) from.splice(at, 1);
  to.push(seq);
}
