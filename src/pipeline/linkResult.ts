import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import {
  buildLineage,
  type CellMarks,
  cellMarks,
  checkLineage,
  frameStarts,
  paintLabels,
  rowOfRef,
} from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { checkLinkOptions } from '../link/index.ts';
import type { Certainty, FrameMotion, LinkOptions, Links } from '../link/types.ts';
import type { Detections } from '../segment/types.ts';
import {
  clearBlocks,
  commitLinksMarker,
  commitRescued,
  type EditedResult,
  type Findings,
  type LinkSettings,
  type LinksMarker,
  linkKey,
  linksFileStands,
  linksStand,
  loadDetections,
  loadLinks,
  openEditLog,
  openResult,
  type RunFile,
  readEditLog,
  readLabels,
  readLinksMarker,
  readMarkers,
  removeLinksMarker,
  rescuedStand,
  type Summary,
  takeLock,
  writeFindings,
  writeLinks,
  writeRunFile,
} from '../store/index.ts';
import {
  type ConstraintsFile,
  joinConstraints,
  type Naming,
  readConstraintsFile,
  rowsOfConstraints,
} from './constraintsFile.ts';
import { beginRelink, type Relink } from './edit/relink.ts';
import { linkAhead, linkFree } from './linkAhead.ts';
import { linkApart } from './linkApart.ts';
import type { Hooks } from './progress.ts';
import { publishLocked, summarise, writeOutputs } from './publish.ts';
import type { Rescuing } from './rescue.ts';
import { chooseScorer } from './scorer.ts';

/** How a result is to be linked. */
export interface LinkJob extends Omit<LinkOptions, 'constraints' | 'scorer' | 'weak'> {
  /** Network that judges links: `auto` (default), `none`, or an ONNX file; only for `linker: 'global'`. */
  scorer?: string;
  /** Path of a file of constraints, see `readConstraintsFile`; only for `linker: 'global'`. */
  constraintsFile?: string;
  /**
   * Whether candidates below the threshold may become cells; default true, only for `linker: 'global'`. Where people
   * edited, or constraints are given, the cells that were rescued before stay, and no others come.
   */
  rescue?: boolean;
  /**
   * Begins with these frames, half-open, and shares with other machines that link this result, through it, what each
   * decides: every one of them ends with the whole movie linked, to the same bytes.
   */
  frames?: readonly [number, number];
}

/** Links and divisions less probable than this are called doubtful. */
const DOUBTFUL = 0.9;

/** What linking did. */
export interface LinkReport {
  run: RunFile;
  summary: Summary;
  /** False when everything stood already. */
  fresh: boolean;
  seconds: number;
}

/**
 * Links the detections of a result and writes graph and tables. Nothing is done when it stands already with the same
 * detections and options.
 *
 * @param patience seconds to wait for another run that has the result
 * @throws `invalid-data` when a frame is missing or damaged, or a line of the constraints names what is not there
 */
export async function linkResult(
  folder: string,
  { constraintsFile, scorer: judge, rescue = true, frames, ...options }: LinkJob,
  overwrite: boolean,
  hooks: Hooks = {},
  patience = 0,
): Promise<LinkReport> {
  const started = performance.now();
  rehearseLink({ ...options, ...(constraintsFile === undefined ? {} : { constraintsFile }) });
  const found = await openResult(folder);
  const file = constraintsFile === undefined ? null : await readConstraintsFile(constraintsFile);
  const scorer = await chooseScorer(options.linker, judge);
  const settings = linkSettingsOf({ ...options, rescue }, scorer, file);
  const ahead =
    frames === undefined || file !== null
      ? null
      : await linkAhead(folder, found, { settings, options, frames, overwrite, scorer: scorer?.path }, hooks);
  const release = await takeLock(folder, frames === undefined ? patience : Math.max(patience, OTHERS));
  try {
    const run = await openResult(folder);
    const markers = await readMarkers(folder, run);
    const key = linkKey(settings, markers);
    const before = await readLinksMarker(folder);
    const seconds = (): number => (performance.now() - started) / 1000;
    if (!overwrite && before?.key === key) {
      const { entries } = await readEditLog(folder, run.segmentKey);
      const shown = (before.edits ?? 0) === entries.length && (await linksStand(folder, before));
      // What people edited since is in no table yet.
      if (!shown && (await linksFileStands(folder, before))) {
        await publishLocked(folder, run).catch((error: unknown) => {
          // A damaged file is made again by linking.
          if (!isMorulaError(error) || error.tag !== 'invalid-data') throw error;
        });
      }
      const marker = (await readLinksMarker(folder)) ?? before;
      // What people edited is not rescued anew.
      const drawn = entries.length > 0 || (await rescuedStand(folder, markers));
      if (drawn && (await linksStand(folder, marker))) {
        await noteLinked(folder, run, marker);
        await clearBlocks(folder);
        return { run, summary: marker.summary, fresh: false, seconds: seconds() };
      }
    }
    const own = ahead?.key === key ? ahead.rescuing : null;
    const summary = await linkAnew(folder, run, { key, settings }, options, file, hooks, scorer?.path, own);
    await clearBlocks(folder);
    return { run, summary, fresh: true, seconds: seconds() };
  } finally {
    await release();
  }
}

