import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReadOptions, readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { divisionAfterGap, loneDetection, pairsOf } from '../cases/index.ts';
import { withFolder } from './helpers.ts';

const FOUR = [
  'LABEL,ID,TRACK_ID,QUALITY,POSITION_X,POSITION_Y,POSITION_Z,POSITION_T,FRAME,RADIUS,VISIBILITY,MANUAL_SPOT_COLOR,AREA',
  'Label,Spot ID,Track ID,Quality,X,Y,Z,T,Frame,Radius,Visibility,Manual spot color,Area',
  'Label,Spot ID,Track ID,Quality,X,Y,Z,T,Frame,R,Visibility,Spot color,Area',
  ',,,(quality),(nm),(nm),(nm),(min),,(nm),,,(nm^2)',
].join('\n');
const ROWS =
  'ID7,7,0,0.5,1000,2000,0,0,0,3000,1,Ø,1e6\nID9,9,0,0.6,1500,2000,0,4,2,3000,1,Ø,∅\nID5,5,Ø,0.7,0,0,0,2,1,1,1,,\n';
const EDGES =
  'LABEL,TRACK_ID,SPOT_SOURCE_ID,SPOT_TARGET_ID,LINK_COST\nLabel,Track ID,Source spot ID,Target spot ID,Edge cost\nLabel,Track ID,Source ID,Target ID,Cost\n,,,,(cost)\nID9 → ID7,0,9,7,0.5\n';

async function readFiles(
  files: Record<string, string>,
  path: string,
  options: ReadOptions = {},
): Promise<Tracks> {
  return withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return (await readTracks(join(folder, path), { format: 'trackmate-csv', ...options })) as Tracks;
  });
}

describe('readTracks trackmate-csv', () => {
  it.each([
    ['a folder', ''],
    ['the table of spots', 'hela_spots.csv'],
  ])('reads four lines of header, missing signs and edges beside, from %s', async (_name, path) => {
    const files = { 'hela_spots.csv': `${FOUR}\n${ROWS}`, 'hela_edges.csv': EDGES };
    const tracks = await readFiles(files, path, { format: 'auto' });
    expect(tracks.format).toBe('trackmate-csv');
    expect([...tracks.sourceId]).toEqual([7, 5, 9]);
    expect([...tracks.detections.x]).toEqual([1, 0, 1.5]);
    expect(tracks.detections.radius[0]).toBeCloseTo(3, 12);
    expect(tracks.detections.size[0]).toBeCloseTo(1, 12);
    expect(tracks.detections.size[2]).toBeNaN();
    expect(pairsOf(tracks.links)).toEqual([[0, 2]]);
    expect(tracks.links.cost[0]).toBe(0.5);
    expect([tracks.unit, tracks.timeStep, tracks.ndim, tracks.warnings]).toEqual(['micrometer', 120, 2, []]);
  });

  it('reads one line of header, in any order, and links along tracks without edges', async () => {
    const text = 'FRAME,POSITION_Y,POSITION_X,ID,TRACK_ID\n1,2,3,8,4\n0,2,2.5,6,4\n0,9,9,5,\n';
    const tracks = await readFiles({ 'spots.csv': text }, 'spots.csv');
    expect([...tracks.sourceId]).toEqual([6, 5, 8]);
    expect(pairsOf(tracks.links)).toEqual([[0, 2]]);
    expect(tracks.unit).toBe('unknown');
    expect(tracks.warnings).toEqual([expect.stringMatching(/no table of edges beside it/)]);
  });

  it('leaves tracks with two spots in a frame unlinked without edges, and says so', async () => {
    const text = 'FRAME,POSITION_Y,POSITION_X,ID,TRACK_ID\n0,2,3,1,4\n1,2,2.5,2,4\n1,9,9,3,4\n';
    const tracks = await readFiles({ 'spots.csv': text }, '');
    expect(tracks.links.count).toBe(0);
    expect(tracks.warnings[1]).toMatch(/tracks with two spots in a frame: 1/);
  });

  it('turns pixels into micrometres where their size is given', async () => {
    const text = `${FOUR.replaceAll('(nm', '(pixel').replace('(min)', '(frame)')}\n${ROWS}`;
    const { detections, unit } = await readFiles({ 'spots.csv': text }, '', { voxelSize: [1, 2, 0.5] });
    expect([detections.x[0], detections.y[0], detections.radius[0], detections.size[0], unit]).toEqual([
      ...[500, 4000, 1500, 1e6, 'micrometer'],
    ]);
  });

  const spots = `${FOUR}\n${ROWS}`;
  it.each([
    [
      'a missing column',
      { 'spots.csv': 'ID,FRAME,POSITION_X\n1,0,1\n' },
      /row 1 must name the columns id, frame, position_y, position_x.*without position_y/,
    ],
    [
      'another separator',
      { 'spots.csv': spots.replaceAll(',', '|') },
      /row 1 must name the columns .*without id/,
    ],
    [
      'a decimal comma',
      { 'spots.csv': spots.replace('1500', '1500,5') },
      /row 6: must have 13 cells as the header, got 14/,
    ],
    [
      'a NaN position',
      { 'spots.csv': spots.replace('1500', 'NaN') },
      /row 6: position_x must be a finite number, got "NaN"/,
    ],
    [
      'a word',
      { 'spots.csv': spots.replace('1500', 'here') },
      /row 6: position_x must be a number, got "here"/,
    ],
    [
      'an ID there twice',
      { 'spots.csv': spots.replace('ID9,9', 'ID9,7') },
      /row 6 \(spot 7\): id 7 must be there once/,
    ],
    [
      'an edge to no spot',
      { 'spots.csv': spots, 'edges.csv': EDGES.replace(',9,7', ',9,77') },
      /edges.csv: row 5: edge 9 to 77 must join spots, there is no spot 77/,
    ],
    ['an empty file', { 'spots.csv': '' }, /must have a header line/],
  ])('refuses %s, naming the row', async (_name, files, message) => {
    await expect(readFiles(files as Record<string, string>, 'spots.csv')).rejects.toMatchObject({
      exit: 65,
      message: expect.stringMatching(message),
    });
  });
});

