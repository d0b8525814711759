import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readChecksum } from '../codec/index.ts';
import { isMorulaError } from '../errors/index.ts';
import { readGeff } from '../exchange/index.ts';
import { checkLineage } from '../lineage/index.ts';
import {
  type FrameMarker,
  inspectRunFile,
  type LinksMarker,
  layout,
  linkKey,
  loadResult,
  openResult,
  type RunFile,
  readEditLog,
  readLinksMarker,
  readMarkerFile,
  readMarkers,
  rescuedStand,
  runFileError,
  segmentKey,
} from '../store/index.ts';
import { linkCommand, segmentCommand } from './mend.ts';
import type { Hooks } from './progress.ts';
import { quoted } from './shell.ts';

/** One thing that is wrong with a result, or that its user should know. */
export interface Flaw {
  /** `damage`: not as it was written; `unfinished`: a run has still to do it; `note`: nothing is wrong. */
  kind: 'damage' | 'unfinished' | 'note';
  /** In words: place, what must hold, what was found. */
  what: string;
  /** The command that mends it, or null. */
  mend: string | null;
}

export interface Verification {
  flaws: Flaw[];
  /** What was looked at. */
  frames: number;
  files: number;
}

/**
 * Looks at everything in a result: every frame's marker and files, the link stage's files, the rules of the lineage, the
 * edit log. Nothing is changed.
 *
 * @param deep reads every file and compares checksums; else sizes, and the checksums of links, graph, tables and edits
 * @throws `not-found`, `invalid-data` where there is no result to look at
 */
export async function verifyResult(folder: string, deep: boolean, hooks: Hooks = {}): Promise<Verification> {
  const state = await inspectRunFile(folder);
  if (state.kind === 'damaged') {
    const what = runFileError('', state).message;
    return { flaws: [{ kind: 'damage', what, mend: madeBy(folder, state.run) }], frames: 0, files: 1 };
  }
  const run = await openResult(folder);
  const found: Verification = { flaws: [], frames: run.movie.nFrames, files: 1 };
  for (let t = 0; t < run.movie.nFrames; t++) {
    hooks.signal?.throwIfAborted();
    await verifyFrame(folder, run, t, deep, found);
    hooks.onProgress?.({ stage: 'verifying', done: t + 1, total: run.movie.nFrames, unit: 'frames' });
  }
  await verifyJob(folder, run, found);
  const whole = found.flaws.every(({ kind }) => kind === 'note');
  const read = await verifyEdits(folder, run, found);
  await verifyLinks(folder, run, deep, whole && read, found);
  return found;
}

/** The command that made a result whose run.json is damaged, as far as that still says it. */
function madeBy(folder: string, run: Partial<RunFile> | null): string {
  if (run?.segment && run.movie) return segmentCommand(folder, run as RunFile);
  return `morula track <movie> -o ${quoted(folder)}`;
}

/** run.json against its own key, and the metadata of the label images. */
async function verifyJob(folder: string, run: RunFile, found: Verification): Promise<void> {
  const mend = segmentCommand(folder, run);
  if (run.segment.kind !== 'import' && segmentKey(run.movie, run.segment) !== run.segmentKey) {
    const what = `${layout.run('')} must describe the job of its segmentKey, it describes another one`;
    found.flaws.push({ kind: 'damage', what, mend });
  }
  for (const document of run.documents ?? []) {
    found.files++;
    const problem = await verifyFile(folder, document, true);
    if (problem !== null) found.flaws.push({ kind: 'damage', what: problem.what, mend });
  }
}

async function verifyFrame(
  folder: string,
  run: RunFile,
  t: number,
  deep: boolean,
  found: Verification,
): Promise<void> {
  const path = layout.frameMarker('', t);
  const again = segmentCommand(folder, run);
  const marker = await readMarkerFile(folder, run.segmentKey, t);
  if (typeof marker === 'string') {
    // A frame that a run has not come to yet has no marker at all.
    const pending = marker === 'absent' && run.stages.segment !== 'done';
    const what = `frame ${t}: ${path} must be there and of this job, it is ${marker}`;
    found.flaws.push({ kind: pending ? 'unfinished' : 'damage', what, mend: again });
    return;
  }
  if (marker.masked !== undefined) {
    const what = `frame ${t}: ${marker.masked} chunks of the movie did not decode and are masked (once they do, this takes them in)`;
    found.flaws.push({ kind: 'note', what, mend: `rm ${quoted(join(folder, path))} && ${again}` });
  }
  for (const output of marker.outputs) {
    found.files++;
    const problem = await verifyFile(folder, output, deep);
    if (problem === null) continue;
    const imported = run.segment.kind === 'import';
    const remove = problem.sameSize && !imported ? `rm ${quoted(join(folder, path))} && ` : '';
    found.flaws.push({ kind: 'damage', what: `frame ${t}: ${problem.what}`, mend: `${remove}${again}` });
  }
}

