import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MorulaError, quoted } from '../errors/index.ts';
import type { FrameMarker, RunFile } from './types.ts';

/** What makes the frames of a result whole again: with which options it was made, `verify` finds out. */
function remedy(folder: string, { segment }: RunFile): string {
  return segment.kind === 'import'
    ? `import it again with: morula import '<tracks>' -o ${quoted(folder)} --overwrite`
    : `the command that makes it whole is named by: morula verify ${quoted(folder)}`;
}

/** The error for a frame that cannot be used: not done, or a file that its marker names is gone or of another size. */
export async function frameError(
  folder: string,
  run: RunFile,
  t: number,
  marker: FrameMarker | 'absent' | 'damaged' | 'another',
): Promise<MorulaError> {
  const done = run.segment.kind === 'import' ? 'imported' : 'segmented';
  let what = `frame ${t} of ${folder} is not ${done}`;
  if (marker === 'damaged') what = `frame ${t} of ${folder} is damaged: its marker does not parse`;
  if (typeof marker !== 'string') {
    const bad = await firstBad(folder, marker);
    if (bad !== null) what = `frame ${t} of ${folder} is damaged: ${bad}`;
  }
  return new MorulaError('invalid-data', `store: ${what}; ${remedy(folder, run)}`);
}

/** The first file that is not as its marker says, in words. */
async function firstBad(folder: string, { outputs }: FrameMarker): Promise<string | null> {
  for (const { path, bytes } of outputs) {
    const found = await stat(join(folder, path)).catch(() => null);
    if (found === null) return `${path} is missing`;
    if (found.size !== bytes) return `${path} must have ${bytes} bytes, it has ${found.size}`;
  }
  return null;
}

/** The error for a file of a frame whose checksum differs. */
export function checksumError(folder: string, run: RunFile, path: string): MorulaError {
  return new MorulaError(
    'invalid-data',
    `store: ${path} is damaged (its checksum differs); ${remedy(folder, run)}`,
  );
}
