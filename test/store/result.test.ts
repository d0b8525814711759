import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingFrames } from '../../src/store/frames.ts';
import { openResult, prepareResult, segmentKey } from '../../src/store/result.ts';
import { readRunFile, writeRunFile } from '../../src/store/runFile.ts';
import { commitFrame } from '../helpers/commitFrame.ts';
import { tempFolder } from '../helpers/tempFolder.ts';
import { sampleLabels, samplePlan, sampleTable } from './samples.ts';

const root = tempFolder();
let made = 0;
const newFolder = (): string => join(root, String(made++));
const report = { seconds: { read: 0, network: 0, total: 0 }, warnings: [] };

/** A result with one frame done. */
async function begun(): Promise<string> {
  const folder = newFolder();
  const run = await prepareResult(folder, samplePlan(), false);
  await commitFrame(folder, run.segmentKey, sampleTable(0), sampleLabels([4, 6]), report);
  return folder;
}

const missing = async (folder: string): Promise<number[]> =>
  missingFrames(folder, segmentKey(samplePlan().movie, samplePlan().segment), 0, 3);

describe('prepareResult', () => {
  it('makes run.json and the empty labels', async () => {
    const folder = newFolder();
    const run = await prepareResult(folder, samplePlan(), false);
    expect(readdirSync(folder).sort()).toEqual(['labels', 'run.json']);
    expect(run.stages).toEqual({ segment: 'running', link: 'none' });
    const checksum = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toEqual({ ...run, checksum });
  });

  it('makes no labels for points', async () => {
    const folder = newFolder();
    await prepareResult(folder, samplePlan({}, {}, false), false);
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  it('goes on with the same job, whose frames stay, also from another place', async () => {
    const folder = await begun();
    await prepareResult(folder, samplePlan({ path: '/mnt/a.ome.zarr', name: 'b' }), false);
    expect(await missing(folder)).toEqual([1, 2]);
  });

  it.each([
    ['prob-threshold: 0.5 -> 0.6', {}, { probThreshold: 0.6 }],
    ['nms-threshold: 0.3 -> 0.4', {}, { nmsThreshold: 0.4 }],
    ['channel: 0 -> 1', {}, { channel: 1 }],
    ['object-diameter: none -> 12', {}, { objectDiameter: 12 }],
    ['ome-zarr: "0.5" -> "0.4"', {}, { omeZarr: '0.4' as const }],
    ['restore: none -> "care (0123abcd)"', {}, { restore: { model: 'care', digest: '0123abcdef' } }],
    ['model: "nuclei-2d" -> "other"', {}, { model: 'other', modelDigest: 'n' }],
    ['the model itself changed', {}, { modelDigest: 'n' }],
    [
      'made: "segmentation" -> "import ctc"; model: "nuclei-2d" -> none',
      {},
      { kind: 'import' as const, model: 'ctc' },
    ],
    ['level: 0 -> 1', { level: 1 }, {}],
    ['frames: 3 -> 4', { nFrames: 4 }, {}],
    ['pixel-size: "1,0.5,0.25" -> "1,1,1"', { voxelSize: [1, 1, 1] as const }, {}],
    ['time-step: 30 -> 60', { timeStep: 60 }, {}],
    ['the movie itself changed', { fingerprint: 'g' }, {}],
    ['the movie itself changed', { sample: 't' }, {}],
    ['movie: /movies/a.ome.zarr -> /movies/b.ome.zarr', { sample: 't', path: '/movies/b.ome.zarr' }, {}],
  ])('refuses a job with another setting: %s', async (change, movie, segment) => {
    const folder = await begun();
    await expect(prepareResult(folder, samplePlan(movie, segment), false)).rejects.toMatchObject({
      exit: 78,
      message: `store: ${folder} was made with other settings (${change}); use --overwrite to start anew, or another -o`,
    });
    expect(await missing(folder)).toEqual([1, 2]);
  });

  it('starts anew with overwrite, for the same job and for another', async () => {
    for (const plan of [samplePlan(), samplePlan({}, { channel: 1 })]) {
      const folder = await begun();
      await prepareResult(folder, plan, true);
      expect(readdirSync(folder).sort()).toEqual(['labels', 'run.json']);
      expect(existsSync(join(folder, 'labels/cells/0/c'))).toBe(false);
    }
  });

  it('starts again where it was killed while clearing, whatever the job', async () => {
    const folder = await begun();
    const run = await openResult(folder);
    run.stages.segment = 'preparing';
    await writeRunFile(folder, run);
    const plan = samplePlan({}, { channel: 1 });
    expect((await prepareResult(folder, plan, false)).stages.segment).toBe('running');
    expect(readdirSync(folder).sort()).toEqual(['labels', 'run.json']);
  });

  it.each([false, true])('leaves a folder with other things alone (overwrite %s)', async (overwrite) => {
    const folder = newFolder();
    mkdirSync(join(folder, 'frames'), { recursive: true });
    writeFileSync(join(folder, 'frames', 'mine.tif'), 'precious');
    await expect(prepareResult(folder, samplePlan(), overwrite)).rejects.toMatchObject({
      exit: 64,
      message: `store: ${folder} holds other files (frames) and is not a morula result; choose another -o`,
    });
    expect(readFileSync(join(folder, 'frames', 'mine.tif'), 'utf8')).toBe('precious');
    expect(readdirSync(folder)).toEqual(['frames']);
  });

  it.each([false, true])("leaves another program's run.json alone (overwrite %s)", async (overwrite) => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'run.json'), '{"mine":1}');
    await expect(prepareResult(folder, samplePlan(), overwrite)).rejects.toMatchObject({ exit: 65 });
    expect(readFileSync(join(folder, 'run.json'), 'utf8')).toBe('{"mine":1}');
  });

  it('writes run.json again where it is cut and frames of the same job stand, not for another job', async () => {
    const folder = await begun();
    writeFileSync(join(folder, 'run.json'), '{"format":"morula-resul');
    const other = samplePlan({}, { channel: 1 });
    await expect(prepareResult(folder, other, false)).rejects.toThrow(/must be as morula wrote it/);
    expect((await prepareResult(folder, samplePlan(), false)).stages.segment).toBe('running');
    expect(await missing(folder)).toEqual([1, 2]);
    expect((await openResult(folder)).segmentKey).toBe(segmentKey(samplePlan().movie, samplePlan().segment));
  });

  it.each(['{"format":"morula-result","version":2}'])(
    'needs overwrite where run.json is %s, and nothing else is in the folder',
    async (text) => {
      const folder = await begun();
      writeFileSync(join(folder, 'run.json'), text);
      await expect(prepareResult(folder, samplePlan(), false)).rejects.toThrow(
        /start anew with --overwrite$/,
      );
      await prepareResult(folder, samplePlan(), true);
      expect(await missing(folder)).toEqual([0, 1, 2]);
      writeFileSync(join(folder, 'run.json'), text);
      writeFileSync(join(folder, 'mine.txt'), '');
      await expect(prepareResult(folder, samplePlan(), true)).rejects.toMatchObject({ exit: 64 });
    },
  );

  it('fills an empty folder, and one that a dead run left a lock and a torn file in', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'run.lock'), '');
    writeFileSync(join(folder, '.run.json.host.1.ab.tmp'), '{');
    expect((await prepareResult(folder, samplePlan(), false)).stages.segment).toBe('running');
  });
});

describe('openResult', () => {
  it('says how to make a result where none is', async () => {
    await expect(openResult(join(root, 'none'))).rejects.toMatchObject({
      tag: 'not-found',
      message: expect.stringContaining('make one with: morula track <movie> -o'),
    });
  });
});

describe('readRunFile', () => {
  it('is null where there is no folder, or a file', async () => {
    expect(await readRunFile(join(root, 'none'))).toBeNull();
    writeFileSync(join(root, 'file'), '');
    expect(await readRunFile(join(root, 'file'))).toBeNull();
  });
});
