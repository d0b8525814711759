import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatNames, readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division, twoGenerations } from '../cases/index.ts';
import { contextOf, withFolder } from './helpers.ts';

describe('readTracks without a format', () => {
  it.each([
    ['geff', 'tracks', ''],
    ['ctc', 'masks', ''],
    ['trackmate', 'session.xml', ''],
    ['trackmate', 'session.txt', ''],
    ['trackmate-csv', 'tables', ''],
    ['trackmate-csv', 'tables', 'spots.csv'],
    ['napari', 'a.csv', ''],
    ['intracktive', 'a.csv', ''],
    ['mastodon', 'a.csv', ''],
    ['csv', 'a.csv', ''],
    ['csv', 'tables', 'nodes.csv'],
  ])('knows %s as %s %s', async (format, name, inner) => {
    for (const movie of [division, twoGenerations]) {
      await withFolder(async (folder) => {
        const context = contextOf(movie.detections, movie.nFrames);
        await writeTracks(format, buildLineage(movie.detections, movie.links), context, join(folder, name));
        expect((await readTracks(join(folder, name, inner))).format).toBe(format);
      });
    }
  });

  it('has a test above for every format that is read', () => {
    expect(formatNames('read').sort()).toEqual(
      ['csv', 'ctc', 'geff', 'intracktive', 'mastodon', 'napari', 'trackmate', 'trackmate-csv'].sort(),
    );
  });

  it.each([
    [
      'points without parents',
      'id,t,x,y\n1,0,1,1\n',
      /csv: .*row 1 must name the columns id, t, x, y and parent/,
    ],
    ['points whose parents are a column of Mastodon', 'id,t,x,y,parent_id\n1,0,1,1,-1\n', null],
    [
      'a file without line ends',
      'x'.repeat(1_500_000),
      /row 1: a line must have 1048576 characters at most, found more; is it a text table\?/,
    ],
    ['old line ends', 'id,t,x,y,parent\r1,0,1,1,-1\r2,1,1,1,1', null],
    ['OME-XML', '<?xml version="1.0"?><OME><Image/></OME>', /its first element is <OME>$/],
    [
      'a table of edges',
      'LABEL,TRACK_ID,SPOT_SOURCE_ID,SPOT_TARGET_ID\n',
      /must be tracks in a known format/,
    ],
  ])('reads or refuses %s', async (_name, text, message) => {
    await withFolder(async (folder) => {
      const path = join(folder, 'file.csv');
      await writeFile(path, text);
      if (message === null) expect((await readTracks(path)).format).toBe('csv');
      else
        await expect(readTracks(path)).rejects.toMatchObject({
          exit: 65,
          message: expect.stringMatching(message),
        });
    });
  });
});

describe('a folder of tables', () => {
  it('is read by its table of cells, with and without its format', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(division.detections, division.links);
      const tables = join(folder, 'tables');
      await writeTracks('csv', lineage, contextOf(division.detections, 4), tables);
      for (const format of ['auto', 'csv']) {
        const { links } = (await readTracks(tables, { format })) as Tracks;
        expect([...links.source]).toEqual([...division.links.source]);
      }
    });
  });
});

describe('what is no track file', () => {
  it('is named: an image, a folder of other things, an empty one', async () => {
    await withFolder(async (folder) => {
      const image = join(folder, 'movie.ome.zarr');
      await mkdir(image);
      await writeFile(join(image, '.zgroup'), '{"zarr_format":2}');
      await writeFile(join(image, '.zattrs'), '{"multiscales":[]}');
      await mkdir(join(folder, 'empty'));
      const messageOf = (path: string): Promise<string> =>
        readTracks(path).then(
          () => 'read',
          (error: Error) => error.message,
        );
      expect(await messageOf(image)).toMatch(
        /found an OME-Zarr image; morula track .*movie\.ome\.zarr finds its cells$/,
      );
      expect(await messageOf(folder)).toMatch(/found a folder of empty, movie\.ome\.zarr$/);
      expect(await messageOf(join(folder, 'empty'))).toMatch(/the folder is empty$/);
    });
  });
});
