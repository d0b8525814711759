import { resolve } from 'node:path';
import { Command } from 'commander';
import { MorulaError } from '../errors/index.ts';
import { builtinModels } from '../model/index.ts';
import { framesOfTask, openPlan } from '../pipeline/index.ts';
import type { PlanFile, SaidOptions } from '../store/index.ts';
import { applyValues } from './config.ts';
import { addLinkOptions, addSegmentOptions } from './options.ts';

/** What schedulers call the number of an array's task, and the number of the first one. */
const TASK_NUMBERS: readonly (readonly [string, number])[] = [
  ['SLURM_ARRAY_TASK_ID', 0],
  ['LSB_JOBINDEX', 1],
  ['SGE_TASK_ID', 1],
  ['PBS_ARRAY_INDEX', 0],
  ['JOB_COMPLETION_INDEX', 0],
  ['AWS_BATCH_JOB_ARRAY_INDEX', 0],
];

/** The task that a scheduler's array gave to this process, counted from 0; null outside of arrays. */
function taskOfScheduler(env: NodeJS.ProcessEnv): number | null {
  for (const [name, first] of TASK_NUMBERS) {
    // LSF says 0 and SGE says undefined where a job is no array.
    const value = /^\d+$/.test(env[name] ?? '') ? Number(env[name]) - first : -1;
    if (value >= 0) return value;
  }
  return null;
}

/** What a task of a plan is told. */
export interface TaskFlags {
  frames?: [number, number];
  index?: number;
  indexOffset: number;
}

/**
 * Frames of the task that is asked for; null past the end of the plan.
 *
 * @throws `usage` when nobody says which task
 */
export function framesAsked(plan: PlanFile, flags: TaskFlags): [number, number] | null {
  if (flags.frames !== undefined) return flags.frames;
  const index = flags.index ?? taskOfScheduler(process.env);
  if (index !== null) return framesOfTask(plan, index + flags.indexOffset);
  throw new MorulaError(
    'usage',
    `segment: --index must say which task of the plan, or --frames a:b which frames; no scheduler's array does (${TASK_NUMBERS.map(([name]) => name).join(', ')})`,
  );
}

/**
 * Fills in the options of one stage from plan.json where nobody named them, and leaves the plan as option `plan`.
 *
 * @throws `not-found` where nothing is planned
 */
export async function fillFromPlan(
  command: Command,
  folder: string,
  stage: 'segment' | 'link',
): Promise<void> {
  const plan = await openPlan(folder);
  applyValues(command, plan[stage], `the plan of ${folder}`, 'plan');
  command.setOptionValueWithSource('plan', plan, 'plan');
}

/** What a person said of the two stages, as a plan keeps it. */
export async function saidOf(command: Command): Promise<{ segment: SaidOptions; link: SaidOptions }> {
  return {
    segment: await saidOfStage(command, addSegmentOptions(new Command())),
    link: await saidOfStage(command, addLinkOptions(new Command())),
  };
}

async function saidOfStage(command: Command, stage: Command): Promise<SaidOptions> {
  const said: SaidOptions = {};
  for (const option of stage.options) {
    const name = option.attributeName();
    if (!['cli', 'config'].includes(command.getOptionValueSource(name) ?? '')) continue;
    const key = option.long!.replace(option.negate ? '--no-' : '--', '');
    said[key] = await fromAnywhere(key, command.getOptionValue(name));
  }
  return said;
}

/** Tasks may start in another folder: paths become absolute, names of built-in things stay. */
async function fromAnywhere(key: string, value: unknown): Promise<unknown> {
  if (typeof value !== 'string') return value;
  if (key === 'scorer') return ['auto', 'none'].includes(value) ? value : resolve(value);
  if (key === 'restore') return resolve(value);
  if (key !== 'model') return value;
  return (await builtinModels()).some(({ name }) => name === value) ? value : resolve(value);
}
