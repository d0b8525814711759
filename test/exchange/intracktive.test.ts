import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReadOptions, readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { divisionAfterGap, emptyFrame, pairsOf } from '../cases/index.ts';
import { withFolder } from './helpers.ts';

const TABLE =
  'track_id,t,z,y,x,parent_track_id,radius\n1,0,5,1,1,-1,3\n1,1,5,1,2,-1,\n2,2,5,1,3,1,3\n3,2,5,2,3,1,3\n';

async function readText(text: string, options: ReadOptions = {}): Promise<Tracks> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, 't.csv'), text);
    return (await readTracks(join(folder, 't.csv'), { format: 'intracktive', ...options })) as Tracks;
  });
}

describe('readTracks intracktive', () => {
  it('links along tracks and to parents', async () => {
    const tracks = await readText(TABLE, { format: 'auto' });
    expect(tracks.format).toBe('intracktive');
    expect(pairsOf(tracks.links)).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
    expect([tracks.ndim, tracks.unit, tracks.warnings]).toEqual([3, 'unknown', []]);
    expect(tracks.detections.radius[1]).toBeNaN();
  });

  it('reads tables without z and with columns of others', async () => {
    const tracks = await readText('t,y,x,parent_track_id,track_id,colour\n0,1,2,-1,4,red\n');
    expect([tracks.detections.count, tracks.ndim]).toEqual([1, 2]);
  });

  it.each([
    [
      'a missing column',
      'track_id,t,y,x\n1,0,1,1\n',
      /row 1 must name the columns .* without parent_track_id/,
    ],
    ['a NaN position', TABLE.replace('1,1,5,1,2', '1,1,5,1,NaN'), /row 3: x must be a finite number/],
    [
      'an unknown parent',
      TABLE.replace('3,1,3\n3', '3,9,3\n3'),
      /track 2 has parent 9, .* there is no track 9/,
    ],
    [
      'two parents',
      `${TABLE}2,3,5,1,3,3,3\n`,
      /row 6 \(track 2\): parent_track_id must be one in all rows of a track, got 3 after 1/,
    ],
    ['its own parent', TABLE.replace('3,1,3\n3', '3,2,3\n3'), /must not be its own parent/],
    [
      'a cycle',
      TABLE.replaceAll(',-1,', ',2,'),
      /the parent of row 2 \(track 1\) must lie in an earlier frame/,
    ],
    ['a frame that is no number', TABLE.replace('1,1,5', '1,one,5'), /row 3: t must be a number, got "one"/],
  ])('refuses %s', async (_name, text, message) => {
    await expect(readText(text)).rejects.toMatchObject({
      tag: 'invalid-data',
      exit: 65,
      message: expect.stringMatching(message),
    });
  });
});

describe('writeTracks intracktive', () => {
  it('splits tracks at gaps, with measures as columns, and says so', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(divisionAfterGap.detections, divisionAfterGap.links);
      const context = { name: 'm', voxelSize: [1, 1, 1] as const, timeStep: 30 };
      const { notes } = await writeTracks('intracktive', lineage, context, join(folder, 't.csv'));
      const lines = (await readFile(join(folder, 't.csv'), 'utf8')).trim().split('\n');
      expect(lines[0]).toBe('track_id,t,z,y,x,parent_track_id,radius,prob,label,area,mean_intensity_c0');
      expect(lines[1]).toBe('1,0,0,10,10,-1,2,0.9,1,12.5664,100');
      const tracks = lines.slice(1).map((line) => line.split(','));
      expect(tracks.map((cells) => [cells[0], cells[1], cells[5]].join(' '))).toEqual([
        ...['1 0 -1', '1 1 -1', '2 4 4', '2 5 4', '3 4 4', '3 5 4', '4 3 1'],
      ]);
      expect(notes).toEqual([
        'intracktive: tracks split at gaps: 1; each rest is the only child of the part before',
        'intracktive: frames without a cell: 1; the viewer expects none',
        'intracktive: the file names no units: positions are in micrometres, a frame is 30 s',
      ]);
    });
  });

  it('leaves out measures that nobody has', async () => {
    await withFolder(async (folder) => {
      const { detections: d, links } = emptyFrame;
      const none = {
        ...d,
        radius: d.radius.map(() => Number.NaN),
        label: d.label.map(() => 0),
        nChannels: 0,
      };
      const context = { name: 'm', voxelSize: [1, 1, 1] as const, timeStep: 30 };
      await writeTracks('intracktive', buildLineage(none, links), context, join(folder, 't.csv'));
      expect((await readFile(join(folder, 't.csv'), 'utf8')).split('\n')[0]).toBe(
        'track_id,t,z,y,x,parent_track_id,prob,area',
      );
    });
  });
});
