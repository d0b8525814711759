import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';
import { contentOf, here, type Running, run, simulate, start } from './morula.ts';

const FRAMES = 8;
const folder = tempFolder();
let movie: string;
let truth: Record<string, string>;

beforeAll(async () => {
  movie = await simulate(folder, 'a', FRAMES, 3);
  await here('track', movie, '-o', join(folder, 'undisturbed'), '--workers', '1');
  truth = contentOf(join(folder, 'undisturbed'));
});

const markers = (result: string): string[] =>
  existsSync(join(result, 'frames'))
    ? readdirSync(join(result, 'frames')).filter((name) => /^\d+\.json$/.test(name))
    : [];

/** Waits until something holds, or the command has ended. */
async function until(holds: () => boolean, { child }: Running): Promise<void> {
  while (!holds() && child.exitCode === null) await pause(2);
}

describe('a run that is killed', () => {
  // Moments from "nothing there" to "all frames done, tables on their way".
  const MOMENTS: [string, (result: string) => boolean][] = [
    ['when run.json appears', (result) => existsSync(join(result, 'run.json'))],
    ['after the first frame', (result) => markers(result).length >= 1],
    ['half way', (result) => markers(result).length >= FRAMES / 2],
    ['after the last frame', (result) => markers(result).length >= FRAMES],
    ['when the tables appear', (result) => existsSync(join(result, 'tables'))],
  ];

  it.each(MOMENTS)('goes on to the same result, and does no frame twice: %s', async (moment, holds) => {
    const result = join(folder, moment.replaceAll(' ', '-'));
    const killed = start(['track', movie, '-o', result, '--workers', '1']);
    await until(() => holds(result), killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const done = markers(result);
    const times = done.map((name) => statSync(join(result, 'frames', name)).mtimeMs);
    const { code, stdout } = await here('track', movie, '-o', result, '--json', '--workers', '1');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kept: done.length, segmented: FRAMES - done.length });
    expect(done.map((name) => statSync(join(result, 'frames', name)).mtimeMs)).toEqual(times);
    expect(contentOf(result)).toMatchObject(truth);
  });

  it('comes to the same result after being killed again and again', async () => {
    const result = join(folder, 'again');
    for (let wait = 500; wait < 900; wait += 100) {
      const killed = start(['track', movie, '-o', result, '--workers', '2']);
      await pause(wait);
      killed.child.kill('SIGKILL');
      await killed.ended;
    }
    expect((await run('track', movie, '-o', result, '--quiet')).code).toBe(0);
    expect(contentOf(result)).toMatchObject(truth);
  });
});

describe('a run that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with %i, says so, and keeps what was finished', async (signal, code) => {
    const result = join(folder, signal);
    const running = start(['track', movie, '-o', result, '--workers', '1']);
    await until(() => markers(result).length >= 1, running);
    running.child.kill(signal);
    const end = await running.ended;
    expect(end).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr:
        'stopping after the frames under way (Ctrl-C again: at once)\n' +
        'morula: interrupted: what was finished stays; run the same command again to go on from there\n',
    });
    expect(existsSync(join(result, 'run.lock'))).toBe(false);
    const kept = markers(result).length;
    expect(kept).toBeLessThan(FRAMES);
    const { stdout } = await here('track', movie, '-o', result, '--json', '--workers', '1');
    expect(JSON.parse(stdout)).toMatchObject({ kept, segmented: FRAMES - kept });
    expect(contentOf(result)).toEqual(truth);
  });

  it('ends at once on the second signal, without a stack', async () => {
    const result = join(folder, 'twice');
    const running = start(['track', movie, '-o', result, '--workers', '1']);
    await until(() => markers(result).length >= 1, running);
    running.child.kill('SIGINT');
    await pause(5);
    running.child.kill('SIGINT');
    const { code, signal, stderr } = await running.ended;
    expect(signal === 'SIGINT' || code === 130).toBe(true);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
