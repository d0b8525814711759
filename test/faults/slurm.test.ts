import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { contentOf, here, run } from '../cli/morula.ts';
import { doneFrames } from '../helpers/doneFrames.ts';
import { must } from '../helpers/must.ts';
import { type Slurm, startSlurm, whyNoSlurm } from '../helpers/slurm.ts';
import { killAll, type RunningJob, runningJobs } from '../helpers/slurmJobs.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';

/** 200 frames and 12 kills by `npm run test:long`. */
const LONG = process.env.MORULA_LONG === '1';
const [FRAMES, KILLS] = LONG ? [200, 12] : [20, 3];
const FRAMES_PER_TASK = LONG ? 5 : 4;
/** Seconds between two kills, at most. */
const APART = 2;
/** Milliseconds for one chain. */
const PATIENCE = LONG ? 1_800_000 : 480_000;

const folder = tempFolder();
const why = whyNoSlurm();
const ready = must('slurm') || why === null;
let job: TinyJob;
let slurm: Slurm;
let truth: Record<string, string>;
let seconds: number;

beforeAll(async () => {
  if (!ready) return;
  expect(why).toBeNull();
  job = makeTinyJob(folder, FRAMES);
  const { code, stdout } = await here(...job.track(join(folder, 'whole')));
  expect(code).toBe(0);
  seconds = (JSON.parse(stdout) as { seconds: number }).seconds;
  truth = contentOf(join(folder, 'whole'));
  mkdirSync(join(folder, 'slurm'));
  slurm = await startSlurm(join(folder, 'slurm'));
  vi.stubEnv('SLURM_CONF', slurm.env.SLURM_CONF);
}, 600_000);

afterAll(async () => {
  await slurm?.stop();
  vi.unstubAllEnvs();
});

