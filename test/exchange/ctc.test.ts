import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeTiff } from '../../src/codec/tiff/index.ts';
import { digitsFor, frameName } from '../../src/exchange/ctc/layout.ts';
import { cutTracks } from '../../src/exchange/ctc/pieces.ts';
import { createCtcTruthWriter, lintCtc, readCtc, writeCtc } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division, makeDetections, makeLinks, oneFrameGap, pairsOf } from '../cases/index.ts';
import { contextOf, withFolder } from './helpers.ts';

/** Label image of literal rows. */
const image = (rows: number[][]): { data: Uint16Array; shape: number[] } => ({
  data: Uint16Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
});

/** A result folder of literal masks and track lines. */
async function makeResult(folder: string, frames: number[][][], lines: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [t, rows] of frames.entries()) {
    await writeFile(join(folder, `mask00${t}.tif`), encodeTiff([image(rows)]));
  }
  await writeFile(join(folder, 'res_track.txt'), lines);
  return folder;
}

const LOST = [
  'ctc: the file names no units: a pixel is 1 x 1 um, a frame is 60 s',
  'ctc: not held by the format: probabilities, intensities',
];

describe('writeCtc', () => {
  it('writes masks with track ids and a track file', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(division.detections, division.links);
      const { paths, notes } = await writeCtc(folder, lineage, contextOf(division.detections, 4));
      expect(await readdir(folder)).toEqual([
        'mask000.tif',
        'mask001.tif',
        'mask002.tif',
        'mask003.tif',
        'res_track.txt',
      ]);
      expect([paths.length, notes]).toEqual([5, LOST]);
      expect(await readFile(join(folder, 'res_track.txt'), 'utf8')).toBe('1 0 1 0\n2 2 3 1\n3 2 3 1\n');
      const opened = await readCtc(folder);
      expect([...new Set((await opened.masks(2)).data)]).toEqual([0, 2, 3]);
    });
  });

  it('interpolates the mask in a gap, moved to the middle, and says so', async () => {
    await withFolder(async (folder) => {
      const detections = makeDetections([
        { t: 0, x: 0, y: 0 },
        { t: 2, x: 0, y: 0 },
      ]);
      const lineage = buildLineage(detections, makeLinks([[0, 1]]));
      const first = { data: Uint32Array.from([1, 1, 0, 0, 0, 0, 0, 0]), shape: [1, 8] };
      const last = { data: Uint32Array.from([0, 0, 0, 0, 1, 1, 0, 0]), shape: [1, 8] };
      const blank = { data: new Uint32Array(8), shape: [1, 8] };
      const labelImage = async (t: number) => [first, blank, last][t];
      const context = { ...contextOf(detections, 3), labelImage };
      const { notes } = await writeCtc(folder, lineage, context);
      expect(notes).toEqual([expect.stringMatching(/interpolated masks: 1, in gaps: 1/), ...LOST]);
      const opened = await readCtc(folder);
      expect([...(await opened.masks(1)).data]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
      expect(await readFile(join(folder, 'res_track.txt'), 'utf8')).toBe('1 0 2 0\n');
      expect(await lintCtc(folder)).toEqual([]);
      expect(await readFile(join(folder, 'interpolated.csv'), 'utf8')).toBe('frame,label\n1,1\n');
      const tracks = await opened.toTracks();
      expect([...tracks.detections.t]).toEqual([0, 2]);
      // A mask does not say how sure its maker was.
      expect([...tracks.detections.prob]).toEqual([Number.NaN, Number.NaN]);
      expect([...(await tracks.labelImage!(1)).data]).toEqual(new Array(8).fill(0));
      expect(tracks.warnings).toEqual([expect.stringMatching(/an export interpolated: 1, left out/)]);
      await writeCtc(folder, lineage, { ...context, gaps: 'split' });
      expect(await readdir(folder)).not.toContain('interpolated.csv');
    });
  });

  it('never paints an interpolated mask over a cell, and keeps one pixel where all is hidden', async () => {
    await withFolder(async (folder) => {
      const rows = [
        { t: 0, x: 0, y: 0 },
        { t: 1, x: 0, y: 0 },
        { t: 2, x: 0, y: 0 },
      ];
      const lineage = buildLineage(makeDetections(rows), makeLinks([[0, 2]]));
      const frames = [
        [1, 1, 0, 0],
        [1, 1, 1, 0],
        [1, 1, 0, 0],
      ].map((row) => ({ data: Uint32Array.from(row), shape: [1, 4] }));
      await writeCtc(folder, lineage, {
        ...contextOf(lineage.detections, 3),
        labelImage: async (t) => frames[t],
      });
      expect([...(await (await readCtc(folder)).masks(1)).data]).toEqual([2, 2, 2, 1]);
      expect(await lintCtc(folder)).toEqual([]);
    });
  });

  it('splits the track at a gap when asked', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(oneFrameGap.detections, oneFrameGap.links);
      const context = { ...contextOf(oneFrameGap.detections, 5), gaps: 'split' as const };
      const { notes } = await writeCtc(folder, lineage, context);
      expect(await readFile(join(folder, 'res_track.txt'), 'utf8')).toBe('1 0 1 0\n2 3 4 1\n');
      expect(notes).toEqual([expect.stringMatching(/tracks split at gaps: 1/), ...LOST]);
    });
  });

  it('removes the masks of a longer export before', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(division.detections, division.links);
      await writeCtc(folder, lineage, contextOf(division.detections, 6));
      await writeCtc(folder, lineage, contextOf(division.detections, 4));
      expect((await readdir(folder)).length).toBe(5);
    });
  });

  it('refuses tracks without label images, and labels that no pixel shows', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(division.detections, division.links);
      const context = contextOf(division.detections, 4);
      const { labelImage: _none, ...bare } = context;
      await expect(writeCtc(folder, lineage, bare)).rejects.toMatchObject({ tag: 'unsupported', exit: 65 });
      const blank = async () => ({ data: new Uint32Array(4), shape: [2, 2] });
      await expect(writeCtc(folder, lineage, { ...context, labelImage: blank })).rejects.toThrow(
        /frame 0 must show label 1, it has no pixel/,
      );
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

describe('frameName', () => {
  it('has three digits up to a thousand frames and four above', () => {
    expect(frameName('mask', 7, digitsFor(1000))).toBe('mask007.tif');
    expect(frameName('mask', 7, digitsFor(1001))).toBe('mask0007.tif');
  });
});

describe('cutTracks', () => {
  it('refuses more tracks than 16 bits hold', () => {
    const rows = Array.from({ length: 65_536 }, () => ({ t: 0, x: 0, y: 0 }));
    const lineage = buildLineage(makeDetections(rows), makeLinks([]));
    expect(() => cutTracks(lineage, 'interpolate')).toThrow(/65535 tracks at most, the lineage has 65536/);
  });
});

describe('readCtc', () => {
  const frames = [
    [
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ],
    [
      [0, 2, 0, 0],
      [0, 0, 0, 3],
    ],
  ];

  it('says what track file and masks do not agree on, and believes the masks', async () => {
    await withFolder(async (folder) => {
      const row = (...labels: number[]): number[][] => [labels];
      const masks = [row(1, 2, 0, 0), row(1, 0, 0, 4), row(1, 2, 0, 4), row(0, 2, 0, 0)];
      const path = await makeResult(join(folder, '01_RES'), masks, '1 0 0 0\n2 0 3 0\n3 1 2 0\n');
      const { links, warnings } = await (await readCtc(path)).toTracks();
      expect(warnings).toEqual([
        `ctc: ${path}: labels of the track file that are in no mask of their frames: 1 (3)`,
        `ctc: ${path}: labels of masks in no line of the track file: 1 (4), read as founders`,
        `ctc: ${path}: masks outside the frames of their line: 2 (label 1 in frame 1, label 1 in frame 2), linked all the same`,
        `ctc: ${path}: labels lacking in masks within the frames of their line: 1 (label 2 in 1 of frames 0 to 3), read as gaps`,
      ]);
      expect(links.count).toBe(5);
    });
  });

  it('names three of many disagreements and counts the rest', async () => {
    await withFolder(async (folder) => {
      const path = await makeResult(join(folder, '01_RES'), [[[1, 2, 3, 4]], [[1, 2, 3, 5]]], '');
      const { warnings } = await (await readCtc(path)).toTracks();
      expect(warnings).toEqual([
        `ctc: ${path}: labels of masks in no line of the track file: 5 (1, 2, 3 and 2 more), read as founders`,
      ]);
    });
  });

  it('measures centroids, sizes and borders in micrometres', async () => {
    await withFolder(async (folder) => {
      const opened = await readCtc(await makeResult(folder, frames, '1 0 0 0\n2 1 1 1\n3 1 1 1\n'));
      const tracks = await opened.toTracks({ voxelSize: [1, 2, 0.5], timeStep: 60 });
      expect([...tracks.detections.x]).toEqual([0.25, 0.5, 1.5]);
      expect([...tracks.detections.y]).toEqual([0, 0, 2]);
      expect([...tracks.detections.size]).toEqual([2, 1, 1]);
      expect([...tracks.detections.border]).toEqual([1, 1, 1]);
      expect(pairsOf(tracks.links)).toEqual([
        [0, 1],
        [0, 2],
      ]);
      expect([tracks.unit, tracks.timeStep, opened.layout, opened.segFiles.length]).toEqual([
        'micrometer',
        60,
        'result',
        2,
      ]);
    });
  });

  it.each([
    [
      'a parent that does not end before',
      '1 0 1 0\n2 1 1 1\n',
      /line 2: label 2: parent 1 must end before frame 1/,
    ],
    ['an unknown parent', '1 0 0 9\n', /label 1: parent 9 must be a label/],
    ['a line of words', 'one two\n', /line 1 must be four whole numbers/],
    ['a label there twice', '1 0 0 0\n1 1 1 0\n', /label must be there once/],
    ['an end before the begin', '1 1 0 0\n', /must not begin after it ends/],
  ])('refuses %s', async (_name, lines, message) => {
    await withFolder(async (folder) => {
      await makeResult(folder, frames, lines);
      await expect(readCtc(folder)).rejects.toMatchObject({
        exit: 65,
        message: expect.stringMatching(message),
      });
    });
  });

  it('takes tracks from the labels where there is no track file; a hole becomes a gap link', async () => {
    await withFolder(async (folder) => {
      const masks = [[[5, 0]], [[0, 0]], [[5, 0]]];
      for (const [t, rows] of masks.entries()) {
        await writeFile(join(folder, `man_seg00${t}.tif`), encodeTiff([image(rows)]));
      }
      const opened = await readCtc(folder);
      expect(opened.tracks).toEqual([{ id: 5, begin: 0, end: 2, parent: 0 }]);
      const tracks = await opened.toTracks();
      expect(pairsOf(tracks.links)).toEqual([[0, 1]]);
      expect([...tracks.detections.t]).toEqual([0, 2]);
      expect(tracks.warnings[0]).toMatch(/parents are unknown/);
    });
  });

  it('names the frame that has no mask', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'mask000.tif'), encodeTiff([image([[1]])]));
      await writeFile(join(folder, 'mask002.tif'), encodeTiff([image([[1]])]));
      await writeFile(join(folder, 'res_track.txt'), '1 0 2 0\n');
      await expect(readCtc(folder)).rejects.toThrow(/frame 1 has none/);
    });
  });

  it('says what it looked for in a folder without masks', async () => {
    await withFolder(async (folder) => {
      await expect(readCtc(folder)).rejects.toThrow(/must hold mask000.tif with res_track.txt/);
      await expect(readCtc(join(folder, 'nothing'))).rejects.toMatchObject({ tag: 'not-found' });
    });
  });
});

