import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatNames, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { divisionAfterGap } from '../cases/index.ts';
import { contextOf, withFolder } from './helpers.ts';

const { detections, nFrames } = divisionAfterGap;
const links = {
  ...divisionAfterGap.links,
  prob: divisionAfterGap.links.prob.map(() => 0.5),
  cost: divisionAfterGap.links.cost.map(() => 2),
};
const lineage = buildLineage(detections, links);

/** What every format says that it does not hold of a lineage with a gap, measures and probabilities of links. */
const NOTES: readonly (readonly [format: string, name: string, notes: readonly string[]])[] = [
  ['geff', 'tracks.geff', ['geff: the masks that seg_id names stay in the result, labels/cells']],
  [
    'ctc',
    '01_RES',
    [
      'ctc: interpolated masks: 1, in gaps: 1; the format holds no gap inside a track, interpolated.csv lists them',
      'ctc: the file names no units: a pixel is 1 x 1 um, a frame is 60 s',
      'ctc: not held by the format: probabilities, intensities, probabilities and costs of links',
    ],
  ],
  ['trackmate', 'session.xml', []],
  ['trackmate-csv', 'spots', []],
  [
    'napari',
    'tracks.csv',
    [
      'napari: positions are in pixels; give the layer scale=(1, 1, 1) for micrometres',
      'napari: times are in frames of 60 s',
      'napari: not held by the format: labels of the masks, radii, probabilities, sizes, intensities, probabilities and costs of links',
    ],
  ],
  [
    'intracktive',
    'tracks.csv',
    [
      'intracktive: tracks split at gaps: 1; each rest is the only child of the part before',
      'intracktive: frames without a cell: 1; the viewer expects none',
      'intracktive: the file names no units: positions are in micrometres, a frame is 60 s',
      'intracktive: not held by the format: probabilities and costs of links',
    ],
  ],
  [
    'mastodon',
    'spots.csv',
    [
      'mastodon: the file names no units: positions are in micrometres, a frame is 60 s',
      'mastodon: not held by the format: labels of the masks, sizes, intensities, probabilities and costs of links',
    ],
  ],
  [
    'newick',
    'trees.nwk',
    [
      'newick: a tree holds who divides into whom and when, in seconds (60 a frame); no positions, frames or gaps',
      'newick: not held by the format: labels of the masks, radii, probabilities, sizes, intensities, probabilities and costs of links',
    ],
  ],
  ['csv', 'tables', ['csv: not held by the format: probabilities and costs of links']],
  [
    'csv',
    'points.csv',
    [
      'csv: the file names no units: positions are in micrometres, a frame is 60 s',
      'csv: not held by the format: labels of the masks, probabilities, sizes, intensities, probabilities and costs of links',
    ],
  ],
];

describe('writeTracks', () => {
  it.each(NOTES)('says what is lost in %s (%s)', async (format, name, notes) => {
    await withFolder(async (folder) => {
      const context = contextOf(detections, nFrames);
      expect((await writeTracks(format, lineage, context, join(folder, name))).notes).toEqual(notes);
    });
  });

  it('has a row above for every format that is written', () => {
    expect([...new Set(NOTES.map(([format]) => format))].sort()).toEqual(formatNames('write').sort());
  });
});