/** What is wrong with a file, or null. */
async function verifyFile(
  folder: string,
  { path, bytes, sha256 }: { path: string; bytes: number; sha256?: string },
  deep: boolean,
): Promise<{ what: string; sameSize: boolean } | null> {
  const status = await stat(join(folder, path)).catch(() => null);
  if (status === null) return { what: `${path} must be there, it is not`, sameSize: false };
  if (status.size !== bytes) {
    return { what: `${path} must have ${bytes} bytes, it has ${status.size}`, sameSize: false };
  }
  if (!deep || sha256 === undefined) return null;
  const content = await readChecksum(join(folder, path)).catch(() => null);
  if (content?.sha256 === sha256) return null;
  return { what: `${path} must have the checksum that it was written with, it differs`, sameSize: true };
}

async function verifyLinks(
  folder: string,
  run: RunFile,
  deep: boolean,
  graphed: boolean,
  found: Verification,
): Promise<void> {
  const add = (kind: Flaw['kind'], what: string, mend: string): void => {
    found.flaws.push({ kind, what, mend });
  };
  const marker = await readLinksMarker(folder);
  const link = linkCommand(folder, marker?.settings ?? run.link);
  if (marker === null) {
    const done = run.stages.link === 'done';
    add(
      done ? 'damage' : 'unfinished',
      `${layout.linksMarker('')} must be there, the cells are not linked`,
      link,
    );
    return;
  }
  for (const output of marker.outputs) {
    found.files++;
    const own = output.path === layout.links('') ? { ...output, sha256: marker.sha256 } : output;
    const problem = await verifyFile(folder, own, true);
    if (problem === null) continue;
    // Graph and tables are made from what the linker found; what it found, by itself alone.
    const remove = problem.sameSize ? `rm ${quoted(join(folder, output.path))} && ` : '';
    const mend = output.path.endsWith('.bin') ? anew(link) : `${remove}${link}`;
    add('damage', problem.what, marker.settings.kind === 'import' ? link : mend);
  }
  // Of damaged frames or edits there is no graph to look at.
  if (!graphed) return;
  await verifyGraph(folder, run, marker, deep, add, link);
}

async function verifyGraph(
  folder: string,
  run: RunFile,
  marker: LinksMarker,
  deep: boolean,
  add: (kind: Flaw['kind'], what: string, mend: string) => void,
  link: string,
): Promise<void> {
  const markers: FrameMarker[] = await readMarkers(folder, run);
  if (run.segment.kind !== 'import' && linkKey(marker.settings, markers) !== marker.key) {
    add('damage', `${layout.links('')} must be of these frames, some were segmented again since`, link);
  }
  try {
    if ((marker.edits ?? 0) === 0 && !(await rescuedStand(folder, markers))) {
      const what = `labels must show the cells of ${layout.rescued('')}, some were segmented again since`;
      add('damage', what, link);
    }
    checkLineage((await loadResult(folder, run)).lineage);
    if (deep) await readGeff(layout.geff(folder), {});
  } catch (error) {
    if (!isMorulaError(error)) throw error;
    add('damage', error.message, anew(link));
  }
}

/** The command with `--overwrite`, unless it has it. */
const anew = (command: string): string =>
  command.endsWith(' --overwrite') ? command : `${command} --overwrite`;

/** The edit log; false where it cannot be read, and so no graph be made with it. */
async function verifyEdits(folder: string, run: RunFile, found: Verification): Promise<boolean> {
  try {
    const { entries, torn } = await readEditLog(folder, run.segmentKey);
    found.files += entries.length > 0 ? 1 : 0;
    if (torn !== null)
      found.flaws.push({ kind: 'damage', what: torn, mend: `morula view ${quoted(folder)}` });
    const shown = (await readLinksMarker(folder))?.edits ?? 0;
    if (shown !== entries.length) {
      const what = `tables and graph show ${shown} of the ${entries.length} lines of ${layout.edits('')}`;
      found.flaws.push({ kind: 'note', what, mend: `morula link ${quoted(folder)}` });
    }
    return true;
  } catch (error) {
    if (!isMorulaError(error)) throw error;
    found.flaws.push({ kind: 'damage', what: error.message, mend: null });
    return false;
  }
}
