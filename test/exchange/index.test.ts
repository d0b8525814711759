import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultOutPath, formatNames, formats, readTracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import { division } from '../cases/index.ts';
import { contextOf, withFolder } from './helpers.ts';

describe('formats', () => {
  it('knows each name once', () => {
    const names = formats.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(formatNames('write')).toEqual(expect.arrayContaining(['csv', 'ctc', 'geff']));
  });

  it('has a default place for every format that is written', () => {
    expect(formatNames('write').map((name) => defaultOutPath(name, 'hela'))).not.toContain('hela');
  });
});

describe('readTracks', () => {
  it('finds every format by content', async () => {
    await withFolder(async (folder) => {
      const lineage = buildLineage(division.detections, division.links);
      for (const [format, name] of [
        ['geff', 'graph'],
        ['ctc', 'masks'],
        ['csv', 'points.csv'],
      ]) {
        await writeTracks(format, lineage, contextOf(division.detections, 4), join(folder, name));
        expect((await readTracks(join(folder, name))).format).toBe(format);
      }
    });
  });

  it('lists the known formats for one that it does not know', async () => {
    await expect(readTracks('x', { format: 'xls' })).rejects.toMatchObject({
      exit: 64,
      message: expect.stringMatching(/must be one of .*csv.*, got "xls"/),
    });
  });

  it('refuses what is in no known format, and what is not there', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'notes.txt'), 'hello');
      await expect(readTracks(join(folder, 'notes.txt'))).rejects.toMatchObject({
        tag: 'invalid-data',
        exit: 65,
      });
      await expect(readTracks(folder)).rejects.toMatchObject({ tag: 'invalid-data', exit: 65 });
      await expect(readTracks(join(folder, 'none'))).rejects.toMatchObject({ tag: 'not-found', exit: 65 });
    });
  });
});

describe('writeTracks', () => {
  it('refuses an unknown format', async () => {
    const lineage = buildLineage(division.detections, division.links);
    await expect(writeTracks('xls', lineage, contextOf(division.detections, 4), 'x')).rejects.toMatchObject({
      exit: 64,
    });
  });
});
