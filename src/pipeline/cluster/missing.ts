import { isMorulaError, MorulaError, quoted } from '../../errors/index.ts';
import {
  linkKey,
  linksStand,
  openResult,
  type PlanFile,
  type RunFile,
  readLinksMarker,
  readMarkers,
  readPlanFile,
  rescuedStand,
  sameLinkSettings,
  surveyFrames,
} from '../../store/index.ts';
import { arraySyntax, countTasks, framesOfTask } from './tasks.ts';

/** The stages that tasks belong to. */
export type Stage = 'segment' | 'link';

export interface Missing {
  stage: Stage;
  /** Tasks that are not done, ascending; linking is one task, number 0. */
  tasks: number[];
  /** Tasks in all. */
  total: number;
  /** Frames of `tasks` that are not done; of linking none. */
  frames: number[];
}

/**
 * What is not done yet, told from the result alone: no scheduler is asked. Where nothing was planned a task is a frame.
 *
 * @throws `not-found` where there is no result
 */
export async function findMissing(folder: string, stage: Stage): Promise<Missing> {
  const run = await openResult(folder);
  const plan = await readPlanFile(folder);
  if (stage === 'link') {
    const tasks = (await isLinked(folder, run, plan)) ? [] : [0];
    return { stage, tasks, total: 1, frames: [] };
  }
  const { nFrames } = run.movie;
  // A plan of other frames is an old one.
  const cut = plan?.nFrames === nFrames ? plan : { nFrames, framesPerTask: 1 };
  const found: Missing = { stage, tasks: [], total: countTasks(cut), frames: [] };
  for (let k = 0; k < found.total; k++) {
    const [start, end] = framesOfTask(cut, k)!;
    const { missing } = await surveyFrames(folder, run.segmentKey, start, end);
    if (missing.length === 0) continue;
    found.tasks.push(k);
    for (const t of missing) found.frames.push(t);
  }
  return found;
}

/** @throws `busy` (exit 75) naming the frames that are not segmented yet */
export async function needAllFrames(folder: string): Promise<void> {
  const { frames } = await findMissing(folder, 'segment');
  if (frames.length === 0) return;
  const some = frames.length > 20 ? `${frames.length} frames` : `frames ${arraySyntax(frames)}`;
  throw new MorulaError(
    'busy',
    `link: every frame must be segmented, ${some} of ${folder} are not; see: morula missing ${quoted(folder)} --stage segment`,
  );
}

/** True when links of these very frames, by the plan's options if there is one, stand with graph and tables. */
async function isLinked(folder: string, run: RunFile, plan: PlanFile | null): Promise<boolean> {
  const marker = await readLinksMarker(folder);
  if (marker === null || !(await linksStand(folder, marker))) return false;
  if (plan !== null && !sameLinkSettings(marker.settings, plan.linkSettings)) return false;
  if (run.segment.kind === 'import') return true;
  try {
    const markers = await readMarkers(folder, run);
    if (linkKey(marker.settings, markers) !== marker.key) return false;
    return (marker.edits ?? 0) > 0 || (await rescuedStand(folder, markers));
  } catch (error) {
    if (isMorulaError(error) && error.tag === 'invalid-data') return false;
    throw error;
  }
}
