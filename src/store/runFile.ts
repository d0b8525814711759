import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../codec/files.ts';
import { MorulaError } from '../errors/index.ts';
import { layout } from './layout.ts';
import type { RunFile } from './types.ts';

/** What stands where run.json should be. */
export type RunFileState =
  | { kind: 'absent' }
  | { kind: 'whole'; run: RunFile }
  /** Ours by all appearance, but not to be used: may be overwritten. */
  | { kind: 'unusable'; why: string }
  /** Another program's file of that name: must be left alone. */
  | { kind: 'foreign'; why: string };

/** Looks at run.json. @throws `storage` when it is there and cannot be read */
export async function inspectRunFile(folder: string): Promise<RunFileState> {
  const path = layout.run(folder);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(code)) return { kind: 'absent' };
    if (code === 'EISDIR') return { kind: 'foreign', why: 'it is a folder' };
    if (code === '') throw error;
    throw new MorulaError('storage', `store: ${path} cannot be read: ${code}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unusable', why: 'it is not JSON; start anew with --overwrite' };
  }
  const fields = (value ?? {}) as Partial<RunFile>;
  if (fields.format !== 'morula-result') return { kind: 'foreign', why: 'its format is not "morula-result"' };
  if (fields.version !== 1 || !fields.movie || !fields.segment || !fields.stages) {
    return {
      kind: 'unusable',
      why: 'it was written by another version of morula; start anew with --overwrite',
    };
  }
  return { kind: 'whole', run: value as RunFile };
}

/** Reads run.json, or null when the folder is not a result. @throws `invalid-data` when it is no run file of ours */
export async function readRunFile(folder: string): Promise<RunFile | null> {
  const state = await inspectRunFile(folder);
  if (state.kind === 'absent') return null;
  if (state.kind === 'whole') return state.run;
  throw runFileError(folder, state.why);
}

/** The error for a run.json that cannot be used. */
export function runFileError(folder: string, why: string): MorulaError {
  return new MorulaError('invalid-data', `store: ${layout.run(folder)} is not a morula run file, ${why}`);
}

/** Writes run.json in one piece. */
export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  await writeFileAtomic(layout.run(folder), `${JSON.stringify(run, null, 2)}\n`);
}