/** Seconds that a machine waits for another one that writes what both have found. */
const OTHERS = 180;

/** What decides the links, as links.json keeps it. */
export function linkSettingsOf(
  { linker, maxDistance, maxFrameInterval, divisions, motion = 'auto', rescue = true }: LinkJob,
  scorer: { sha256: string } | null,
  file: { sha256: string } | null = null,
): LinkSettings {
  return {
    kind: linker,
    maxDistance: Number.isNaN(maxDistance) ? null : maxDistance,
    maxFrameInterval,
    divisions,
    ...(linker === 'global' ? { motion } : {}),
    ...(linker === 'global' && rescue ? { rescue: true as const } : {}),
    ...(scorer === null ? {} : { scorer: scorer.sha256 }),
    ...(file === null ? {} : { constraints: file.sha256 }),
  };
}

/** Links and commits; edits that people made are constraints, and stay. */
async function linkAnew(
  folder: string,
  run: RunFile,
  stage: Pick<LinksMarker, 'key' | 'settings'>,
  options: LinkOptions,
  file: ConstraintsFile | null,
  hooks: Hooks,
  scorer?: string,
  ahead: Rescuing | null = null,
): Promise<Summary> {
  const { entries } = await readEditLog(folder, run.segmentKey);
  const free = entries.length === 0 && file === null;
  const writer = entries.length === 0 ? null : await openEditLog(folder, run.segmentKey);
  try {
    const freely = free
      ? (ahead ?? (await linkFree(folder, run, stage.settings, options, hooks, scorer)))
      : null;
    const detections = freely?.detections ?? (await loadDetections(folder, run));
    const relink = writer === null ? null : beginRelink(detections, run.hasLabels, writer);
    const said = file === null ? {} : await rowsOfConstraints(file, namingOf(folder, detections, relink));
    const known = relink === null ? said : joinConstraints(relink.constraints, said);
    const given: LinkOptions = options.linker === 'lap' ? options : { ...options, constraints: known };
    const { links, maxDistance, ...found } =
      freely?.found ?? (await linkApart(relink?.detections ?? detections, given, hooks, undefined, scorer));
    await setImmediate();
    hooks.signal?.throwIfAborted();
    const solved = {
      ...(found.solve === null ? {} : { gap: Math.max(0, found.solve.cost - found.solve.bound) }),
      ...(found.motion === null ? {} : { motion: summariseMotion(found.motion) }),
      ...(found.certainty === null ? {} : { doubt: summariseDoubt(links, found.certainty) }),
    };
    if (relink === null) {
      const lineage = buildLineage(detections, links);
      checkLineage(lineage);
      const summary = { ...summarise(run, lineage, maxDistance), ...solved };
      if (free) {
        await undoStage(folder, run);
        await commitRescued(folder, run, freely?.rescued ?? null);
      }
      await commitLineage(folder, run, lineage, { ...stage, summary }, found);
      return summary;
    }
    await undoStage(folder, run);
    const { base, edited, history, certainty } = await relink.settle(links, found.certainty);
    checkLineage(edited.lineage);
    const summary = { ...summarise(run, edited.lineage, maxDistance, history), ...solved };
    const shown = {
      lineage: edited.lineage,
      marks: cellMarks(history.state, edited),
      edits: history.entries.length,
      labels: async (t: number) => paintLabels(history.state, t, await readLabels(folder, t)),
    };
    await commitLineage(folder, run, base, { ...stage, summary }, { ...found, certainty }, shown);
    return summary;
  } finally {
    await writer?.close();
  }
}

