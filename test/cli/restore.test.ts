import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLabels } from '../../src/store/index.ts';
import { blurNetwork } from '../helpers/blur.ts';
import { semanticNetwork } from '../helpers/semantic.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';
import { contentOf, here } from './morula.ts';

const folder = tempFolder();
const blur = join(folder, 'blur');
const whole = join(folder, 'whole');
let job: TinyJob;

function place(name: string, onnx: Uint8Array, stated: object | null): string {
  const home = join(folder, name);
  mkdirSync(home);
  writeFileSync(join(home, 'model.onnx'), onnx);
  if (stated !== null) writeFileSync(join(home, 'model.json'), JSON.stringify(stated));
  return home;
}

beforeAll(async () => {
  job = makeTinyJob(folder, 4);
  place('blur', blurNetwork('NHWC'), { kind: 'restoration', name: 'blur' });
  expect(await here(...job.track(whole), '--restore', blur)).toMatchObject({ code: 0, stderr: '' });
}, 120_000);

/** Of the cells of frame 0: their labels and what the table says of their brightness. */
function brightness(result: string): [label: number, mean: number][] {
  const [head, ...rows] = readFileSync(join(result, 'tables', 'nodes.csv'), 'utf8')
    .trim()
    .split('\n');
  const at = (name: string): number => head!.split(',').indexOf(name);
  const [frame, label, mean] = [at('frame'), at('label'), at('mean_intensity_c0')];
  const cells = rows.map((row) => row.split(','));
  return cells.filter((cell) => cell[frame] === '0').map((cell) => [Number(cell[label]), Number(cell[mean])]);
}

describe('models check', () => {
  it('says that a network restores', async () => {
    const { code, stdout } = await here('models', 'check', blur);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^model {7}blur: restores 2D pictures, for --restore$/m),
    ]);
    expect(stdout).not.toContain('thresholds');
  });
});

describe('track --restore', { timeout: 120_000 }, () => {
  it('segments what the network made of the frames, and measures the frames themselves', async () => {
    const plain = join(folder, 'plain');
    expect((await here(...job.track(plain))).code).toBe(0);
    expect(contentOf(plain)).not.toEqual(contentOf(whole));
    const { data: labels } = await readLabels(whole, 0);
    const cells = brightness(whole);
    expect(cells.length).toBeGreaterThan(0);
    for (const [label, mean] of cells) {
      const own = [...labels].flatMap((value, i) => (value === label ? [job.pixels[i]!] : []));
      expect(mean).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 2);
    }
  });

  it('goes on with the same network alone, and says what else it was', async () => {
    expect(JSON.parse((await here(...job.track(whole), '--restore', blur)).stdout)).toMatchObject({
      segmented: 0,
      kept: 4,
    });
    const without = await here(...job.track(whole));
    expect([without.code, without.stderr]).toEqual([
      78,
      expect.stringMatching(/restore: "blur \(\w+\)" -> none/),
    ]);
    expect((await here('info', whole)).stdout).toContain('restored by blur');
  });

  it('comes to the same bytes in slices and tasks', async () => {
    const sliced = join(folder, 'sliced');
    const [, movie, , , ...options] = job.track(sliced);
    const said = [movie!, '-o', sliced, ...options, '--restore', blur, '--frames-per-task', '2'];
    expect(await here('plan', ...said)).toMatchObject({ code: 0, stderr: '' });
    for (const index of ['1', '0'])
      expect(await here('segment', '-o', sliced, '--index', index, '--quiet')).toMatchObject({
        code: 0,
        stderr: '',
      });
    expect(await here('link', sliced, '--planned', '--quiet')).toMatchObject({ code: 0, stderr: '' });
    expect(contentOf(sliced)).toEqual(contentOf(whole));
  });

  it('refuses what does not restore, and --model what does', async () => {
    const result = join(folder, 'refused');
    const mute = place('mute', semanticNetwork({ heads: [[1, 0]] }), null);
    const two = place(
      'two',
      semanticNetwork({
        heads: [
          [1, 0],
          [1, 1],
        ],
      }),
      { kind: 'restoration' },
    );
    const volumes = place('volumes', blurNetwork('NCDHW'), { kind: 'restoration' });
    for (const [path, words] of [
      [job.track('')[5]!, 'must be a network that restores'],
      [mute, 'put a model.json with {"kind": "restoration"} beside it'],
      [two, 'must have a channel for each of its classes (image), got 2'],
      [volumes, 'a network for 2D frames of one channel is needed for movie, volumes takes 3D ones of 1'],
    ] as const)
      expect([path, await here(...job.track(result), '--restore', path)]).toMatchObject([
        path,
        { code: 65, stderr: expect.stringContaining(words) },
      ]);
    const args = job.track(result).map((word) => (word === job.track(result)[5] ? blur : word));
    expect(await here(...args)).toMatchObject({
      code: 65,
      stderr: expect.stringContaining('restores pictures and finds no cells; give it as --restore'),
    });
    rmSync(result, { recursive: true, force: true });
  });
});
