import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReadOptions, readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { divisionAfterGap, pairsOf, twoGenerations } from '../cases/index.ts';
import { withFolder } from './helpers.ts';

const TABLE = 'ID,T,Y,X\n3,0,10,20\n3,2,11,21\n5,3,12,22\n6,3,9,19\n';

async function readTable(table: string, graph?: string, options: ReadOptions = {}): Promise<Tracks> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, 'tracks.csv'), table);
    if (graph !== undefined) await writeFile(join(folder, 'tracks-graph.json'), graph);
    return (await readTracks(join(folder, 'tracks.csv'), { format: 'napari', ...options })) as Tracks;
  });
}

describe('readTracks napari', () => {
  it('links along tracks, over gaps and by the graph, in pixels', async () => {
    const tracks = await readTable(TABLE, '{"5": [3], "6": 3}', { format: 'auto' });
    expect(tracks.format).toBe('napari');
    expect(pairsOf(tracks.links)).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
    expect([...tracks.sourceId]).toEqual([3, 3, 5, 6]);
    expect([tracks.unit, tracks.ndim, tracks.warnings]).toEqual(['pixel', 2, []]);
  });

  it('takes rows in any order, and a voxel size for micrometres', async () => {
    const table = 'ID,T,Z,Y,X\n1,1,2,3,4\n1,0,2,3,4\n';
    const { detections, unit, links } = await readTable(table, '{}', { voxelSize: [2, 0.5, 0.25] });
    expect([detections.z[0], detections.y[0], detections.x[0], unit]).toEqual([4, 1.5, 1, 'micrometer']);
    expect(pairsOf(links)).toEqual([[0, 1]]);
  });

  it('warns where there is no graph', async () => {
    const { links, warnings } = await readTable(TABLE);
    expect(links.count).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(/no graph beside it \(tracks-graph.json\)/)]);
  });

  it.each([
    ['a missing column', 'ID,T,Y\n1,0,1\n', '{}', /row 1 must name the columns id, t, y, x.*without x/],
    ['another separator', TABLE.replaceAll(',', ' '), '{}', /row 1 must name the columns .*without id/],
    ['a NaN position', TABLE.replace('21', 'nan'), '{}', /row 3: x must be a finite number, got "nan"/],
    ['a fractional frame', TABLE.replace('3,2,', '3,2.5,'), '{}', /row 3: t must be a frame number/],
    ['a fractional ID', TABLE.replace('3,2,', '3.5,2,'), '{}', /row 3: id must be a whole number, got "3.5"/],
    [
      'a track twice in a frame',
      TABLE.replace('3,2,', '3,0,'),
      '{}',
      /row 3 \(track 3\) must be once in frame 0, row 2/,
    ],
    ['an unknown parent', TABLE, '{"5": [4]}', /track 5 has parent 4, .* there is no track 4/],
    ['an unknown child', TABLE, '{"8": [3]}', /track 8 has parent 3, .* there is no track 8/],
    [
      'a merge',
      TABLE,
      '{"5": [3, 6]}',
      /track 5 must have one parent at most, found 2; merges cannot be read/,
    ],
    [
      'a cycle',
      TABLE,
      '{"5": [3], "3": [5]}',
      /the parent of row \d \(track 3\) must lie in an earlier frame/,
    ],
    ['a graph that is no JSON', TABLE, '{5: [3]}', /tracks-graph.json: must be JSON/],
    ['a graph that is a list', TABLE, '[5]', /must be an object of \{child: \[parents\]\}/],
    ['a child that is no number', TABLE, '{"a": [3]}', /a child must be the number of a track, got "a"/],
    ['a parent that is no number', TABLE, '{"5": ["x"]}', /the parents of track 5 must be numbers/],
  ])('refuses %s', async (_name, table, graph, message) => {
    await expect(readTable(table, graph)).rejects.toMatchObject({
      tag: 'invalid-data',
      exit: 65,
      message: expect.stringMatching(message),
    });
  });
});

describe('writeTracks napari', () => {
  it('writes tracks by ID and frame in pixels, with the graph beside, and says what is lost', async () => {
    await withFolder(async (folder) => {
      const { detections, links } = divisionAfterGap;
      const context = { name: 'm', voxelSize: [2, 0.5, 0.25] as const, timeStep: 30 };
      const path = join(folder, 'hela.csv');
      const { paths, notes } = await writeTracks('napari', buildLineage(detections, links), context, path);
      expect(paths).toEqual([path, join(folder, 'hela-graph.json')]);
      const lines = (await readFile(path, 'utf8')).split('\n');
      expect(lines.slice(0, 6)).toEqual([
        'ID,T,Y,X',
        '1,0,20,40',
        '1,1,20.2,41.2',
        '1,3,20.8,44',
        '2,4,16.2,47.2',
        '2,5,14.4,48.4',
      ]);
      expect(await readFile(paths[1], 'utf8')).toBe('{\n  "2": [1],\n  "3": [1]\n}\n');
      expect(notes).toEqual([
        'napari: positions are in pixels; give the layer scale=(1, 0.5, 0.25) for micrometres',
        'napari: times are in frames of 30 s',
        'napari: not held by the format: labels of the masks, radii, probabilities, sizes, intensities',
      ]);
    });
  });

  it('has a column Z in 3D', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(twoGenerations.detections, twoGenerations.links);
      const context = { name: 'm', voxelSize: [2, 0.5, 0.25] as const, timeStep: 30 };
      await writeTracks('napari', lineage, context, join(folder, 't.csv'));
      const lines = (await readFile(join(folder, 't.csv'), 'utf8')).split('\n');
      expect(lines.slice(0, 2)).toEqual(['ID,T,Z,Y,X', '1,0,2.5,40,80']);
    });
  });
});