describe('writeTracks trackmate-csv', () => {
  it('writes spots, edges and tracks with four lines of header', async () => {
    await withFolder(async (folder) => {
      const { detections, links } = divisionAfterGap;
      const context = { name: 'm', voxelSize: [1, 1, 1] as const, timeStep: 30 };
      const path = join(folder, 'hela.csv');
      const { paths } = await writeTracks('trackmate-csv', buildLineage(detections, links), context, path);
      expect(paths).toEqual(['spots', 'edges', 'tracks'].map((name) => join(folder, `hela-${name}.csv`)));
      const [spots, edges, tracks] = await Promise.all(
        paths.map(async (name) => (await readFile(name, 'utf8')).split('\n')),
      );
      expect(spots.slice(0, 5)).toEqual([
        'ID,LABEL,TRACK_ID,TRACK_NAME,TRACK_VISIBLE,QUALITY,POSITION_X,POSITION_Y,POSITION_Z,POSITION_T,FRAME,RADIUS,VISIBILITY,MEAN_INTENSITY_CH1,AREA,MASK_LABEL',
        'ID,Label,Track ID,Track name,Track visibility,Quality,X,Y,Z,T,Frame,Radius,Visibility,Mean intensity ch1,Area,Label in the mask',
        'ID,Label,Track ID,Track name,Track visibility,Quality,X,Y,Z,T,Frame,R,Visibility,Mean ch1,Area,Mask label',
        ',,,,,(quality),(micron),(micron),(micron),(sec),,(micron),,(counts),(micron^2),',
        '0,ID0,0,Track_0,1,0.9,10,10,0,0,0,2,1,100,12.566370614359172,1',
      ]);
      expect(edges.slice(0, 2)).toEqual([
        'LABEL,TRACK_ID,SPOT_SOURCE_ID,SPOT_TARGET_ID,LINK_COST,SPEED,DISPLACEMENT,EDGE_TIME,EDGE_X_LOCATION,EDGE_Y_LOCATION,EDGE_Z_LOCATION',
        'Label,Track ID,Source spot ID,Target spot ID,Edge cost,Speed,Displacement,Edge time,Edge X,Edge Y,Edge Z',
      ]);
      expect(edges[5]).toMatch(/^ID1 → ID2,0,1,2,-1,0\.0126\d*,0\.76\d*,60,10\.65,10\.25,0$/);
      expect(tracks[0]).toMatch(/^LABEL,TRACK_INDEX,TRACK_ID,NUMBER_SPOTS,NUMBER_GAPS,NUMBER_SPLITS/);
      expect(tracks[4]).toMatch(/^Track_0,0,0,7,1,1,0,0,1,150,0,150,3\.8/);
    });
  });

  it('gives lone spots no track', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(loneDetection.detections, loneDetection.links);
      const context = { name: 'm', voxelSize: [1, 1, 1] as const, timeStep: 30 };
      await writeTracks('trackmate-csv', lineage, context, folder);
      expect((await readFile(join(folder, 'spots.csv'), 'utf8')).split('\n')[4]).toMatch(
        /^0,ID0,ø,ø,0,0\.9,5,5/,
      );
      expect((await readFile(join(folder, 'tracks.csv'), 'utf8')).trim().split('\n').length).toBe(4);
    });
  });
});
