import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintCtc, readCtc, readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import type { Links } from '../../src/link/types.ts';
import type { Detections } from '../../src/segment/types.ts';
import { arbitraryLineage, cases, pairsOf } from '../cases/index.ts';
import { contextOf, edgesBy, fieldOf, withFolder } from './helpers.ts';

interface Movie {
  detections: Detections;
  links: Links;
  nFrames: number;
}

/** Writes and reads back; `inner` is the file inside what was written. */
async function trip(movie: Movie, format: string, name: string, inner = ''): Promise<Tracks> {
  return withFolder(async (folder) => {
    const lineage = buildLineage(movie.detections, movie.links);
    await writeTracks(format, lineage, contextOf(movie.detections, movie.nFrames), join(folder, name));
    return (await readTracks(join(folder, name, inner))) as Tracks;
  });
}

/** Equal graph, frames and positions (to the table's rounding). */
function expectSame(read: Tracks, { detections, links }: Movie): void {
  expect([...read.detections.t]).toEqual([...detections.t]);
  expect(pairsOf(read.links)).toEqual(pairsOf(links));
  for (const axis of ['z', 'y', 'x', 'radius'] as const) {
    for (let i = 0; i < detections.count; i++) {
      expect(Math.abs(read.detections[axis][i] - detections[axis][i])).toBeLessThan(1e-4);
    }
  }
  expect(read.warnings).toEqual([]);
}

async function ctcTrip(movie: Movie, gaps: 'interpolate' | 'split'): Promise<void> {
  await withFolder(async (folder) => {
    const lineage = buildLineage(movie.detections, movie.links);
    const context = { ...contextOf(movie.detections, movie.nFrames), gaps };
    await writeTracks('ctc', lineage, context, folder);
    expect(await lintCtc(folder)).toEqual([]);
    const read = await (await readCtc(folder)).toTracks();
    expect(read.nFrames).toBe(movie.nFrames);
    const expected = edgesBy(movie.detections, movie.links, (row) => movie.detections.label[row]);
    expect(edgesBy(read.detections, read.links, (row) => fieldOf(read.detections.x[row]))).toEqual(expected);
    expect(read.detections.count).toBe(movie.detections.count);
  });
}

describe('writeTracks, then readTracks', () => {
  describe.each(cases)('$name', (movie) => {
    it('is the same as points', async () => expectSame(await trip(movie, 'csv', 'points.csv'), movie));

    it('is the same as our table of nodes', async () => {
      const read = await trip(movie, 'csv', 'tables', 'nodes.csv');
      expectSame(read, movie);
      expect([...read.detections.label]).toEqual([...movie.detections.label]);
      expect(read.ndim).toBe(movie.detections.ndim);
      expect(read.unit).toBe('micrometer');
    });

    it('is the same as GEFF, with every measure', async () => {
      const read = await trip(movie, 'geff', 'tracks.geff');
      expectSame(read, movie);
      expect(read.detections).toEqual(movie.detections);
      expect([read.nFrames, read.timeStep, read.voxelSize]).toEqual([movie.nFrames, 60, [1, 1, 1]]);
    });

    it('is the same as challenge masks split at gaps', async () => ctcTrip(movie, 'split'));

    it('is the same as challenge masks interpolated in gaps', async () => ctcTrip(movie, 'interpolate'));
  });

  it('keeps random lineages in GEFF and points', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLineage, async (movie) => {
        expectSame(await trip(movie, 'geff', 'tracks.geff'), movie);
        expectSame(await trip(movie, 'csv', 'points.csv'), movie);
      }),
      { numRuns: 8 },
    );
  });

  it('keeps random lineages in challenge masks', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLineage, fc.constantFrom('split' as const, 'interpolate' as const), ctcTrip),
      { numRuns: 15 },
    );
  });
});