/** Gives a job to SLURM and says its jobs' name. */
async function submit(result: string): Promise<string> {
  const [, ...rest] = job.track(result);
  const cut = ['--frames-per-task', `${FRAMES_PER_TASK}`];
  const { code, stdout, stderr } = await run('submit', ...rest, ...cut, '--engine', 'slurm');
  expect([code, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as { name: string }).name;
}

async function missing(result: string): Promise<string> {
  const told: string[] = [];
  for (const stage of ['segment', 'link'])
    told.push((await here('missing', result, '--stage', stage)).stdout.trim());
  return told.join('/');
}

/** When the table of each finished frame was written: nothing but the frame's computation does. */
function written(result: string): Map<string, number> {
  const tables = [...doneFrames(result).keys()].map((name) => name.replace('.json', '.bin'));
  return new Map(tables.map((name) => [name, statSync(join(result, 'frames', name)).mtimeMs]));
}

const gateLog = (result: string): string => readFileSync(join(result, 'cluster', 'logs', 'gate.log'), 'utf8');

/** Waits for the end of a chain and says how many seconds that took. */
async function chainEnds(name: string, also: () => Promise<void> = async () => undefined): Promise<number> {
  const started = Date.now();
  while ((await slurm.queue(name)).length > 0) {
    await also();
    await pause(250);
  }
  return (Date.now() - started) / 1000;
}

/** Waits for a running job that fits, until the chain has ended. */
async function victim(name: string, fits: (job: RunningJob) => boolean): Promise<RunningJob | null> {
  while ((await slurm.queue(name)).length > 0) {
    const found = runningJobs(slurm.env.SLURM_CONF!).filter(fits);
    if (found.length > 0) return found.at(-1)!;
    await pause(100);
  }
  return null;
}

describe('a movie split over a SLURM of two nodes', () => {
  it('comes to the bytes of one machine', { timeout: PATIENCE }, async ({ skip }) => {
    if (!ready) return skip(why!);
    const result = join(folder, 'undisturbed');
    const took = await chainEnds(await submit(result));
    expect(await missing(result)).toBe('/');
    expect(contentOf(result)).toEqual(truth);
    const tasks = Math.ceil(FRAMES / FRAMES_PER_TASK);
    const beside = (took * slurm.nodes.length - seconds) / (tasks + 1);
    console.log(
      `${FRAMES} frames on one machine ${seconds.toFixed(1)} s; as ${tasks} tasks and a link ${took.toFixed(1)} s ` +
        `on ${slurm.nodes.length} nodes of one core: ${beside.toFixed(2)} s of a core a task beside its work`,
    );
  });

  it(`comes to the same bytes, unattended, after ${KILLS} kills at random, of tasks, a gate and nodes`, {
    timeout: PATIENCE,
  }, async ({ skip }) => {
    if (!ready) return skip(why!);
    const { uniform } = createRandom(12);
    const result = join(folder, 'killed');
    const name = await submit(result);
    const started = Date.now();
    const killed: string[] = [];
    const death = Math.floor(uniform() * KILLS);
    // Later the other kind of lost node: nobody hears of it any more, but what it started works on.
    const silence = LONG ? (death + KILLS / 2) % KILLS : -1;
    let gates = 0;
    let back: Promise<void> = Promise.resolve();
    while (killed.length < KILLS) {
      await pause(1000 * APART * uniform());
      const whole = killed.length === death || killed.length === silence;
      if (whole) await back;
      // One gate or its successor may be lost; where a gate and its spare are, somebody must submit again.
      const found = await victim(name, ({ words }) => words === '' || (!whole && gates === 0));
      if (found === null) break;
      const before = written(result);
      if (whole) {
        slurm.killNode(found.node);
        if (killed.length === death)
          for (const { node, keeper, pids } of runningJobs(slurm.env.SLURM_CONF!))
            if (node === found.node) killAll([keeper, ...pids]);
        back = pause(45_000).then(() => slurm.startNode(found.node));
      } else {
        if (found.words !== '') gates++;
        killAll(uniform() < 0.5 ? found.pids : found.pids.slice(1, 2));
      }
      killed.push(
        whole
          ? `node ${found.node}${killed.length === death ? '' : ' (its task works on)'}`
          : found.words === ''
            ? 'task'
            : 'gate',
      );
      await pause(100);
      const after = written(result);
      for (const [frame, time] of before) expect([frame, after.get(frame)]).toEqual([frame, time]);
    }
    const before = written(result);
    await chainEnds(name);
    expect(killed).toHaveLength(KILLS);
    const after = written(result);
    for (const [frame, time] of before) expect([frame, after.get(frame)]).toEqual([frame, time]);
    expect([await missing(result), gateLog(result)]).toEqual([
      '/',
      expect.stringContaining('everything is done'),
    ]);
    expect(contentOf(result)).toEqual(truth);
    const rounds = gateLog(result).match(/ is job /g)?.length ?? 0;
    console.log(
      `${killed.join(', ')} killed: ${rounds} more submissions by gates, ${((Date.now() - started) / 1000).toFixed(0)} s`,
    );
    await back;
  });

  it.runIf(LONG)(
    'goes on by submitting again after the controller forgot its jobs',
    {
      timeout: PATIENCE,
    },
    async ({ skip }) => {
      if (!ready) return skip(why!);
      const result = join(folder, 'forgotten');
      const name = await submit(result);
      await victim(name, () => true);
      await pause(3000);
      await slurm.restartController();
      const submitted = await chainEnds(name, () => slurm.resumeNodes());
      const left = await missing(result);
      await submit(result);
      // Tasks that it forgot still run: it gives their numbers to new ones, and lays the nodes aside that have both.
      await chainEnds(name, () => slurm.resumeNodes());
      expect(await missing(result)).toBe('/');
      expect(contentOf(result)).toEqual(truth);
      console.log(
        `controller killed: ${submitted.toFixed(0)} s later the queue was empty with ${left} missing`,
      );
    },
  );
});
