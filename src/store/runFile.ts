import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../codec/files.ts';
import { MorulaError } from '../errors/index.ts';
import { stageKey } from './canonical.ts';
import { layout } from './layout.ts';
import type { RunFile } from './types.ts';

/** What stands where run.json should be. */
export type RunFileState =
  | { kind: 'absent' }
  | { kind: 'whole'; run: RunFile }
  /** Ours, but not as it was written; what it says may be wrong. */
  | { kind: 'damaged'; why: string; run: Partial<RunFile> | null }
  /** Of another version of morula: may be overwritten. */
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
    return { kind: 'damaged', why: 'it is not JSON', run: null };
  }
  const { checksum, ...fields } = (value ?? {}) as Partial<RunFile> & { checksum?: unknown };
  const sealed = typeof checksum === 'string' || Object.keys(fields).some((name) => !KNOWN.has(name));
  const ours = fields.format === 'morula-result' || 'segmentKey' in fields;
  const other = fields.version !== 1 && checksum !== checksumOf({ ...fields, version: 1 });
  if (ours && sealed && !other && checksum !== checksumOf(fields)) {
    return { kind: 'damaged', why: 'it was changed since', run: fields };
  }
  if (fields.format !== 'morula-result') return { kind: 'foreign', why: 'its format is not "morula-result"' };
  if (fields.version !== 1 || !fields.movie || !fields.segment || !fields.stages) {
    return {
      kind: 'unusable',
      why: 'it was written by another version of morula; start anew with --overwrite',
    };
  }
  return { kind: 'whole', run: fields as RunFile };
}

/** Reads run.json, or null when the folder is not a result. @throws `invalid-data` when it is no run file of ours */
export async function readRunFile(folder: string): Promise<RunFile | null> {
  const state = await inspectRunFile(folder);
  if (state.kind === 'absent') return null;
  if (state.kind === 'whole') return state.run;
  throw runFileError(folder, state);
}

/** The error for a run.json that cannot be used. */
export function runFileError(
  folder: string,
  { kind, why }: Exclude<RunFileState, { kind: 'absent' | 'whole' }>,
): MorulaError {
  const path = layout.run(folder);
  const message =
    kind === 'damaged'
      ? `store: ${path} must be as morula wrote it, ${why}; ${MEND}`
      : `store: ${path} is not a morula run file, ${why}`;
  return new MorulaError('invalid-data', message);
}

const MEND =
  'run the command that made it again, with its options: finished frames stay; or start anew with --overwrite';

/** Writes run.json in one piece, with a checksum of all that it says, and without a last newline: no byte of it may go. */
export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  const sealed = { ...run, checksum: checksumOf(run) };
  await writeFileAtomic(layout.run(folder), JSON.stringify(sealed, null, 2));
}

/** SHA-256 (hex) of the values, whatever their order and the spaces between them. */
const checksumOf = (run: Partial<RunFile>): string => stageKey('run/1', JSON.parse(JSON.stringify(run)));

/** Names of which run.json consisted before it had a checksum: with others, it has lost it. */
const KNOWN: ReadonlySet<string> = new Set<keyof RunFile>([
  'format',
  'version',
  'morula',
  'movie',
  'hasLabels',
  'segment',
  'segmentKey',
  'link',
  'stages',
  'summary',
  'devices',
  'documents',
]);
