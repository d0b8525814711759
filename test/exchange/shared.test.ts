import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CtcTracks, lintCtc, readTracks, type Tracks } from '../../src/exchange/index.ts';

const data = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');
const reason = existsSync(data) ? '' : ' (skipped: the shared data are not here)';

describe.skipIf(reason !== '')(`the shared data sets${reason}`, () => {
  it.each([
    ['hela-01-silver', 'result', 92, 285, 92],
    ['cell-migration/every-1', 'truth', 86, 571, 5],
    ['epidermis-1', 'truth', 15, 1070, 0],
  ])('%s is a challenge folder without a fault', async (name, layout, nFrames, nTracks, nSeg) => {
    const opened = (await readTracks(join(data, name))) as CtcTracks;
    expect([opened.layout, opened.nFrames, opened.tracks.length, opened.segFiles.length]).toEqual([
      layout,
      nFrames,
      nTracks,
      nSeg,
    ]);
    expect(await lintCtc(join(data, name))).toEqual([]);
  });

  it('epidermis-1 has the same graph as masks and as points', async () => {
    const masks = await ((await readTracks(join(data, 'epidermis-1'))) as CtcTracks).toTracks();
    const points = (await readTracks(join(data, 'points/epidermis-1.csv'))) as Tracks;
    expect([masks.detections.count, masks.links.count]).toEqual([4453, 4070]);
    expect([points.detections.count, points.links.count, points.ndim]).toEqual([4453, 4070, 2]);
  });

  it('sim-plus-01 gives its 95 tracks from labels alone', async () => {
    const opened = (await readTracks(join(data, 'sim-plus-01/01_labels'))) as CtcTracks;
    expect([opened.layout, opened.tracks.length]).toEqual(['masks', 95]);
    expect((await opened.toTracks()).detections.count).toBe(2607);
  });

  it('celegans-a leaves out its 94 links inside one frame', async () => {
    const tracks = (await readTracks(join(data, 'points/celegans-a.csv'))) as Tracks;
    expect([tracks.detections.count, tracks.links.count, tracks.ndim]).toEqual([22_289, 22_191, 3]);
    expect(tracks.warnings).toEqual([expect.stringMatching(/94 such links are left out/)]);
  });
});
