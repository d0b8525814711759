import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentOf, here, morula } from '../cli/morula.ts';
import { doneFrames } from '../helpers/doneFrames.ts';
import { must } from '../helpers/must.ts';
import { pointsOf, sample, shardNote } from '../helpers/points.ts';
import { type DiskCall, enumerateCalls, injectAt, whyNoTrace } from '../helpers/syscalls.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import type { TinyJob } from '../helpers/tinyJob.ts';
import { makeTrackedJob } from '../helpers/trackedJob.ts';

/** Calls that fail for each kind of error in each half. */
const POINTS = pointsOf(5);
const CALLS: DiskCall[] = ['pwrite64', 'fsync', 'rename', 'mkdir'];

const folder = tempFolder();
const result = join(folder, 'r');
const segmented = join(folder, 'segmented');
const why = whyNoTrace();
let job: TinyJob;
let truth: Record<string, string>;

beforeAll(async () => {
  job = await makeTrackedJob(folder);
  truth = contentOf(join(folder, 'whole'));
  expect((await here(...job.track(segmented, 'segment'))).code).toBe(0);
}, 180_000);

/** What stands before `track` begins, and the command whose calls are counted: its two halves have each their own. */
const HALVES = [
  { half: 'from nothing', begin: () => rmSync(result, { recursive: true, force: true }), counted: 'segment' },
  {
    half: 'linking what is segmented',
    begin: () => {
      rmSync(result, { recursive: true, force: true });
      cpSync(segmented, result, { recursive: true });
    },
    counted: 'track',
  },
] as const;

const ERRORS = [
  ['ENOSPC', /cannot be written: the disk is full; free some space and run again\n$/],
  ['EIO', /cannot be written: the disk reported a read or write error \(EIO\)\n$/],
] as const;

/** What a failed run must not leave behind. */
const litter = (): string[] =>
  readdirSync(result, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(tmp|lock)$/.test(name));

/** What stands after the failure is whole, and the same command ends the job. */
async function resume(): Promise<void> {
  const done = doneFrames(result).size;
  if (existsSync(join(result, 'run.json'))) {
    const { stdout } = await here('verify', result, '--deep', '--json');
    expect((JSON.parse(stdout) as { flaws: { kind: string }[] }).flaws).not.toContainEqual(
      expect.objectContaining({ kind: 'damage' }),
    );
  }
  const { code, stdout, stderr } = await here(...job.track(result));
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ kept: done, segmented: job.nFrames - done });
  expect(contentOf(result)).toEqual(truth);
}

describe('track, where the disk fails', () => {
  it.for(HALVES.flatMap((half) => ERRORS.map(([error, words]) => ({ ...half, error, words }))))(
    'ends with 74, trusts nothing torn, and goes on when it is run again: $error $half',
    { timeout: 7_200_000 },
    async ({ half, begin, counted, error, words }, { skip }) => {
      if (why !== null && !must('strace')) return skip(why);
      expect(why).toBeNull();
      begin();
      const points = await enumerateCalls(morula(...job.track(result, counted)), CALLS);
      const tried = sample(points, POINTS);
      let struck = 0;
      for (const point of tried) {
        begin();
        try {
          const { hit, code, stdout, stderr } = await injectAt(morula(...job.track(result)), point, error);
          // Two files of a new folder may both ask for it, so that runs differ in their last such calls.
          if (hit === null && point.call === 'mkdir' && code === 0) continue;
          expect([code, stdout, stderr, hit]).toEqual([74, '', expect.stringMatching(words), hit]);
          struck++;
          if (existsSync(result)) expect(litter()).toEqual([]);
          await resume();
        } catch (cause) {
          throw new Error(`${error} at ${point.call} ${point.n}: ${String(cause)}`, { cause });
        }
      }
      console.log(
        `${error}, ${half}: at ${struck} of ${points.length} calls${shardNote}: exit 74, and the rerun completed, each time`,
      );
      expect(struck).toBeGreaterThan(0.9 * tried.length - 1);
    },
  );
});
