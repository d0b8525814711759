import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../codec/files.ts';
import { MorulaError } from '../errors/index.ts';
import { layout } from './layout.ts';
import type { RunFile } from './types.ts';

/** Reads run.json, or null when the folder is not a result. */
export async function readRunFile(folder: string): Promise<RunFile | null> {
  let text: string;
  try {
    text = await readFile(layout.run(folder), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return null;
    }
    throw error;
  }
  const bad = (why: string): MorulaError =>
    new MorulaError('invalid-data', `store: ${layout.run(folder)} is not a morula run file, ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('it is not JSON; start anew with --overwrite');
  }
  if (
    value === null ||
    typeof value !== 'object' ||
    !('format' in value) ||
    value.format !== 'morula-result'
  ) {
    throw bad('its format is not "morula-result"');
  }
  if (!('version' in value) || value.version !== 1) {
    throw bad('it was written by another version of morula; start anew with --overwrite');
  }
  return value as unknown as RunFile;
}

/** Writes run.json in one piece. */
export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  await writeFileAtomic(layout.run(folder), `${JSON.stringify(run, null, 2)}\n`);
}
