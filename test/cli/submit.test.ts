import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob } from '../helpers/tinyJob.ts';
import { contentOf, here } from './morula.ts';

const folder = join(tempFolder(), "a lab's folder");
const job = makeTinyJob(folder, 5);
const desk = join(folder, 'slurm');
let made = 0;
let result: string;

/** Programs that say what they were asked; jobs have numbers from 1. `test/faults/slurm.test.ts` has the real ones. */
const PROGRAMS = {
  sbatch: `[ "$1" = --version ] && exit 0
if [ -e "$DESK/refusal" ]; then cat "$DESK/refusal" >&2; exit 1; fi
n=$(($(cat "$DESK/number") + 1)); echo $n >"$DESK/number"; echo "$*" >>"$DESK/calls"; echo "$n;here"`,
  squeue: 'cat "$DESK/queue"',
};

beforeEach(() => {
  rmSync(desk, { recursive: true, force: true });
  mkdirSync(desk);
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(join(desk, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(desk, name), 0o755);
  }
  writeFileSync(join(desk, 'number'), '0');
  writeFileSync(join(desk, 'queue'), '');
  writeFileSync(join(desk, 'calls'), '');
  vi.stubEnv('DESK', desk);
  vi.stubEnv('PATH', `${desk}:${process.env.PATH}`);
  result = join(folder, `result ${made++}`);
});

afterEach(() => vi.unstubAllEnvs());

const submitArgs = (engine: string, ...more: string[]): string[] => {
  const [, ...rest] = job.track(result);
  return ['submit', ...rest, '--engine', engine, '--frames-per-task', '2', ...more];
};

async function good(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await here(...args);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function failure(exit: number, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await here(...args);
  expect([code, stdout]).toEqual([exit, '']);
  expect(stderr).toMatch(/^morula: [^\n]+[^.\n]\n$/);
  return stderr.slice('morula: '.length, -1);
}

/** What sbatch was asked since the last look, a line each, without the folder of the scripts. */
function calls(): string[] {
  const lines = readFileSync(join(desk, 'calls'), 'utf8').split('\n').slice(0, -1);
  writeFileSync(join(desk, 'calls'), '');
  return lines.map((line) => line.replaceAll(`${result}/cluster/`, ''));
}

/** Runs the gate as a job does. */
function gate(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('bash', [join(result, 'cluster', 'gate.sh'), ...args], {
    env: { ...process.env, SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '1' },
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}`.replaceAll(/^\S+ gate: /gm, '').trim() };
}

const CHAIN = (array: string, left: number, idle = 0): string[] => [
  `--parsable --array=${array} --comment=segment segment.sh`,
  `--parsable --dependency=afterany:1 --comment=gate gate.sh segment ${idle} ${left} next`,
  `--parsable --dependency=afternotok:2 --kill-on-invalid-dep=yes --comment=spare gate.sh segment ${idle} ${left} spare`,
];

describe('submit --engine slurm', { timeout: 240_000 }, () => {
  it('writes scripts that a shell reads, submits what is missing, and the gate behind it', async () => {
    const said = await good(
      ...submitArgs('slurm', '--sbatch', '--account=lab', '--sbatch-segment', '--gres=gpu:1'),
    );
    expect(said).toMatchObject({
      tasks: 3,
      scripts: join(result, 'cluster'),
      said: 'segment 0-2 is job 1, 5 missing; gate 2 follows, or its spare 3',
    });
    expect(calls()).toEqual(CHAIN('0-2', 5));
    const scripts = readdirSync(join(result, 'cluster')).filter((name) => name.endsWith('.sh'));
    expect(scripts.sort()).toEqual(['gate.sh', 'link.sh', 'segment.sh']);
    const head = (name: string): string[] =>
      readFileSync(join(result, 'cluster', name), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('#SBATCH'));
    for (const name of scripts) {
      execFileSync('bash', ['-n', join(result, 'cluster', name)]);
      expect(head(name)).toContain('#SBATCH --account=lab');
      expect(head(name)).toContain(`#SBATCH --job-name=${said.name}`);
    }
    expect(head('segment.sh')).toContain('#SBATCH --gres=gpu:1');
    expect(head('segment.sh')).toContain(
      `#SBATCH --output="${join(result, 'cluster', 'logs', 'segment-%A_%a.log')}"`,
    );
    expect(head('link.sh')).not.toContain('#SBATCH --gres=gpu:1');
  });

  it('submits nothing where a gate of the chain waits, and goes on from the data where none does', async () => {
    await good(...submitArgs('slurm'));
    await good('segment', '-o', result, '--index', '1', '--quiet', '--json');
    calls();
    writeFileSync(join(desk, 'queue'), 'segment\ngate\nspare\n');
    expect(await good(...submitArgs('slurm'))).toMatchObject({
      fresh: false,
      said: 'the chain is under way',
    });
    expect(calls()).toEqual([]);
    writeFileSync(join(desk, 'queue'), 'spare\n');
    writeFileSync(join(desk, 'number'), '0');
    await good(...submitArgs('slurm'));
    expect(calls()).toEqual(CHAIN('0,2', 3));
  });

  it('says in one line that there is no SLURM, or what it refuses', async () => {
    writeFileSync(join(desk, 'refusal'), 'sbatch: error: invalid partition specified: none\n');
    expect(await failure(69, ...submitArgs('slurm'))).toBe(
      'submit: SLURM must take the jobs, it did not: sbatch: error: invalid partition specified: none',
    );
    vi.stubEnv('PATH', '/nowhere');
    expect(await failure(69, ...submitArgs('slurm'))).toMatch(/^submit: sbatch must be .*--engine print$/);
    expect(await failure(64, ...submitArgs('slurm', '--sbatch', '-a\n-b'))).toContain(
      '--sbatch: must be one line',
    );
    expect(await failure(64, ...submitArgs('none'))).toContain('slurm, print');
  });
});

