import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { contentOf, here } from '../cli/morula.ts';
import { obey } from '../helpers/obey.ts';
import { LONG, sample } from '../helpers/points.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { makeTinyJob, type TinyJob } from '../helpers/tinyJob.ts';

/** `npm run test:long` harms every file, and turns so many bits in it; else some files, once. */
const FLIPS = LONG ? 20 : 1;
const FILES = LONG ? Number.POSITIVE_INFINITY : 24;

const folder = tempFolder();
const whole = join(folder, 'whole');
const result = join(folder, 'r');
const { uniform } = createRandom(9);
let job: TinyJob;
let truth: Record<string, string>;
let files: string[];

interface Found {
  code: number | null;
  flaws: { kind: string; what: string; mend: string }[];
}

beforeAll(async () => {
  job = makeTinyJob(folder, 4);
  expect(await here(...job.track(whole))).toMatchObject({ code: 0, stderr: '' });
  cpSync(whole, result, { recursive: true });
  truth = contentOf(result);
  const names = readdirSync(result, { recursive: true, encoding: 'utf8' });
  files = names.filter((name) => statSync(join(result, name)).isFile()).sort();
}, 180_000);

async function verify(): Promise<Found> {
  const { code, stdout } = await here('verify', result, '--deep', '--json');
  return { code, flaws: (JSON.parse(stdout) as Found).flaws };
}

/** Turns one bit at a share of the file's length. */
function flip(path: string, where: number): void {
  const bytes = readFileSync(path);
  bytes[Math.floor(where * bytes.length)]! ^= 1 << Math.floor(uniform() * 8);
  writeFileSync(path, bytes);
}

const harms: [string, (path: string) => void][] = [
  ['gone', (path) => rmSync(path)],
  ['cut', (path) => truncateSync(path, statSync(path).size - 1)],
  ...Array.from({ length: FLIPS }, (): [string, (path: string) => void] => [
    'flipped',
    (path) => flip(path, uniform()),
  ]),
];

describe('verify --deep', { timeout: 120_000 }, () => {
  it.each(harms)(
    'finds every file of a result that is %s, and nothing in the whole one',
    { timeout: 600_000 },
    async (harm, damage) => {
      expect(await verify()).toEqual({ code: 0, flaws: [] });
      const silent: string[] = [];
      for (const name of new Set([...sample(files, FILES), 'run.json'])) {
        // Without it a folder is no result, see below.
        if (name === 'run.json' && harm === 'gone') continue;
        const path = join(result, name);
        const before = readFileSync(path);
        damage(path);
        const { code, flaws } = await verify();
        if (code !== 65 || !flaws.some(({ what }) => what.includes(name.split('/')[0]!))) silent.push(name);
        writeFileSync(path, before);
      }
      expect([harm, silent]).toEqual([harm, []]);
      expect(files.length).toBeGreaterThan(100);
    },
  );

  it.each([
    'frames/000002.bin',
    'frames/000002.json',
    'labels/cells/0/c/2/0/0',
    'labels/zarr.json',
    'labels/cells/zarr.json',
    'labels/cells/0/zarr.json',
    'links.bin',
    'links.json',
    'motion.bin',
    'certainty.bin',
    'tables/nodes.csv',
    'tables/counts.csv',
    'tracks.geff/.zattrs',
    'tracks.geff/nodes/ids/0',
    'README.txt',
  ])('names the command that mends a turned bit in %s', async (name) => {
    flip(join(result, name), 0.5);
    const { flaws } = await verify();
    expect(flaws[0]).toMatchObject({ kind: 'damage', what: expect.stringContaining(name) });
    const track = job.track(result);
    await obey(flaws[0]!.mend, { '<model>': track[track.indexOf('--model') + 1]! });
    expect(await verify()).toEqual({ code: 0, flaws: [] });
    expect(contentOf(result)).toEqual(truth);
  });

  it.each([
    ['a setting', '"probThreshold": 0.5', '"probThreshold": 0.7'],
    ['a letter of a name', '"name": "movie"', '"name": "mowie"'],
    ['a number of the summary', '"frames": 4', '"frames": 5'],
    ['a name of a field', '"checksum"', '"checkstm"'],
    ['its version', '"version": 1', '"version": 3'],
    ['its format', '"morula-result"', '"morula-rasult"'],
    ['a bracket', '"movie": {', '"movie": ['],
    ['all of it', /[\s\S]+/, ''],
  ])('finds %s changed in run.json, no command trusts it, and track mends it', async (_, from, to) => {
    const path = join(result, 'run.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.replace(from, to));
    expect(readFileSync(path, 'utf8')).not.toBe(before);
    const { code, flaws } = await verify();
    expect([code, flaws]).toMatchObject([
      65,
      [{ kind: 'damage', what: expect.stringContaining('run.json') }],
    ]);
    for (const command of [
      ['info', result],
      ['link', result],
      ['export', result, '--format', 'csv', '-o', `${result}.csv`],
    ])
      expect(await here(...command)).toMatchObject({
        code: 65,
        stderr: expect.stringContaining('finished frames stay'),
      });
    await mendedByTrack(before);
  });

  it('is refused where run.json is gone, and track writes it again without a frame computed twice', async () => {
    const before = readFileSync(join(result, 'run.json'), 'utf8');
    rmSync(join(result, 'run.json'));
    expect((await here('verify', result)).code).toBe(65);
    await mendedByTrack(before);
  });
});

/** `track` computes no frame, and leaves run.json as it was. */
async function mendedByTrack(before: string): Promise<void> {
  const { code, stdout, stderr } = await here(...job.track(result));
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ kept: job.nFrames, segmented: 0 });
  expect(await verify()).toEqual({ code: 0, flaws: [] });
  // Where the network ran is noted when it runs.
  const said = ({ devices: _, checksum: __, ...run }: Record<string, unknown>): object => run;
  expect(said(JSON.parse(readFileSync(join(result, 'run.json'), 'utf8')))).toEqual(said(JSON.parse(before)));
  expect(contentOf(result)).toEqual(truth);
}
