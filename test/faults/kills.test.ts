import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { contentOf, here, start } from '../cli/morula.ts';
import { doneFrames } from '../helpers/doneFrames.ts';
import { LONG, share } from '../helpers/points.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';

const FRAMES = 60;
/** Kills in all: 100 by `npm run test:long`, or a share of them. */
const [FIRST, LAST] = share(LONG ? 100 : 8);
const KILLS = LAST - FIRST;
/** A kill comes up to so many milliseconds after the moment that was drawn for it. */
const LATE = 400;

const folder = tempFolder();
let job: TinyJob;
let truth: Record<string, string>;

beforeAll(async () => {
  job = makeTinyJob(folder, FRAMES);
  expect(await here(...job.track(join(folder, 'whole')))).toMatchObject({ code: 0, stderr: '' });
  truth = contentOf(join(folder, 'whole'));
}, 180_000);

/** How far a run is: frames done, and one more each for the links and the tables. */
const reached = (result: string): number =>
  doneFrames(result).size + ['links.bin', 'tables'].filter((name) => existsSync(join(result, name))).length;

/**
 * Starts the job and kills it at a moment drawn from what is left of it, its end among them. True where it had not ended
 * by then.
 */
async function killSomewhere(result: string, random: () => number): Promise<boolean> {
  const from = reached(result);
  const until = from + Math.floor(random() * (FRAMES + 4 - from));
  const late = random() * LATE;
  const { child, ended } = start(job.track(result));
  while (reached(result) < until && child.exitCode === null) await pause(2);
  await pause(late);
  child.kill('SIGKILL');
  const { code, signal, stderr } = await ended;
  expect([code ?? signal, stderr]).toEqual([code === null ? 'SIGKILL' : 0, '']);
  return signal === 'SIGKILL';
}

describe('a run of 60 frames, killed at random', () => {
  it(`ends in the same bytes after ${KILLS} kills, and computes no finished frame twice`, {
    timeout: 3_600_000,
  }, async () => {
    const { uniform } = createRandom(60 + FIRST);
    const result = join(folder, 'r');
    let [kills, runs, kept] = [0, 0, 0];
    while (kills < KILLS) {
      rmSync(result, { recursive: true, force: true });
      let done = new Map<string, number>();
      while (kills < KILLS && (await killSomewhere(result, uniform))) {
        kills++;
        const now = doneFrames(result);
        for (const [frame, time] of done) expect([frame, now.get(frame)]).toEqual([frame, time]);
        done = now;
      }
      const { code, stdout } = await here(...job.track(result));
      expect(code).toBe(0);
      const after = doneFrames(result);
      for (const [frame, time] of done) expect([frame, after.get(frame)]).toEqual([frame, time]);
      expect(after.size).toBe(FRAMES);
      expect(contentOf(result)).toEqual(truth);
      kept += (JSON.parse(stdout) as { kept: number }).kept;
      runs++;
    }
    console.log(
      `${kills} kills in ${runs} jobs of ${FRAMES} frames: ${kept} frames stood when the last run of a job began; no frame was computed again`,
    );
  });
});
