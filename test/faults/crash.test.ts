import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentOf, here, morula } from '../cli/morula.ts';
import { doneFrames } from '../helpers/doneFrames.ts';
import { must } from '../helpers/must.ts';
import { pointsOf, sample, shardNote } from '../helpers/points.ts';
import { type DiskCall, enumerateCalls, injectAt, type Point, whyNoTrace } from '../helpers/syscalls.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import type { TinyJob } from '../helpers/tinyJob.ts';
import { makeTrackedJob } from '../helpers/trackedJob.ts';

/** Points of each list that are tried. */
const POINTS = pointsOf(10);

const folder = tempFolder();
const whole = join(folder, 'whole');
const segmented = join(folder, 'segmented');
const why = whyNoTrace();
let job: TinyJob;
let truth: Record<string, string>;

interface Scene {
  name: string;
  /** What stands before `track` begins. */
  prepare(result: string): void;
  options: string[];
  calls: DiskCall[];
  /** The command whose calls are counted, where it is not all of `track`. */
  until?: 'segment';
}

const SCENES: Scene[] = [
  {
    // The calls of its second half are those of the next scene, which comes to them sooner.
    name: 'from nothing, at writes, fsyncs and renames of its first half',
    prepare: () => undefined,
    options: [],
    calls: ['pwrite64', 'fsync', 'rename'],
    until: 'segment',
  },
  {
    name: 'linking what is segmented, at writes, fsyncs and renames',
    prepare: (result) => cpSync(segmented, result, { recursive: true }),
    options: [],
    calls: ['pwrite64', 'fsync', 'rename'],
  },
  {
    name: 'linking anew what is linked, at renames and removals',
    prepare: (result) => cpSync(whole, result, { recursive: true }),
    options: ['--linker', 'lap'],
    calls: ['rename', 'unlink', 'rmdir'],
  },
];

beforeAll(async () => {
  job = await makeTrackedJob(folder);
  truth = contentOf(whole);
  expect((await here(...job.track(segmented, 'segment'))).code).toBe(0);
}, 180_000);

/** Kills the command at a point, runs it again, and says how many frames had been done. */
async function killAndResume(args: string[], point: Point, result: string): Promise<number> {
  const { hit, code: ended, stderr: said } = await injectAt(morula(...args), point, 'SIGKILL');
  expect([hit === null, ended, said]).toEqual([false, null, '']);
  const done = doneFrames(result);
  const { code, stdout, stderr } = await here(...args);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ kept: done.size, segmented: job.nFrames - done.size });
  const after = doneFrames(result);
  for (const [frame, time] of done) expect([frame, after.get(frame)]).toEqual([frame, time]);
  return done.size;
}

describe('track, killed at a change of the disk', () => {
  it.for(SCENES)(
    'ends in the same bytes when it is run again, no frame computed twice: $name',
    { timeout: 7_200_000 },
    async ({ name, prepare, options, calls, until }, { skip }) => {
      if (why !== null && !must('strace')) return skip(why);
      expect(why).toBeNull();
      const result = join(folder, 'r');
      const args = [...job.track(result), ...options];
      const begin = (): void => {
        rmSync(result, { recursive: true, force: true });
        prepare(result);
      };
      begin();
      const counted = until === undefined ? args : [...job.track(result, until), ...options];
      const points = await enumerateCalls(morula(...counted), calls);
      if (until !== undefined) expect((await here(...args)).code).toBe(0);
      const expected = contentOf(result);
      if (options.length === 0) expect(expected).toEqual(truth);
      const tried = sample(points, POINTS);
      let kept = 0;
      for (const point of tried) {
        begin();
        try {
          kept += await killAndResume(args, point, result);
          expect(contentOf(result)).toEqual(expected);
        } catch (error) {
          throw new Error(`killed at ${point.call} ${point.n}: ${String(error)}`, { cause: error });
        }
      }
      console.log(
        `${name}: killed at ${tried.length} of ${points.length} calls (${summary(points)})${shardNote}; ` +
          `of ${tried.length * job.nFrames} frames ${kept} stood, and none was computed again`,
      );
    },
  );
});

describe('link --frames, killed at a change of the disk', () => {
  it('ends in the same bytes when it is run again, and leaves nothing that was shared', {
    timeout: 7_200_000,
  }, async ({ skip }) => {
    if (why !== null && !must('strace')) return skip(why);
    expect(why).toBeNull();
    const result = join(folder, 'shared');
    const args = ['link', result, '--frames', '2:4', '--json', '--quiet'];
    const begin = (): void => {
      rmSync(result, { recursive: true, force: true });
      cpSync(segmented, result, { recursive: true });
    };
    begin();
    const points = await enumerateCalls(morula(...args), ['rename', 'unlink', 'rmdir']);
    const tried = sample(points, POINTS);
    for (const point of tried) {
      begin();
      expect((await injectAt(morula(...args), point, 'SIGKILL')).code).toBeNull();
      expect(await here(...args)).toMatchObject({ code: 0, stderr: '' });
      expect([point, contentOf(result), existsSync(join(result, 'blocks'))]).toEqual([point, truth, false]);
    }
    console.log(
      `link --frames: killed at ${tried.length} of ${points.length} calls (${summary(points)})${shardNote}`,
    );
  });
});

function summary(points: readonly Point[]): string {
  const counts = new Map<string, number>();
  for (const { call } of points) counts.set(call, (counts.get(call) ?? 0) + 1);
  return [...counts].map(([call, n]) => `${n} ${call}`).join(', ');
}