/** How nodes are named in a file of constraints; with edits, by the rows that these leave. */
function namingOf(folder: string, detections: Detections, relink: Relink | null): Naming {
  const start = frameStarts(detections);
  const rowOfBase = relink === null ? (row: number): number => row : relink.names.rowOfBase;
  return {
    count: (relink?.detections ?? detections).count,
    rowOf: relink === null ? (ref) => rowOfRef(detections, start, ref) : relink.names.rowOf,
    async links() {
      const { source, target } = await loadLinks(folder);
      const rows = [Array.from(source, rowOfBase), Array.from(target, rowOfBase)] as const;
      const kept = Array.from(source.keys()).filter((k) => rows[0][k] >= 0 && rows[1][k] >= 0);
      const column = (of: readonly number[]): Int32Array => Int32Array.from(kept, (k) => of[k]);
      return { count: kept.length, source: column(rows[0]), target: column(rows[1]) };
    },
  };
}

/** Refuses options that no linker takes, before the hours of segmenting. */
export function rehearseLink({ linker, constraintsFile, scorer: _judge, ...options }: LinkJob): void {
  checkLinkOptions({ linker, ...options });
  if (constraintsFile !== undefined && linker !== 'global') {
    const message = '--constraints: only the linker global takes them; leave --linker lap out';
    throw new MorulaError('usage', message);
  }
}

/** Declares the link stage not done: comes before the first of its files is replaced. */
async function undoStage(folder: string, run: RunFile): Promise<void> {
  // run.json first: where it says done, a marker that is not there is a loss.
  if (run.stages.link === 'done') {
    Object.assign(run, { link: null, summary: null, stages: { ...run.stages, link: 'none' } });
    await writeRunFile(folder, run);
  }
  await removeLinksMarker(folder);
}

/** A lineage with edits, for graph and tables. */
interface Shown {
  lineage: Lineage;
  marks: CellMarks;
  /** Entries of the log that are in it. */
  edits: number;
  labels: EditedResult['labels'];
}

/**
 * Takes the marker away, writes links, graph and tables, then the marker that declares them whole, then run.json.
 *
 * @param shown what graph and tables show where that is not `lineage` itself
 */
export async function commitLineage(
  folder: string,
  run: RunFile,
  lineage: Lineage,
  stage: Pick<LinksMarker, 'key' | 'settings' | 'summary'>,
  findings: Findings = { motion: null, certainty: null },
  shown: Shown | null = null,
): Promise<void> {
  await undoStage(folder, run);
  const written = await writeLinks(folder, lineage.links);
  await writeFindings(folder, findings);
  const certainty = shown === null ? findings.certainty : null;
  await writeOutputs(folder, run, shown?.lineage ?? lineage, shown?.labels, certainty, shown?.marks);
  await commitLinksMarker(folder, {
    ...stage,
    ...written,
    ...(shown === null ? {} : { edits: shown.edits }),
  });
  await noteLinked(folder, run, stage);
}

/** Says in run.json what the stage's marker says: a run may have been killed between the two. */
async function noteLinked(
  folder: string,
  run: RunFile,
  { settings, summary }: Pick<LinksMarker, 'settings' | 'summary'>,
): Promise<void> {
  const now: RunFile = { ...run, link: settings, stages: { segment: 'done', link: 'done' }, summary };
  if (isDeepStrictEqual(now, run)) return;
  await writeRunFile(folder, Object.assign(run, now));
}

/** How many links and divisions are wrong by the linker's own probabilities, and how many it calls doubtful. */
function summariseDoubt(links: Links, { divides }: Certainty): NonNullable<Summary['doubt']> {
  const known = (p: number): boolean => !Number.isNaN(p);
  const wrong = (probs: Float32Array): number => probs.reduce((sum, p) => sum + (known(p) ? 1 - p : 0), 0);
  const rows = [...links.prob, ...divides].filter((p) => p < DOUBTFUL);
  return { links: wrong(links.prob), divisions: wrong(divides), doubtful: rows.length };
}

/** How many frames were moved, and how far their cells lie apart before and after that: medians over frames. */
function summariseMotion(frames: readonly FrameMotion[]): NonNullable<Summary['motion']> {
  const middle = (values: readonly number[]): number => {
    const sorted = values.filter((v) => !Number.isNaN(v)).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  };
  return {
    drift: frames.filter(({ kind }) => kind !== 'none').length,
    flow: frames.filter(({ flow }) => flow).length,
    before: middle(frames.map(({ before }) => before)),
    after: middle(frames.map(({ after }) => after)),
  };
}
