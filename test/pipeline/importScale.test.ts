import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportResult, type ImportJob, importTracks } from '../../src/pipeline/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();
const points = join(folder, 'points.csv');
writeFileSync(points, 'id,t,x,y,z,radius,parent\n1,0,1,2,0,1,-1\n2,1,1,2,0,1,1\n3,2,2,2,0,1,2\n');

type Given = Partial<Pick<ImportJob, 'pixelSize' | 'timeStep'>>;

/** Imports a file; whether the scales are known, and the result. */
async function imported(path: string, name: string, given: Given = {}): Promise<[unknown[], string]> {
  const result = join(folder, `${name}.morula`);
  const { run } = await importTracks({
    ...{ path, format: 'auto', movie: null, folder: result, detectionsOnly: false, overwrite: false },
    ...given,
  });
  const { voxelSize, voxelSizeKnown, timeStep, timeStepKnown } = run.movie;
  return [[voxelSizeKnown, voxelSizeKnown && voxelSize, timeStepKnown, timeStepKnown && timeStep], result];
}

const UNKNOWN = [false, false, false, false];

describe('importTracks, then exportResult', () => {
  it.each([
    ['geff', 'back.geff'],
    ['trackmate', 'back.xml'],
    ['trackmate-csv', 'back'],
    ['mastodon', 'back-mastodon.csv'],
    ['intracktive', 'back-intracktive.csv'],
  ])('makes up no scale on the way through %s', async (format, name) => {
    const [scales, result] = await imported(points, `${format}-before`);
    expect(scales).toEqual(UNKNOWN);
    await exportResult(result, format, join(folder, name), 'interpolate');
    expect((await imported(join(folder, name), `${format}-after`))[0]).toEqual(UNKNOWN);
  });

  it('leaves times empty in the tables of a result whose time step is not known', async () => {
    const [, result] = await imported(points, 'tables');
    const [head, row] = readFileSync(join(result, 'tables/nodes.csv'), 'utf8').split('\n');
    expect([head!.split(',')[2], row!.split(',')[2]]).toEqual(['time_s', '']);
  });

  it('takes positions without a unit for micrometres where the size of a pixel is given in them', async () => {
    const given = { pixelSize: [0.5, 0.5], timeStep: 30 };
    expect((await imported(points, 'given', given))[0]).toEqual([true, [1, 0.5, 0.5], true, 30]);
  });
});