describe('the gate', { timeout: 120_000 }, () => {
  it('submits again what is missing, then the link, and ends when everything is done', async () => {
    await good(...submitArgs('slurm'));
    for (const k of [0, 1]) await good('segment', '-o', result, '--index', `${k}`, '--quiet', '--json');
    calls();
    writeFileSync(join(desk, 'number'), '0');
    expect(gate('segment', '0', '5', 'next')).toEqual({
      status: 0,
      said: 'segment 2 is job 1, 1 missing; gate 2 follows, or its spare 3',
    });
    expect(calls()).toEqual(CHAIN('2', 1));
    await good('segment', '-o', result, '--index', '2', '--quiet', '--json');
    expect(gate('segment', '0', '1', 'next').said).toContain('link 0 is job 4');
    expect(calls()[0]).toBe('--parsable --comment=link link.sh');
    execFileSync('bash', [join(result, 'cluster', 'link.sh')]);
    expect(gate('link', '0', '1', 'next')).toEqual({ status: 0, said: 'everything is done' });
    expect(calls()).toEqual([]);
    const whole = join(folder, `whole ${made}`);
    await good(...job.track(whole));
    expect(contentOf(result)).toEqual(contentOf(whole));
  });

  it('gives up after rounds that brought nothing, and not before', async () => {
    await good(...submitArgs('slurm', '--rounds', '3'));
    calls();
    writeFileSync(join(desk, 'number'), '0');
    expect(gate('segment', '1', '5', 'next').status).toBe(0);
    expect(calls()).toEqual(CHAIN('0-2', 5, 2));
    expect(gate('segment', '2', '6', 'next').status).toBe(0);
    calls();
    const { status, said } = gate('segment', '2', '5', 'next');
    expect(status).toBe(75);
    expect(said).toContain('segment: tasks 0-2 are not done, and 3 rounds brought nothing more');
    expect(calls()).toEqual([]);
  });

  it('stops at once where a task met what no attempt mends', async () => {
    await good(...submitArgs('slurm'));
    rmSync(join(folder, 'movie', readdirSync(join(folder, 'movie')).sort()[3]!));
    calls();
    const { status } = spawnSync('bash', [join(result, 'cluster', 'segment.sh')], {
      env: { ...process.env, SLURM_ARRAY_TASK_ID: '1' },
    });
    expect(status).toBeGreaterThanOrEqual(64);
    expect(readFileSync(join(result, 'cluster', 'failed', 'segment-1'), 'utf8').trim()).toBe(`${status}`);
    const stopped = gate('segment', '0', '5', 'next');
    expect(stopped.status).toBe(65);
    expect(stopped.said).toContain('no further attempt mends these tasks: segment-1');
    expect(calls()).toEqual([]);
    makeTinyJob(folder, 5);
    await good(...submitArgs('slurm'));
    expect(existsSync(join(result, 'cluster', 'failed', 'segment-1'))).toBe(false);
  });

  it('leaves the chain alone as a spare, unless nothing waits', async () => {
    await good(...submitArgs('slurm'));
    calls();
    writeFileSync(join(desk, 'queue'), 'gate\n');
    expect(gate('segment', '0', '5', 'spare')).toEqual({ status: 0, said: 'the chain is under way' });
    writeFileSync(join(desk, 'queue'), '');
    writeFileSync(join(desk, 'number'), '0');
    expect(gate('segment', '0', '-1', 'spare').status).toBe(0);
    expect(calls()).toEqual(CHAIN('0-2', 5));
  });
});

describe('submit --engine print', () => {
  /** What a shell calls when it is given the printed text, words of a call joined by bars. */
  const called = async (): Promise<string[]> => {
    const { code, stdout } = await here(...submitArgs('print').filter((word) => word !== '--json'));
    expect(code).toBe(0);
    const shell = `morula() { (IFS='|'; echo "$*"); }\n${stdout}`;
    return execFileSync('bash', ['-c', shell], { encoding: 'utf8' }).split('\n').slice(0, -1);
  };
  const segment = (k: number): string => `segment|-o|${result}|--index|${k}`;

  it('prints the commands that are not done, for any engine', async () => {
    const link = `link|${result}|--planned`;
    expect(await called()).toEqual([segment(0), segment(1), segment(2), link]);
    await good('segment', '-o', result, '--index', '1', '--quiet', '--json');
    expect(await called()).toEqual([segment(0), segment(2), link]);
    for (const k of [0, 2]) await good('segment', '-o', result, '--index', `${k}`, '--quiet', '--json');
    expect(await called()).toEqual([link]);
    await good('link', result, '--planned', '--quiet', '--json');
    expect(await called()).toEqual([]);
  });
});
