import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentOf, here, run, simulate } from '../cli/morula.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
const segmented = join(root, 'segmented');
let truth: Record<string, string>;

/** A copy of what is segmented. */
function copy(name: string): string {
  const folder = join(root, name);
  cpSync(segmented, folder, { recursive: true });
  return folder;
}

beforeAll(async () => {
  const movie = await simulate(root, 'm', 6, 5);
  expect((await here('segment', movie, '-o', segmented, '--quiet')).code).toBe(0);
  const whole = copy('whole');
  expect((await here('link', whole, '--quiet')).code).toBe(0);
  truth = contentOf(whole);
}, 240_000);

describe('link --frames', () => {
  it('links the movie, slice after slice, to the bytes of link', async () => {
    const folder = copy('one');
    for (const slice of ['0:3', '3:6']) {
      const { code, stdout } = await here('link', folder, '--frames', slice, '--quiet');
      expect([code, stdout]).toEqual([0, expect.stringContaining('m: 6 frames')]);
      expect(contentOf(folder)).toEqual(truth);
      expect(existsSync(join(folder, 'blocks'))).toBe(false);
    }
  });

  it('links it by several processes at once', async () => {
    const folder = copy('several');
    const ended = await Promise.all(
      ['0:2', '2:4', '4:6'].map((frames) => run('link', folder, '--frames', frames, '--quiet', '--json')),
    );
    for (const { code, stderr, stdout } of ended) {
      expect([code, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ frames: 6 });
    }
    expect(contentOf(folder)).toEqual(truth);
    expect(existsSync(join(folder, 'blocks'))).toBe(false);
    expect((await here('verify', folder, '--deep')).code).toBe(0);
  });

  it('is to be tried again (75) while a frame is not segmented, and refuses frames that are not there (64)', async () => {
    const folder = copy('missing');
    rmSync(join(folder, 'frames', '000004.json'));
    expect(await here('link', folder, '--frames', '0:3')).toMatchObject({
      code: 75,
      stderr: expect.stringContaining('every frame must be segmented, frames 4 of'),
    });
    expect(await here('link', folder, '--frames', '3:7')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('--frames: 3:7 must lie in 0:6, the frames of m'),
    });
    expect((await here('link', folder, '--frames', '3:3')).code).toBe(64);
  });

  it.each([
    ['the linker lap', ['--linker', 'lap']],
    ['no rescue', ['--no-rescue']],
  ])('gives what link gives with %s', async (name, options) => {
    const [one, other] = [copy(`${name} one`), copy(`${name} other`)];
    expect((await here('link', one, '--quiet', ...options)).code).toBe(0);
    expect((await here('link', other, '--quiet', '--frames', '2:4', ...options)).code).toBe(0);
    expect(contentOf(other)).toEqual(contentOf(one));
  });
});
