import { setImmediate } from 'node:timers/promises';
import { writeGeff, writeTables } from '../exchange/index.ts';
import { buildLineage, checkLineage, findDivisions } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { checkLinkOptions } from '../link/index.ts';
import type { FrameMotion, LinkOptions } from '../link/types.ts';
import {
  commitLinksMarker,
  type Findings,
  type LinkSettings,
  type LinksMarker,
  layout,
  linkKey,
  linksStand,
  loadDetections,
  openResult,
  type RunFile,
  readLinksMarker,
  readMarkers,
  removeLinksMarker,
  type Summary,
  takeLock,
  writeFindings,
  writeLinks,
  writeRunFile,
} from '../store/index.ts';
import { lineageContext } from './context.ts';
import { linkApart } from './linkApart.ts';
import type { Hooks } from './progress.ts';

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
 * @throws `invalid-data` when a frame is missing or damaged
 */
export async function linkResult(
  folder: string,
  options: LinkOptions,
  overwrite: boolean,
  hooks: Hooks = {},
): Promise<LinkReport> {
  const started = performance.now();
  await openResult(folder);
  const release = await takeLock(folder);
  try {
    const run = await openResult(folder);
    const settings: LinkSettings = {
      kind: options.linker,
      maxDistance: Number.isNaN(options.maxDistance) ? null : options.maxDistance,
      maxFrameInterval: options.maxFrameInterval,
      divisions: options.divisions,
      ...(options.linker === 'global' ? { motion: options.motion ?? 'auto' } : {}),
    };
    const key = linkKey(settings, await readMarkers(folder, run));
    const before = await readLinksMarker(folder);
    if (!overwrite && before?.key === key && (await linksStand(folder, before))) {
      return { run, summary: before.summary, fresh: false, seconds: (performance.now() - started) / 1000 };
    }
    const detections = await loadDetections(folder, run);
    const { links, maxDistance, ...found } = await linkApart(detections, options, hooks);
    await setImmediate();
    hooks.signal?.throwIfAborted();
    const lineage = buildLineage(detections, links);
    checkLineage(lineage);
    const summary: Summary = {
      ...summarise(run, lineage, maxDistance),
      ...(found.solve === null ? {} : { gap: Math.max(0, found.solve.cost - found.solve.bound) }),
      ...(found.motion === null ? {} : { motion: summariseMotion(found.motion) }),
    };
    await commitLineage(folder, run, lineage, { key, settings, summary }, found);
    return { run, summary, fresh: true, seconds: (performance.now() - started) / 1000 };
  } finally {
    await release();
  }
}

/** Refuses options that no linker takes, before the hours of segmenting. */
export function rehearseLink(options: LinkOptions): void {
  checkLinkOptions(options);
}

/** Takes the marker away, writes links, graph and tables, then the marker that declares them whole, then run.json. */
export async function commitLineage(
  folder: string,
  run: RunFile,
  lineage: Lineage,
  stage: Pick<LinksMarker, 'key' | 'settings' | 'summary'>,
  findings: Findings = { motion: null, certainty: null },
): Promise<void> {
  await removeLinksMarker(folder);
  if (run.stages.link === 'done') {
    Object.assign(run, { link: null, summary: null, stages: { ...run.stages, link: 'none' } });
    await writeRunFile(folder, run);
  }
  const written = await writeLinks(folder, lineage.links);
  await writeFindings(folder, findings);
  const context = lineageContext(folder, run);
  await writeGeff(layout.geff(folder), lineage, context);
  await writeTables(layout.tables(folder), lineage, context);
  await commitLinksMarker(folder, { ...stage, ...written });
  run.link = stage.settings;
  run.stages = { segment: 'done', link: 'done' };
  run.summary = stage.summary;
  await writeRunFile(folder, run);
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

/** Counts of a lineage. `maxDistance` is null or NaN where nothing could be linked. */
export function summarise(run: RunFile, lineage: Lineage, maxDistance: number | null): Summary {
  return {
    frames: run.movie.nFrames,
    detections: lineage.detections.count,
    tracklets: lineage.tracklets.count,
    lineages: lineage.nLineages,
    divisions: findDivisions(lineage).count,
    links: lineage.links.count,
    maxDistance: maxDistance === null || Number.isNaN(maxDistance) ? null : maxDistance,
  };
}
