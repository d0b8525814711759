import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { quoted } from '../../errors/index.ts';
import {
  findMissing,
  morulaCommand,
  planMovie,
  type SubmitReport,
  submitSlurm,
} from '../../pipeline/index.ts';
import { action, type Context, type Outcome } from '../action.ts';
import { hooksOf } from '../hooks.ts';
import { integer, needed } from '../options.ts';
import { movieLine, some } from '../text.ts';
import { addPlanOptions, fillSaid, type PlanFlags, planJob, planJson } from './cluster.ts';

interface SubmitFlags extends PlanFlags {
  engine?: 'slurm' | 'print';
  rounds: number;
  sbatch: string;
  sbatchSegment: string;
}

/** `submit`: a whole job for a cluster. */
export function defineSubmit(program: Command): void {
  const command = program
    .command('submit <movie>')
    .description('the main job as array jobs on a cluster; the same command again goes on where it stopped')
    .addOption(
      new Option('--engine <engine>', 'print: the commands, for any other one').choices(['slurm', 'print']),
    );
  addPlanOptions(command)
    .option('--rounds <n>', 'attempts without one more finished frame before it gives up', integer(1), 5)
    .option('--sbatch <options>', "options of sbatch for every job: '--account=lab --partition=short'", '')
    .option('--sbatch-segment <options>', "options for the tasks that segment: '--gres=gpu:1 --mem=8G'", '')
    .action(action(submitBody, fillSaid));
}

async function submitBody(context: Context, options: SubmitFlags, movie: string): Promise<Outcome> {
  const job = planJob(movie, options);
  const engine = needed('--engine', options.engine);
  if (engine === 'print') {
    const report = await planMovie(job, hooksOf(context));
    const listed = await commandsLeft(job.segment.folder);
    return {
      json: { ...planJson(job.segment.folder, report), ...listed },
      text:
        listed.segment.length + listed.link.length === 0
          ? '# everything is done'
          : printed(job.segment.folder, listed),
    };
  }
  const { rounds, sbatch, sbatchSegment } = options;
  const report = await submitSlurm(job, { rounds, sbatch, sbatchSegment }, hooksOf(context));
  const { name, home, said } = report;
  return {
    json: { ...planJson(job.segment.folder, report), name, scripts: home, said },
    text: submittedText(report),
  };
}

/** Commands that are not done, each a line of a shell. */
async function commandsLeft(folder: string): Promise<{ segment: string[]; link: string[] }> {
  const result = quoted(resolve(folder));
  const { tasks } = await findMissing(folder, 'segment');
  const link = await findMissing(folder, 'link');
  return {
    segment: tasks.map((k) => `morula segment -o ${result} --index ${k}`),
    link: link.tasks.map(() => `morula link ${result} --planned`),
  };
}

function printed(folder: string, { segment, link }: { segment: string[]; link: string[] }): string {
  const result = quoted(resolve(folder));
  return [
    `# morula is: ${morulaCommand().map(quoted).join(' ')}`,
    ...(segment.length === 0 ? [] : ['# In any order, on any machines, more than once:', ...segment]),
    `# When nothing is printed by: morula missing ${result} --stage segment`,
    ...link,
  ].join('\n');
}

function submittedText({ plan, run, tasks, name, home, said }: SubmitReport): string {
  return [
    movieLine(run),
    `plan        ${some(tasks, 'task')} of ${some(plan.framesPerTask, 'frame')}`,
    `slurm       ${said}`,
    `watch it    squeue --name=${name}; tail -f ${quoted(`${home}/logs/gate.log`)}`,
    `end it      scancel --name=${name}`,
  ].join('\n');
}
