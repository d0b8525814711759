import { writeGeff, writeReadme, writeTables } from '../exchange/index.ts';
import { type CellMarks, findDivisions, type History } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import type { Certainty } from '../link/types.ts';
import {
  commitLinksMarker,
  type EditedResult,
  layout,
  loadResult,
  openResult,
  type RunFile,
  readFindings,
  readLinksMarker,
  type Summary,
  takeLock,
  writeRunFile,
} from '../store/index.ts';
import { lineageContext } from './context.ts';

/**
 * Writes the graph and the tables of a lineage, and the README.txt that explains them.
 *
 * @param labels default: as segmented
 * @param certainty by row of `lineage`; none where people edited, since it is not about what they made
 * @param marks of people, by row and tracklet of `lineage`
 */
export async function writeOutputs(
  folder: string,
  run: RunFile,
  lineage: Lineage,
  labels?: EditedResult['labels'],
  certainty?: Certainty | null,
  marks?: CellMarks,
): Promise<void> {
  const context = {
    ...lineageContext(folder, run, labels),
    ...(certainty === undefined || certainty === null ? {} : { certainty }),
    ...(marks === undefined ? {} : { marks }),
  };
  await writeGeff(layout.geff(folder), lineage, context);
  await writeTables(layout.tables(folder), lineage, context);
  await writeReadme(folder, lineage, context, 'tables/');
}

/** Counts of a lineage. `maxDistance` is null or NaN where nothing could be linked. */
export function summarise(
  run: RunFile,
  lineage: Lineage,
  maxDistance: number | null,
  history?: History,
): Summary {
  const edits = history?.undoable.length ?? 0;
  const rescued = lineage.detections.rescued?.reduce((sum, flag) => sum + flag, 0) ?? 0;
  return {
    frames: run.movie.nFrames,
    detections: lineage.detections.count,
    tracklets: lineage.tracklets.count,
    lineages: lineage.nLineages,
    divisions: findDivisions(lineage).count,
    links: lineage.links.count,
    ...(rescued === 0 ? {} : { rescued }),
    maxDistance: maxDistance === null || Number.isNaN(maxDistance) ? null : maxDistance,
    ...(edits === 0 ? {} : { edits }),
  };
}

/** The numbers of a result after edits; what the linker said of itself stays. */
export function summariseEdited(run: RunFile, { lineage, history }: EditedResult, before: Summary): Summary {
  const { edits: _, rescued: __, ...kept } = before;
  return { ...kept, ...summarise(run, lineage, before.maxDistance, history) };
}

/**
 * Writes graph, tables and numbers anew with the edits that people made since.
 *
 * @returns the number of the last entry that they show
 * @throws `busy` (exit 75) when a run is working on the result, `invalid-data` when it is not linked
 */
export async function publishEdits(folder: string): Promise<number> {
  const release = await takeLock(folder);
  try {
    return await publishLocked(folder, await openResult(folder));
  } finally {
    await release();
  }
}

/** The same, where the result is locked already. */
export async function publishLocked(folder: string, run: RunFile): Promise<number> {
  const result = await loadResult(folder, run);
  const marker = (await readLinksMarker(folder))!;
  const edits = result.history.entries.length;
  const summary = summariseEdited(run, result, marker.summary);
  const { certainty } = edits === 0 ? await readFindings(folder) : { certainty: null };
  await writeOutputs(folder, run, result.lineage, result.labels, certainty, result.marks);
  await commitLinksMarker(folder, { ...marker, summary, edits });
  run.summary = summary;
  await writeRunFile(folder, run);
  return edits;
}
