import { MorulaError } from '../errors/index.ts';
import type { LinkOptions } from '../link/types.ts';
import {
  type BlockSharing,
  type LinkSettings,
  linkKey,
  linksStand,
  loadDetections,
  type RunFile,
  readEditLog,
  readLinksMarker,
  readMarkers,
  shareBlocks,
} from '../store/index.ts';
import { needAllFrames } from './cluster/missing.ts';
import { linkApart } from './linkApart.ts';
import type { Hooks } from './progress.ts';
import { linkRescuing, type Rescuing } from './rescue.ts';

/** What linking found before the result was taken, and of which stage it is. */
export interface Ahead {
  key: string;
  rescuing: Rescuing;
}

/**
 * Links beside other machines, without the lock; nothing but what is shared is written.
 *
 * @returns null where that stands already, or people edited, whose links are found under the lock
 * @throws `usage` for frames that the movie does not have, `busy` (exit 75) while some are not segmented
 */
export async function linkAhead(
  folder: string,
  run: RunFile,
  job: {
    settings: LinkSettings;
    options: LinkOptions;
    frames: readonly [number, number];
    overwrite: boolean;
    scorer: string | undefined;
  },
  hooks: Hooks,
): Promise<Ahead | null> {
  const [start, end] = job.frames;
  if (end > run.movie.nFrames) {
    const message = `--frames: ${start}:${end} must lie in 0:${run.movie.nFrames}, the frames of ${run.movie.name}`;
    throw new MorulaError('usage', message);
  }
  await needAllFrames(folder);
  const key = linkKey(job.settings, await readMarkers(folder, run));
  const before = await readLinksMarker(folder);
  if (!job.overwrite && before?.key === key && (await linksStand(folder, before))) return null;
  if ((await readEditLog(folder, run.segmentKey)).entries.length > 0) return null;
  const sharing = shareBlocks(folder, key, start);
  return {
    key,
    rescuing: await linkFree(folder, run, job.settings, job.options, hooks, job.scorer, sharing),
  };
}

/** Links what nobody edited or constrained. */
export async function linkFree(
  folder: string,
  run: RunFile,
  { rescue }: LinkSettings,
  options: LinkOptions,
  hooks: Hooks,
  scorer?: string,
  sharing: BlockSharing | null = null,
): Promise<Rescuing> {
  const detections = await loadDetections(folder, run, null);
  if (rescue === true) return linkRescuing(folder, run, detections, options, hooks, scorer, sharing);
  const found = await linkApart(detections, options, hooks, undefined, scorer, sharing);
  return { found, detections, rescued: null };
}
