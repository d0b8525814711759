import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readChecksum, sha256Hex } from '../codec/index.ts';
import { inLanes } from '../codec/inLanes.ts';
import { isMorulaError, quoted } from '../errors/index.ts';
import {
  decodeFrameTable,
  type FrameMarker,
  type FrameTable,
  layout,
  type RunFile,
  readMarkerFile,
} from '../store/index.ts';
import type { Flaw } from './flaw.ts';
import type { Hooks } from './progress.ts';

/** The command that makes frames again, and masks chunks as before where some were. */
export type Again = (masked: boolean) => Promise<string>;

/** What was found of one frame. */
export interface FrameFound {
  flaws: Flaw[];
  files: number;
  /** Null where it is not done, or its marker is damaged. */
  marker: FrameMarker | null;
  /** Without weak candidates; null where the file is not as it was written. */
  table: FrameTable | null;
}

/**
 * Looks at every frame: its marker and its files, each read once at most. Tables are always read, since the graph is made
 * of them.
 *
 * @param again the command that makes frames again, see `segmentCommand`
 * @param deep reads every other file too and compares checksums; else sizes
 */
export async function verifyFrames(
  folder: string,
  run: RunFile,
  again: Again,
  deep: boolean,
  hooks: Hooks = {},
): Promise<FrameFound[]> {
  const total = run.movie.nFrames;
  let done = 0;
  return inLanes(total, async (t) => {
    hooks.signal?.throwIfAborted();
    const found = await verifyFrame(folder, run, t, again, deep);
    hooks.onProgress?.({ stage: 'verifying', done: ++done, total, unit: 'frames' });
    return found;
  });
}

async function verifyFrame(
  folder: string,
  run: RunFile,
  t: number,
  again: Again,
  deep: boolean,
): Promise<FrameFound> {
  const path = layout.frameMarker('', t);
  const marker = await readMarkerFile(folder, run.segmentKey, t);
  if (typeof marker === 'string') {
    // A frame that a run has not come to yet has no marker at all.
    const pending = marker === 'absent' && run.stages.segment !== 'done';
    const what = `frame ${t}: ${path} must be there and of this job, it is ${marker}`;
    const flaw: Flaw = { kind: pending ? 'unfinished' : 'damage', what, mend: await again(false) };
    return { flaws: [flaw], files: 0, marker: null, table: null };
  }
  const found: FrameFound = { flaws: [], files: marker.outputs.length, marker, table: null };
  if (marker.masked !== undefined) {
    const what = `frame ${t}: ${marker.masked} chunks of the movie did not decode and are masked (once they do, this takes them in)`;
    const mend = `rm ${quoted(join(folder, path))} && ${await again(true)}`;
    found.flaws.push({ kind: 'note', what, mend });
  }
  const damaged = async (problem: Problem): Promise<void> => {
    const imported = run.segment.kind === 'import';
    const remove = problem.sameSize && !imported ? `rm ${quoted(join(folder, path))} && ` : '';
    const mend = `${remove}${await again(marker.masked !== undefined)}`;
    found.flaws.push({ kind: 'damage', what: `frame ${t}: ${problem.what}`, mend });
  };
  const tablePath = layout.frameTable('', t);
  for (const output of marker.outputs) {
    const table = output.path === tablePath ? await verifyTable(folder, output) : null;
    if (table !== null && 'count' in table) found.table = table;
    else {
      const problem = table ?? (await verifyFile(folder, output, deep));
      if (problem !== null) await damaged(problem);
    }
  }
  if (!marker.outputs.some((output) => output.path === tablePath))
    await damaged({ what: `its marker must name ${tablePath}, it does not`, sameSize: true });
  return found;
}

/** What is wrong with a file; whether its size is right. */
interface Problem {
  what: string;
  sameSize: boolean;
}

interface Expected {
  path: string;
  bytes: number;
  sha256?: string;
}

/** What is wrong with a file, or null. @param deep compares its checksum too, where one is known */
export async function verifyFile(
  folder: string,
  { path, bytes, sha256 }: Expected,
  deep: boolean,
): Promise<Problem | null> {
  const status = await stat(join(folder, path)).catch(() => null);
  if (status === null) return gone(path);
  if (status.size !== bytes) return otherSize(path, bytes, status.size);
  if (!deep || sha256 === undefined) return null;
  const content = await readChecksum(join(folder, path)).catch(() => null);
  return content?.sha256 === sha256 ? null : otherContent(path);
}

/** A frame's table, or what is wrong with its file. */
async function verifyTable(folder: string, { path, bytes, sha256 }: Expected): Promise<FrameTable | Problem> {
  const content = await readFile(join(folder, path)).catch(() => null);
  if (content === null) return gone(path);
  if (content.length !== bytes) return otherSize(path, bytes, content.length);
  if (sha256Hex(content) !== sha256) return otherContent(path);
  try {
    const { weak: _, ...table } = decodeFrameTable(content, path);
    return table;
  } catch (error) {
    if (!isMorulaError(error)) throw error;
    return { what: error.message, sameSize: true };
  }
}

const gone = (path: string): Problem => ({ what: `${path} must be there, it is not`, sameSize: false });

const otherSize = (path: string, bytes: number, found: number): Problem => ({
  what: `${path} must have ${bytes} bytes, it has ${found}`,
  sameSize: false,
});

const otherContent = (path: string): Problem => ({
  what: `${path} must have the checksum that it was written with, it differs`,
  sameSize: true,
});