describe('createCtcTruthWriter', () => {
  it('writes a truth that reads back from the movie, the GT and the TRA folder', async () => {
    await withFolder(async (folder) => {
      const writer = createCtcTruthWriter(join(folder, '01_GT'), { digits: 4 });
      const solid = { data: Uint32Array.from([1, 0, 0, 2]), shape: [2, 1, 2] };
      await writer.frame(0, solid);
      await writer.frame(1, solid);
      await writer.finish([
        { id: 2, begin: 0, end: 1, parent: 0 },
        { id: 1, begin: 0, end: 1, parent: 0 },
      ]);
      for (const inner of ['.', '01_GT', '01_GT/TRA']) {
        const opened = await readCtc(join(folder, inner));
        expect([opened.layout, opened.nFrames, opened.tracks.length]).toEqual(['truth', 2, 2]);
        expect(opened.segFiles.map(({ t, z }) => [t, z])).toEqual([
          [0, null],
          [1, null],
        ]);
        expect(await opened.masks(1)).toEqual({ data: Uint16Array.from(solid.data), shape: [2, 1, 2] });
        expect((await opened.seg(opened.segFiles[0])).shape).toEqual([2, 1, 2]);
        expect((await opened.toTracks()).ndim).toBe(3);
      }
      expect(await readFile(join(folder, '01_GT/TRA/man_track.txt'), 'utf8')).toBe('1 0 1 0\n2 0 1 0\n');
      expect(await lintCtc(join(folder, '01_GT'))).toEqual([]);
    });
  });

  it('refuses labels above 16 bits', async () => {
    await withFolder(async (folder) => {
      const writer = createCtcTruthWriter(folder);
      await expect(writer.frame(3, { data: Uint32Array.from([70_000]), shape: [1, 1] })).rejects.toThrow(
        /frame 3 has 70000/,
      );
    });
  });
});

