import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReadOptions, readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division, pairsOf } from '../cases/index.ts';
import { withFolder } from './helpers.ts';

const TABLE =
  'x;y;z;frame;radius;quality;id;parent_id;label;tag\n1;2;3;0;4;0.5;8;-1;mother;a\n2;2;3;1;4;-1;9;8;"cell; b";\n';

async function readText(text: string, options: ReadOptions = {}): Promise<Tracks> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, 'spots.csv'), text);
    return (await readTracks(join(folder, 'spots.csv'), { format: 'mastodon', ...options })) as Tracks;
  });
}

describe('readTracks mastodon', () => {
  it('reads spots, parents and quality with any separator, passing over names and tags', async () => {
    const tracks = await readText(TABLE, { format: 'auto' });
    expect(tracks.format).toBe('mastodon');
    expect(pairsOf(tracks.links)).toEqual([[0, 1]]);
    expect([...tracks.sourceId]).toEqual([8, 9]);
    expect([...tracks.detections.prob]).toEqual([0.5, Number.NaN]);
    expect([tracks.ndim, tracks.unit, tracks.warnings]).toEqual([3, 'unknown', []]);
  });

  it('leaves out a quality that is no probability', async () => {
    const { detections, warnings } = await readText(TABLE.replace(';0.5;', ';82.1;'));
    expect(detections.prob[0]).toBeNaN();
    expect(warnings).toEqual([expect.stringMatching(/quality is no probability/)]);
  });

  const more = `${TABLE}3;2;3;2;4;1;10;9;;\n`;
  it.each([
    ['a missing column', TABLE.replace(';z;', ';depth;'), /row 1 must name the columns .* without z/],
    ['another separator', TABLE.replaceAll(';', '|'), /row 1 must name the columns/],
    ['an empty position', TABLE.replace('2;2;3;1', ';2;3;1'), /row 3: x must be a finite number, got ""/],
    ['an id that is no whole number', TABLE.replace(';9;8', ';9.5;8'), /row 3: id must be a whole number/],
    ['an unknown parent', TABLE.replace(';9;8', ';9;7'), /row 3 \(id 9\): parent 7 must be the id of a row/],
    ['an id there twice', TABLE.replace(';9;8', ';8;-1'), /row 3 \(id 8\): id 8 must be there once, row 2/],
    ['a cycle', more.replace(';8;-1', ';8;10'), /the parent of row 2 \(id 8\) must lie in an earlier frame/],
    ['a short row', `${TABLE}1;2\n`, /row 4: must have 10 cells as the header, got 2/],
  ])('refuses %s, naming the row', async (_name, text, message) => {
    await expect(readText(text)).rejects.toMatchObject({
      tag: 'invalid-data',
      exit: 65,
      message: expect.stringMatching(message),
    });
  });
});

describe('writeTracks mastodon', () => {
  it('writes a row a spot without an empty number, and says what is made up and lost', async () => {
    await withFolder(async (folder) => {
      const { detections, links } = division;
      const radius = detections.radius.map((value, i) => (i === 1 ? Number.NaN : value));
      const prob = detections.prob.map((value, i) => (i === 1 ? Number.NaN : value));
      const lineage = buildLineage({ ...detections, radius, prob }, links);
      const context = { name: 'm', voxelSize: [1, 1, 1] as const, timeStep: 30 };
      const { notes } = await writeTracks('mastodon', lineage, context, join(folder, 's.csv'));
      const lines = (await readFile(join(folder, 's.csv'), 'utf8')).split('\n');
      expect(lines.slice(0, 4)).toEqual([
        'x,y,z,frame,radius,quality,id,parent_id,label,tag',
        '10,10,0,0,2,0.9,0,-1,tracklet 1,generation 0',
        '10.3,10.1,0,1,2,-1,1,0,tracklet 1,generation 0',
        '11.1,7.9,0,2,2,0.9,2,1,tracklet 2,generation 1',
      ]);
      expect(notes).toEqual([
        'mastodon: the file names no units: positions are in micrometres, a frame is 30 s',
        'mastodon: radii made up where none is known: 1 (the median of the others)',
        'mastodon: not held by the format: labels of the masks, sizes, intensities',
      ]);
    });
  });
});
