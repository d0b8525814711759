import type { Command, EditEntry } from '../../../src/lineage/edits/types.ts';
import type { Info } from '../data/types.ts';
import { stacksOf } from './travel.ts';

/** What is taken out of a session file: the edits that stood there and do not here, oldest first; and its view. */
export interface Session {
  edits: { command: Command; label: string }[];
  /** As the address has it after the `#`; '' = none. */
  view: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEntry = (value: unknown): value is EditEntry =>
  isObject(value) &&
  Number.isInteger(value.seq) &&
  typeof value.id === 'string' &&
  ['edit', 'undo', 'redo', 'rebase'].includes(value.kind as string) &&
  typeof value.label === 'string' &&
  (value.kind !== 'edit' || isObject(value.command));

/** Edits that stand, oldest first. */
function standing(entries: readonly EditEntry[]): EditEntry[] {
  const stands = new Set(stacksOf(entries).undoable);
  return entries.filter(({ seq, command }) => stands.has(seq) && command !== undefined);
}

/**
 * Reads a session that `sessionFile` wrote, of this result or a copy of it. The server checks every edit again.
 *
 * @param here edits of this result
 * @returns the session, or in words why it cannot be taken
 */
export function readSession(text: string, { run }: Info, here: readonly EditEntry[]): Session | string {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return 'this file is not JSON';
  }
  if (!isObject(file) || file.format !== 'morula-session' || file.version !== 1) {
    return 'this file is no session of morula';
  }
  if (file.fingerprint !== run.movie.fingerprint) return `it is of another movie, ${String(file.movie)}`;
  if (file.segmentKey !== run.segmentKey)
    return 'its cells were segmented in another way and have other names';
  if (!Array.isArray(file.edits) || !file.edits.every(isEntry)) return 'its edits cannot be read';
  const known = new Set(standing(here).map(({ command }) => JSON.stringify(command)));
  const edits = standing(file.edits)
    .filter(({ command }) => !known.has(JSON.stringify(command)))
    .map(({ command, label }) => ({ command: command!, label }));
  return { edits, view: typeof file.view === 'string' ? file.view : '' };
}