describe('lintCtc', () => {
  it('finds every broken rule, with file and label', async () => {
    await withFolder(async (folder) => {
      const frames = [
        [[1, 2]],
        [[1, 0]],
        [[0, 4]],
        [
          [1, 2],
          [0, 0],
        ],
      ];
      await makeResult(folder, frames, '1 0 3 0\n2 0 1 0\n3 1 1 2\n5 2 1 7\n');
      const messages = (await lintCtc(folder)).map(({ message }) => message);
      expect(messages).toEqual([
        'mask003.tif: must be 1 x 2 pixels as the first mask, got 2 x 2',
        'res_track.txt: label 5: line 4: must not begin after it ends, got 2 to 1',
        'res_track.txt: label 3: line 3: parent 2 must end before frame 1, it ends in frame 1',
        'res_track.txt: label 5: line 4: parent 7 must be a label of the file, there is none',
        'res_track.txt: label 1: must be in every mask from 0 to 3, missing in 2',
        'res_track.txt: label 2: must be in every mask from 0 to 1, missing in 1',
        'res_track.txt: label 2: must be in no mask before 0 or after 1, found in 3',
        'res_track.txt: label 3: must be in every mask from 1 to 1, missing in 1',
        'mask002.tif: label 4: must have a line in res_track.txt, there is none',
      ]);
    });
  });
});
