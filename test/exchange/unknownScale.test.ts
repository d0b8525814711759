import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { readmeText } from '../../src/exchange/readme.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division } from '../cases/index.ts';
import { contextOf, withFolder } from './helpers.ts';

const { detections, links, nFrames } = division;
const lineage = buildLineage(detections, links);
const KNOWN = { ...contextOf(detections, nFrames), voxelSize: [1, 0.5, 0.5] as const, timeStep: 300 };
const UNKNOWN = {
  ...contextOf(detections, nFrames),
  voxelSizeKnown: false,
  timeStep: Number.NaN,
};

/** Every format that is read again, the file that is read, and what comes back of known scales. */
const FORMATS: readonly (readonly [format: string, name: string, inner: string, known: unknown[]])[] = [
  ['geff', 'tracks.geff', '', ['micrometer', 300, [1, 0.5, 0.5]]],
  ['trackmate', 's.xml', '', ['micrometer', 300, [1, 0.5, 0.5]]],
  ['trackmate-csv', 'spots', '', ['micrometer', 300, undefined]],
  ['csv', 'tables', 'nodes.csv', ['micrometer', 300, undefined]],
  ['csv', 'points.csv', '', ['unknown', undefined, undefined]],
  ['napari', 'tracks.csv', '', ['pixel', undefined, undefined]],
  ['intracktive', 'tracks.csv', '', ['unknown', undefined, undefined]],
  ['mastodon', 'spots.csv', '', ['unknown', undefined, undefined]],
  ['ctc', '01_RES', '', ['pixel', undefined, undefined]],
];

async function trip(context: typeof UNKNOWN | typeof KNOWN, format: string, name: string, inner: string) {
  return withFolder(async (folder) => {
    const { notes } = await writeTracks(format, lineage, context, join(folder, name));
    const read = await readTracks(join(folder, name, inner), { format });
    const tracks: Tracks = 'toTracks' in read ? await read.toTracks() : read;
    return { notes: notes.join('\n'), scales: [tracks.unit, tracks.timeStep, tracks.voxelSize] };
  });
}

describe('writeTracks, then readTracks', () => {
  it.each(FORMATS)(
    'brings known scales through %s (%s), or says them',
    async (format, name, inner, known) => {
      const { notes, scales } = await trip(KNOWN, format, name, inner);
      expect(scales).toEqual(known);
      const [unit, step] = known;
      expect([step === undefined, notes]).toEqual([notes.includes('300 s'), notes]);
      const said = unit === 'pixel' ? '0.5' : 'micrometres';
      expect([unit !== 'micrometer', notes]).toEqual([notes.includes(said), notes]);
    },
  );

  it.each(FORMATS)('makes up no scale in %s (%s)', async (format, name, inner) => {
    const { notes, scales } = await trip(UNKNOWN, format, name, inner);
    expect(scales.slice(1)).toEqual([undefined, undefined]);
    // The names of our tables' columns stand; the note says what is in them.
    if (inner === 'nodes.csv') expect(notes).toContain('the size of a pixel is not known');
    else expect([scales[0], notes]).not.toEqual(['micrometer', notes]);
    expect(notes).not.toMatch(/NaN|micrometres|frame is/);
  });

  it('leaves out what is not known in a GEFF: units of space, the scale of time', async () => {
    await withFolder(async (folder) => {
      await writeTracks('geff', lineage, UNKNOWN, join(folder, 't.geff'));
      const text = await readFile(join(folder, 't.geff', '.zattrs'), 'utf8');
      expect(text).not.toMatch(/micrometer|second|scale|voxel_size|time_step|NaN/);
      expect(JSON.parse(text).geff.axes.map(({ unit }: { unit?: string }) => unit)).toEqual([
        'frame',
        ...Array(detections.ndim).fill(undefined),
      ]);
    });
  });

  it('writes pixels and frames for TrackMate, in whole numbers of frames', async () => {
    await withFolder(async (folder) => {
      await writeTracks('trackmate', lineage, UNKNOWN, join(folder, 's.xml'));
      const text = await readFile(join(folder, 's.xml'), 'utf8');
      expect(text).toContain('spatialunits="pixel" timeunits="frame"');
      expect(text).toContain('timeinterval="1"');
      expect(text).toContain('POSITION_T="1"');
      expect(text).not.toContain('NaN');
    });
  });

  it('gives no micrometres as units in README.txt, and says what lengths are in', () => {
    const text = readmeText(lineage, UNKNOWN, '').replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'a length is in pixels, or in what the tracks came in, also where the name of a column says um',
    );
    for (const part of [
      'x_um length centre',
      'area_um2 length^2 area',
      'mean_speed_um_per_s length/s length of',
    ])
      expect(text).toContain(part);
    expect(readmeText(lineage, KNOWN, '').replaceAll(/\s+/g, ' ')).toContain('x_um um centre');
  });

  it('leaves times empty in tables, and says why in their README.txt', async () => {
    await withFolder(async (folder) => {
      await writeTracks('csv', lineage, UNKNOWN, folder);
      const [header, row] = (await readFile(join(folder, 'nodes.csv'), 'utf8')).split('\n');
      expect([header!.split(',')[2], row!.split(',')[2]]).toEqual(['time_s', '']);
      const text = (await readFile(join(folder, 'README.txt'), 'utf8')).replaceAll(/\s+/g, ' ');
      expect(text).toContain('The time of a frame is not known: times in seconds (s) are empty');
      expect(text).toContain('The size of a pixel is not known: a length is in pixels');
    });
    expect(readmeText(lineage, KNOWN, '').replaceAll(/\s+/g, ' ')).toContain('a frame is 300 s');
  });

  it('counts the branches of Newick in frames', async () => {
    await withFolder(async (folder) => {
      const { notes } = await writeTracks('newick', lineage, UNKNOWN, join(folder, 't.nwk'));
      expect(notes[0]).toContain('in frames, whose time is not known');
      expect(await readFile(join(folder, 't.nwk'), 'utf8')).not.toContain('NaN');
    });
  });
});
