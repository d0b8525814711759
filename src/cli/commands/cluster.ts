import { type Command, Option } from 'commander';
import { quoted } from '../../errors/index.ts';
import {
  arraySyntax,
  findMissing,
  type PlanJob,
  type PlanReport,
  planMovie,
  type Stage,
} from '../../pipeline/index.ts';
import type { SaidOptions } from '../../store/index.ts';
import { action, type Outcome } from '../action.ts';
import { hooksOf } from '../hooks.ts';
import {
  addCommonOptions,
  addLinkOptions,
  addSegmentOptions,
  type CommonOptions,
  integer,
  needed,
} from '../options.ts';
import { saidOf } from '../planned.ts';
import { movieLine, some } from '../text.ts';
import { type LinkFlags, linkOptions, type SegmentFlags, segmentJob } from './track.ts';

/** Options of `plan` and `submit`. */
export interface PlanFlags extends SegmentFlags, LinkFlags {
  framesPerTask?: number;
  newPlan?: boolean;
  said: { segment: SaidOptions; link: SaidOptions };
}

/** Adds the options of a job and of how it is cut. */
export function addPlanOptions(command: Command): Command {
  command.option('-o, --output <result>', 'result folder (default: <movie name>.morula)');
  addLinkOptions(addSegmentOptions(addCommonOptions(command)));
  return command
    .option('--frames-per-task <n>', 'frames of one task (default: some minutes of one core)', integer(1))
    .option('--new-plan', 'replace the plan of other options; frames that fit stay');
}

/** Leaves what a person said as option `said`. */
export async function fillSaid(command: Command, _movie: string): Promise<void> {
  command.setOptionValueWithSource('said', await saidOf(command), 'implied');
}

/** The job of `plan` and `submit`. */
export function planJob(movie: string, options: PlanFlags): PlanJob {
  const { framesPerTask, newPlan = false, said } = options;
  return {
    segment: segmentJob(movie, options),
    link: linkOptions(options),
    said,
    ...(framesPerTask === undefined ? {} : { framesPerTask }),
    newPlan: newPlan || (options.overwrite ?? false),
  };
}

/** `plan`: a job is cut into tasks, once. */
export function definePlan(program: Command): void {
  const command = program
    .command('plan <movie>')
    .description('cut the job into tasks for many machines, once; options are those of track');
  addPlanOptions(command).action(
    action(async (context, options: PlanFlags, movie: string): Promise<Outcome> => {
      const job = planJob(movie, options);
      const report = await planMovie(job, hooksOf(context));
      return { json: planJson(job.segment.folder, report), text: planText(job.segment.folder, report) };
    }, fillSaid),
  );
}

/** The object of `plan --json`. */
export function planJson(folder: string, { plan, tasks, fresh }: PlanReport): Record<string, unknown> {
  const { id, nFrames, framesPerTask } = plan;
  return { result: folder, plan: id, frames: nFrames, frames_per_task: framesPerTask, tasks, fresh };
}

function planText(folder: string, { plan, run, tasks, fresh }: PlanReport): string {
  const [where, last] = [quoted(folder), tasks - 1];
  return [
    movieLine(run),
    `plan        ${some(tasks, 'task')} of ${some(plan.framesPerTask, 'frame')}${fresh ? '' : ' (it stood already)'}`,
    `each task   morula segment -o ${where} --index k        (k from 0 to ${last}; in an array job --index may be left out)`,
    `not done    morula missing ${where} --stage segment`,
    `then        morula link ${where} --planned`,
  ].join('\n');
}

interface MissingFlags extends CommonOptions {
  stage?: Stage;
  firstIndex: 0 | 1;
  lines?: boolean;
  count?: boolean;
}

/** `missing`: what no machine has done yet. */
export function defineMissing(program: Command): void {
  program
    .command('missing <result>')
    .description(
      'tasks that are not done, as array jobs take them (0-3,7); nothing when all are. Without a plan a task is a frame',
    )
    .addOption(new Option('--stage <stage>', 'of which half').choices(['segment', 'link']))
    .addOption(
      new Option('--first-index <n>', 'number of the first task; 1 for LSF and Grid Engine')
        .argParser(integer(0, 1))
        .default(0),
    )
    .option('--lines', 'one task a line')
    .option('--count', 'how many frames are not done; of link 0 or 1')
    .option('--json', 'print one JSON object on standard output')
    .option('--quiet', 'no progress')
    .option('--config <file.json>', 'options from a file, by the same names; the command line wins')
    .action(
      action(async (_context, options: MissingFlags, folder: string): Promise<Outcome> => {
        const { stage, tasks, total, frames } = await findMissing(folder, needed('--stage', options.stage));
        const numbers = tasks.map((task) => task + options.firstIndex);
        const list = options.lines ? numbers.join('\n') : arraySyntax(numbers);
        return {
          json: { result: folder, stage, tasks: numbers, total, frames },
          text: options.count ? String(stage === 'link' ? tasks.length : frames.length) : list,
        };
      }),
    );
}
