import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob } from '../helpers/tinyJob.ts';
import { contentOf, here, run } from './morula.ts';

const folder = tempFolder();
const job = makeTinyJob(folder, 7);
let truth: Record<string, string>;

beforeAll(async () => {
  const { code, stderr } = await here(...job.track(join(folder, 'whole')));
  if (code !== 0) throw new Error(stderr);
  truth = contentOf(join(folder, 'whole'));
});

afterEach(() => vi.unstubAllEnvs());

/** Plans the tiny job as tasks of two frames, with the options of `track`. */
const planArgs = (result: string, ...more: string[]): string[] => {
  const [, ...rest] = job.track(result);
  return ['plan', ...rest, '--frames-per-task', '2', ...more];
};

/** Runs a command that must end well and gives what it printed. */
async function good(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await here(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

async function failure(exit: number, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await here(...args);
  expect([code, stdout]).toEqual([exit, '']);
  expect(stderr).toMatch(/^morula: [^\n]+[^.\n]\n$/);
  return stderr.slice('morula: '.length, -1);
}

const missing = async (result: string, stage = 'segment', ...more: string[]): Promise<string> =>
  (await good('missing', result, '--stage', stage, ...more)).trimEnd();

async function planned(name: string): Promise<string> {
  const result = join(folder, name);
  await good(...planArgs(result));
  return result;
}

const task = (result: string, k: number): Promise<string> =>
  good('segment', '-o', result, '--index', `${k}`, '--quiet', '--json');

describe('plan', { timeout: 120_000 }, () => {
  it('cuts the movie into tasks once; the same plan again changes nothing', async () => {
    const result = join(folder, 'once');
    expect(JSON.parse(await good(...planArgs(result)))).toMatchObject({
      frames: 7,
      frames_per_task: 2,
      tasks: 4,
      fresh: true,
    });
    const before = readFileSync(join(result, 'plan.json'), 'utf8');
    expect(JSON.parse(await good(...planArgs(result)))).toMatchObject({ tasks: 4, fresh: false });
    expect(readFileSync(join(result, 'plan.json'), 'utf8')).toBe(before);
  });

  it('refuses another plan and says what differs; --new-plan replaces it and keeps the frames', async () => {
    const result = await planned('changed');
    await task(result, 0);
    expect(await failure(78, ...planArgs(result, '--linker', 'lap'))).toBe(
      `plan: ${result} has another plan (linker: none -> "lap"); use --new-plan to replace it, frames that fit stay`,
    );
    expect(await missing(result)).toBe('1-3');
    await good(...planArgs(result, '--frames-per-task', '3', '--new-plan'));
    expect(await missing(result)).toBe('0-2');
    expect(JSON.parse(await task(result, 0))).toMatchObject({ frames: 3, segmented: 1, kept: 2 });
  });

  it('refuses settings that make other pixels, and starts anew with --overwrite', async () => {
    const result = await planned('anew');
    await task(result, 0);
    expect(await failure(78, ...planArgs(result, '--prob-threshold', '0.9'))).toContain('prob-threshold');
    await good(...planArgs(result, '--prob-threshold', '0.9', '--overwrite'));
    expect(await missing(result)).toBe('0-3');
  });

  it('refuses more tasks than an array takes, and a damaged plan', async () => {
    const result = await planned('damaged');
    truncateSync(join(result, 'plan.json'), 100);
    expect(await failure(65, 'missing', result, '--stage', 'segment')).toContain('--new-plan');
    await good(...planArgs(result, '--new-plan'));
    expect(await missing(result)).toBe('0-3');
  });
});

describe('tasks of a plan', { timeout: 120_000 }, () => {
  it('come to the result of one machine, byte for byte, in any order and more than once', async () => {
    const result = await planned('tasks');
    expect(await missing(result)).toBe('0-3');
    expect(JSON.parse(await task(result, 2))).toMatchObject({ segmented: 2, kept: 0 });
    expect(JSON.parse(await task(result, 0))).toMatchObject({ segmented: 2, kept: 0 });
    expect(JSON.parse(await task(result, 2))).toMatchObject({ segmented: 0, kept: 2 });
    expect(await missing(result)).toBe('1,3');
    expect(await missing(result, 'segment', '--first-index', '1')).toBe('2,4');
    expect(await missing(result, 'segment', '--lines')).toBe('1\n3');
    expect(await missing(result, 'link')).toBe('0');
    expect(JSON.parse(await task(result, 3))).toMatchObject({ frames: 1, segmented: 1 });
    expect(JSON.parse(await task(result, 1))).toMatchObject({ segmented: 2 });
    expect(await good('missing', result, '--stage', 'segment')).toBe('');
    await good('link', result, '--planned', '--quiet');
    expect(await good('missing', result, '--stage', 'link')).toBe('');
    expect(contentOf(result)).toEqual(truth);
  });

  it('takes the number that a scheduler gives, counted as that one counts', async () => {
    const result = await planned('numbers');
    vi.stubEnv('SGE_TASK_ID', '1');
    await good('segment', '-o', result, '--quiet');
    expect(await missing(result)).toBe('1-3');
    vi.stubEnv('SGE_TASK_ID', 'undefined');
    vi.stubEnv('SLURM_ARRAY_TASK_ID', '1');
    await good('segment', '-o', result, '--quiet', '--index-offset', '2');
    expect(await missing(result)).toBe('1-2');
    await good('segment', '-o', result, '--quiet', '--index', '2');
    expect(await missing(result)).toBe('1');
  });

  it('ends well past the end of the plan, and says which task is meant where nobody does', async () => {
    const result = await planned('past');
    expect(await good('segment', '-o', result, '--index', '4', '--quiet')).toBe(
      'segmented   nothing: the plan ends before this task\n',
    );
    expect(await failure(64, 'segment', '-o', result)).toContain('--index must say which task');
    expect(await failure(64, 'segment', '-o', result, '--index', '0', '--overwrite')).toContain(
      '--overwrite',
    );
    expect(await failure(64, 'segment')).toContain('--output');
    expect(await failure(65, 'segment', '-o', join(folder, 'whole'), '--index', '0')).toContain(
      'morula plan',
    );
  });

  it('does not wait for a lock that another machine left behind', async () => {
    const result = await planned('lock');
    writeFileSync(
      join(result, 'run.lock'),
      JSON.stringify({ pid: 1, host: `not ${hostname()}`, start: null }),
    );
    expect(JSON.parse(await task(result, 0))).toMatchObject({ segmented: 2 });
    rmSync(join(result, 'run.lock'));
  });

  it('do no harm to each other when two do the same', async () => {
    const result = await planned('twins');
    const twins = await Promise.all(
      [0, 0].map(() => run('segment', '-o', result, '--index', '0', '--quiet')),
    );
    expect(twins.map(({ code }) => code)).toEqual([0, 0]);
    expect(await missing(result)).toBe('1-3');
  });
});

describe('missing', { timeout: 120_000 }, () => {
  it('counts frames where nothing was planned, and what was removed since', async () => {
    const result = join(folder, 'whole');
    expect(await missing(result)).toBe('');
    const table = join(result, 'frames', '000003.bin');
    const bytes = readFileSync(table);
    truncateSync(table, statSync(table).size - 1);
    expect(await missing(result)).toBe('3');
    expect(await missing(result, 'link')).toBe('0');
    writeFileSync(table, bytes);
    expect(await missing(result, 'link')).toBe('');
  });

  it('says that links by other options than the planned ones are missing', async () => {
    const result = await planned('options');
    for (const k of [0, 1, 2, 3]) await task(result, k);
    await good('link', result, '--linker', 'lap', '--quiet');
    expect(await missing(result, 'link')).toBe('0');
    await good('link', result, '--planned', '--quiet');
    expect(await missing(result, 'link')).toBe('');
    expect(existsSync(join(result, 'tables', 'nodes.csv'))).toBe(true);
  });

  it('says what must be given', async () => {
    expect(await failure(64, 'missing', join(folder, 'whole'))).toContain('--stage');
    expect(await failure(65, 'missing', join(folder, 'none'), '--stage', 'link')).toContain('run.json');
  });
});
