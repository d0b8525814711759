import { morulaVersion } from '../../codec/packageRoot.ts';
import { MorulaError } from '../../errors/index.ts';
import {
  describePlanChange,
  type PlanContent,
  type PlanFile,
  planId,
  type RunFile,
  readPlanFile,
  type SaidOptions,
  writePlanFile,
} from '../../store/index.ts';
import { type LinkJob, linkSettingsOf, rehearseLink } from '../linkResult.ts';
import type { Hooks } from '../progress.ts';
import { chooseScorer } from '../scorer.ts';
import { prepareFolder, type SettledJob, settleJob } from '../segmentFolder.ts';
import type { SegmentJob } from '../segmentJob.ts';
import { countTasks, MOST_TASKS, usualFramesPerTask } from './tasks.ts';

/** A job that many machines will do. */
export interface PlanJob {
  segment: SegmentJob;
  link: LinkJob;
  /** The same two as a person said them: what every task is given. Paths in them are absolute. */
  said: { segment: SaidOptions; link: SaidOptions };
  /** Undefined = some minutes of one core. */
  framesPerTask?: number;
  /** Replaces a plan with other options; frames that are segmented as the new one wants them stay. */
  newPlan: boolean;
}

export interface PlanReport {
  plan: PlanFile;
  run: RunFile;
  tasks: number;
  /** False when the very same plan stood already. */
  fresh: boolean;
}

/** Seconds that a plan waits for another one, or a run, that has the folder. */
const PATIENCE = 10;

/**
 * Plans a job once: makes the result folder with its empty label images, and plan.json with everything that a task
 * must know. The same plan again changes nothing.
 *
 * @throws `other-settings` (exit 78) when the folder has another plan, or frames of another job
 */
export async function planMovie(wanted: PlanJob, hooks: Hooks = {}): Promise<PlanReport> {
  rehearseLink(wanted.link);
  const scorer = await chooseScorer(wanted.link.linker, wanted.link.scorer);
  const settled = await settleJob(wanted.segment, hooks);
  const { job } = settled;
  const cut = { nFrames: settled.info.nFrames, framesPerTask: framesPerTask(wanted, settled) };
  const { run, release } = await prepareFolder(job, settled.plan, PATIENCE);
  try {
    const content: PlanContent = {
      ...cut,
      movie: settled.source.path,
      segmentKey: run.segmentKey,
      segment: wanted.said.segment,
      link: wanted.said.link,
      linkSettings: linkSettingsOf(wanted.link, scorer),
    };
    const before = await readPlanFile(job.folder).catch((error: unknown) => {
      if (wanted.newPlan) return null;
      throw error;
    });
    const id = planId(content);
    const tasks = countTasks(content);
    if (before?.id === id) return { plan: before, run, tasks, fresh: false };
    if (before !== null && !wanted.newPlan) {
      throw new MorulaError(
        'other-settings',
        `plan: ${job.folder} has another plan (${describePlanChange(before, content)}); use --new-plan to replace it, frames that fit stay`,
      );
    }
    const plan: PlanFile = { format: 'morula-plan', version: 1, id, morula: morulaVersion(), ...content };
    await writePlanFile(job.folder, plan);
    return { plan, run, tasks, fresh: true };
  } finally {
    await release();
  }
}

function framesPerTask({ framesPerTask: wanted }: PlanJob, { info }: SettledJob): number {
  const { nFrames, shape } = info;
  const chosen = Math.min(nFrames, wanted ?? usualFramesPerTask(nFrames, shape[0] * shape[1] * shape[2]));
  const tasks = countTasks({ nFrames, framesPerTask: chosen });
  if (tasks <= MOST_TASKS) return chosen;
  throw new MorulaError(
    'usage',
    `--frames-per-task: ${chosen} makes ${tasks} tasks of ${nFrames} frames, an array takes at most ${MOST_TASKS}; give at least ${Math.ceil(nFrames / MOST_TASKS)}`,
  );
}
