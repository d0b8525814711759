import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importTracks, linkResult } from '../../src/pipeline/index.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();

/** `n` cells on a grid in frame `t`, in a movie of points. */
const frame = (t: number, n: number): string[] =>
  Array.from(
    { length: n },
    (_, i) => `${100_000 * t + i},${t},${9 * (i % 80)},${9 * Math.floor(i / 80)},0,3,-1`,
  );

/** Frames of so many cells each, linked; what the summary and the table of counts say. */
async function linkFrames(name: string, cells: readonly number[], linker: 'lap' | 'global') {
  const path = join(folder, `${name}.csv`);
  const result = join(folder, `${name}-${linker}.morula`);
  writeFileSync(path, ['id,t,x,y,z,radius,parent', ...cells.flatMap((n, t) => frame(t, n))].join('\n'));
  const job = { path, format: 'csv', movie: null, folder: result, detectionsOnly: true, overwrite: false };
  await importTracks(job);
  const options = { linker, maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true };
  const { summary } = await linkResult(result, options, false);
  const lines = readFileSync(join(result, 'tables', 'counts.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  return { summary, counts: lines.map((line) => Number(line.split(',')[2])) };
}

describe.each(['global', 'lap'] as const)('linkResult of movies with little in them, linker %s', (linker) => {
  it.each([
    ['one frame', [7], 0],
    ['one cell', [1], 0],
    ['two frames', [30, 30], 30],
    ['a cell in each of two frames', [1, 1], 1],
    ['two frames that share no cell', [3, 0, 0, 0, 3], 0],
    ['a frame that was missed', [30, 30, 0, 30], 60],
    ['an empty beginning', [0, 0, 12, 12], 12],
    ['5,000 cells in one frame and none in the next', [5000, 0, 0, 2, 2], 2],
  ])(
    'gives a normal result for: %s',
    async (name, cells, links) => {
      const { summary, counts } = await linkFrames(name.replaceAll(/\W+/g, '-'), cells, linker);
      expect(counts).toEqual(cells);
      expect(summary.detections).toBe(cells.reduce((sum, n) => sum + n, 0));
      expect(summary.links).toBe(links);
      expect(summary.divisions).toBe(0);
    },
    60_000,
  );
});
