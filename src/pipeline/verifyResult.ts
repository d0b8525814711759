import { join } from 'node:path';
import { isMorulaError, quoted } from '../errors/index.ts';
import { readGeff } from '../exchange/index.ts';
import { checkLineage } from '../lineage/index.ts';
import {
  type FrameMarker,
  type FrameTable,
  inspectRunFile,
  joinFrames,
  type LinkSettings,
  type LinksMarker,
  layout,
  linkKey,
  loadResult,
  openResult,
  type RunFile,
  readEditLog,
  readLinksMarker,
  readPlanFile,
  readRescued,
  rescuedStand,
  runFileError,
  segmentKey,
  TOO_FEW,
} from '../store/index.ts';
import type { Flaw } from './flaw.ts';
import { linkCommand, planCommand, segmentCommand } from './mend.ts';
import type { Hooks } from './progress.ts';
import { type Again, type FrameFound, verifyFile, verifyFrames } from './verifyFrames.ts';

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
    return { flaws: [{ kind: 'damage', what, mend: await madeBy(folder, state.run) }], frames: 0, files: 1 };
  }
  const run = await openResult(folder);
  const found: Verification = { flaws: [], frames: run.movie.nFrames, files: 1 };
  const again = await commandAgain(folder, run);
  const frames = await verifyFrames(folder, run, again, deep, hooks);
  for (const { flaws, files } of frames) {
    for (const flaw of flaws) found.flaws.push(flaw);
    found.files += files;
  }
  await verifyJob(folder, run, again, found);
  const whole = found.flaws.every(({ kind }) => kind === 'note');
  const read = await verifyEdits(folder, run, found);
  await verifyLinks(folder, run, deep, whole && read ? frames : null, found);
  return found;
}

/** The command that made a result whose run.json is damaged, as far as that still says it. */
async function madeBy(folder: string, run: Partial<RunFile> | null): Promise<string> {
  const path = typeof run?.movie?.path === 'string' ? quoted(run.movie.path) : '<movie>';
  const plain = `morula track ${path} -o ${quoted(folder)}`;
  if (!run?.segment || !run.movie) return plain;
  // Options are told only where they are surely those of the job.
  const whole = run.segment.kind === 'import' || segmentKey(run.movie, run.segment) === run.segmentKey;
  return whole ? segmentCommand(folder, run as RunFile, await goingOn(folder, run as RunFile)) : plain;
}

/** How the cells of a result were linked. */
async function goingOn(folder: string, run: RunFile): Promise<{ link: LinkSettings | null }> {
  return { link: (await readLinksMarker(folder))?.settings ?? run.link };
}

/** Makes the command when it is needed: for that movie and model are looked at. */
async function commandAgain(folder: string, run: RunFile): Promise<Again> {
  const { link } = await goingOn(folder, run);
  const made = new Map<boolean, Promise<string>>();
  return (masked) => {
    const command = made.get(masked) ?? segmentCommand(folder, run, { link, masked });
    made.set(masked, command);
    return command;
  };
}

/** run.json against its own key, the plan, and the metadata of the label images. */
async function verifyJob(folder: string, run: RunFile, again: Again, found: Verification): Promise<void> {
  if (run.segment.kind !== 'import' && segmentKey(run.movie, run.segment) !== run.segmentKey) {
    const what = `${layout.run('')} must describe the job of its segmentKey, it describes another one`;
    found.flaws.push({ kind: 'damage', what, mend: await again(false) });
  }
  const plan = await readPlanFile(folder).catch((error: unknown) => error);
  if (isMorulaError(plan)) {
    const mend = await planCommand(folder, run, (await goingOn(folder, run)).link);
    found.flaws.push({
      kind: 'damage',
      what: `${layout.plan('')} must be as it was written, it is not`,
      mend,
    });
  }
  if (plan !== null) found.files++;
  for (const document of run.documents ?? []) {
    found.files++;
    const problem = await verifyFile(folder, document, true);
    if (problem !== null) found.flaws.push({ kind: 'damage', what: problem.what, mend: await again(false) });
  }
}

async function verifyLinks(
  folder: string,
  run: RunFile,
  deep: boolean,
  frames: readonly FrameFound[] | null,
  found: Verification,
): Promise<void> {
  const add = (kind: Flaw['kind'], what: string, mend: string): void => {
    found.flaws.push({ kind, what, mend });
  };
  const marker = await readLinksMarker(folder);
  const link = linkCommand(folder, marker?.settings ?? run.link);
  if (marker === null) {
    const done = run.stages.link === 'done';
    // What ends the segmentation links, too.
    if (!done && found.flaws.some(({ kind }) => kind === 'unfinished')) return;
    add(
      done ? 'damage' : 'unfinished',
      `${layout.linksMarker('')} must be there, the cells are not linked`,
      link,
    );
    return;
  }
  let whole = true;
  for (const output of marker.outputs) {
    found.files++;
    const own = output.path === layout.links('') ? { ...output, sha256: marker.sha256 } : output;
    const problem = await verifyFile(folder, own, true);
    if (problem === null) continue;
    whole = false;
    // Graph and tables are made from what the linker found; what it found, by itself alone.
    const remove = problem.sameSize ? `rm ${quoted(join(folder, output.path))} && ` : '';
    const mend = output.path.endsWith('.bin') ? anew(link) : `${remove}${link}`;
    add('damage', problem.what, marker.settings.kind === 'import' ? link : mend);
  }
  // Of damaged frames, edits or files there is no graph to look at.
  if (frames === null || !whole) return;
  await verifyGraph(folder, run, marker, frames, deep, add, link);
}

async function verifyGraph(
  folder: string,
  run: RunFile,
  marker: LinksMarker,
  frames: readonly FrameFound[],
  deep: boolean,
  add: (kind: Flaw['kind'], what: string, mend: string) => void,
  link: string,
): Promise<void> {
  // Whole frames have both.
  const markers = frames.map((frame) => frame.marker as FrameMarker);
  const tables = frames.map((frame) => frame.table as FrameTable);
  if (run.segment.kind !== 'import' && linkKey(marker.settings, markers) !== marker.key) {
    add('damage', `${layout.links('')} must be of these frames, some were segmented again since`, link);
  }
  try {
    if ((marker.edits ?? 0) === 0 && !(await rescuedStand(folder, markers))) {
      const what = `labels must show the cells of ${layout.rescued('')}, some were segmented again since`;
      add('damage', what, link);
    }
    const detections = joinFrames(tables, await readRescued(folder), run.movie.ndim);
    checkLineage((await loadResult(folder, run, detections)).lineage);
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
    const mend = await mendEdits(folder, run, error.cause);
    found.flaws.push({ kind: 'damage', what: error.message, mend });
    return false;
  }
}

/**
 * The command that keeps the edits before the damage, and links again where graph and tables show more.
 *
 * @param cause of the error: the number of the damaged line from 1, or that there are too few
 */
async function mendEdits(folder: string, run: RunFile, cause: unknown): Promise<string | null> {
  const marker = await readLinksMarker(folder);
  const link = linkCommand(folder, marker?.settings ?? run.link);
  const relink = `rm ${quoted(layout.linksMarker(folder))} && ${link}`;
  if (cause === TOO_FEW) return relink;
  if (typeof cause !== 'number') return null;
  const path = quoted(layout.edits(folder));
  const whole = quoted(`${layout.edits(folder)}.whole`);
  const keep = `head -n ${cause - 1} ${path} > ${whole} && mv ${whole} ${path}`;
  // The first line is no edit.
  return (marker?.edits ?? 0) > Math.max(0, cause - 2) ? `${keep} && ${relink}` : keep;
}
