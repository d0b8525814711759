import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { writeFileAtomic } from '../../codec/files.ts';
import { packageRoot } from '../../codec/packageRoot.ts';
import { asStorageError, MorulaError } from '../../errors/index.ts';
import { layout } from '../../store/index.ts';
import type { Hooks } from '../progress.ts';
import { type PlanJob, type PlanReport, planMovie } from './planMovie.ts';
import { slurmScripts } from './slurmScripts.ts';

/** How a job is given to a cluster. */
export interface ClusterOptions {
  /** Rounds without one more finished frame after which the chain stops. */
  rounds: number;
  /** Options of sbatch for every job, and for the tasks that segment. */
  sbatch: string;
  sbatchSegment: string;
}

export interface SubmitReport extends PlanReport {
  /** Name of every job. */
  name: string;
  /** Folder of scripts and logs, absolute. */
  home: string;
  /** What the gate did, a line. */
  said: string;
}

const call = promisify(execFile);

/** The command that starts this morula, the same on every machine that shares its folder. */
export function morulaCommand(): string[] {
  return [process.execPath, join(packageRoot(), 'dist', 'src', 'cli', 'main.js')];
}

/**
 * Plans a job, writes its scripts into the result, and starts the chain of array jobs and gates: what is missing is
 * submitted, and behind it a gate that looks again. Where a chain is under way nothing is submitted.
 *
 * @throws `unreachable` (exit 69) where there is no SLURM, or it takes no job; as `planMovie`
 */
export async function submitSlurm(
  job: PlanJob,
  cluster: ClusterOptions,
  hooks: Hooks = {},
): Promise<SubmitReport> {
  for (const [option, text] of [
    ['--sbatch', cluster.sbatch],
    ['--sbatch-segment', cluster.sbatchSegment],
  ]) {
    if (/[\r\n]/.test(text!))
      throw new MorulaError('usage', `${option}: must be one line, got ${JSON.stringify(text)}`);
  }
  await findSbatch();
  const report = await planMovie(job, hooks);
  const result = resolve(job.segment.folder);
  const home = layout.cluster(result);
  const name = `morula-${report.plan.id.slice(0, 8)}`;
  const { workers, memory } = job.segment;
  const scripts = slurmScripts({
    result,
    home,
    morula: morulaCommand(),
    name,
    cores: workers ?? 1,
    saysWorkers: workers !== undefined,
    saysMemory: memory !== undefined,
    ...cluster,
  });
  try {
    await mkdir(join(home, 'logs'), { recursive: true });
    await rm(join(home, 'failed'), { recursive: true, force: true });
    await mkdir(join(home, 'failed'));
  } catch (error) {
    throw asStorageError('submit', home, error);
  }
  for (const [file, text] of Object.entries(scripts)) await writeFileAtomic(join(home, file), text);
  return { ...report, name, home, said: await startChain(home) };
}

async function findSbatch(): Promise<void> {
  try {
    await call('sbatch', ['--version']);
  } catch (error) {
    throw new MorulaError(
      'unreachable',
      'submit: sbatch must be on this machine, it is not; run it where your cluster takes jobs, or use --engine print',
      { cause: error },
    );
  }
}

/** Runs the first gate here, so that what SLURM refuses is seen at once. */
async function startChain(home: string): Promise<string> {
  try {
    const { stdout } = await call('bash', [join(home, 'gate.sh')]);
    return stdout.trim().replace(/^\S+ gate: /, '');
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: number };
    const lines = stderr.trim().split('\n');
    const why = lines.find((line) => /error:/.test(line)) ?? lines.at(-1)!;
    throw new MorulaError('unreachable', `submit: SLURM must take the jobs, it did not: ${why}`, {
      cause: error,
      ...(code === 65 ? { exit: 65 } : {}),
    });
  }
}
