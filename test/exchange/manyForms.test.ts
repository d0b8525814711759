import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExportContext, readTracks, type Tracks, writeTracks } from '../../src/exchange/index.ts';
import { buildLineage } from '../../src/lineage/index.ts';
import type { Links } from '../../src/link/types.ts';
import type { Detections } from '../../src/segment/types.ts';
import { arbitraryLineage, cases, pairsOf } from '../cases/index.ts';
import { findRows, withFolder } from './helpers.ts';

interface Movie {
  detections: Detections;
  links: Links;
  nFrames: number;
}

const SCALE = [2, 0.5, 0.25] as const;

/** Formats that are read, and the name of what they write. */
const forms = [
  ['trackmate', 'session.xml'],
  ['trackmate-csv', 'tables'],
  ['napari', 'tracks.csv'],
  ['intracktive', 'tracks.csv'],
  ['mastodon', 'spots.csv'],
] as const;

/** Writes and reads back; the format is told by the content, but for tables of nothing. */
async function trip(movie: Movie, format: string, name: string): Promise<Tracks> {
  return withFolder(async (folder) => {
    const context: ExportContext = {
      ...{ name: 'movie', voxelSize: SCALE, timeStep: 60, nFrames: movie.nFrames },
    };
    const path = join(folder, name);
    await writeTracks(format, buildLineage(movie.detections, movie.links), context, path);
    return (await readTracks(path, { voxelSize: SCALE })) as Tracks;
  });
}

function expectSame(read: Tracks, { detections, links }: Movie, format: string): void {
  expect(read.format).toBe(format);
  expect(read.warnings).toEqual([]);
  const rows = findRows(read.detections, detections);
  expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: detections.count }, (_, i) => i));
  const pairs = pairsOf(read.links).map(([u, v]) => `${rows[u]}>${rows[v]}`);
  expect(pairs.sort()).toEqual(
    pairsOf(links)
      .map(([u, v]) => `${u}>${v}`)
      .sort(),
  );
}

describe.each(forms)('writeTracks %s, then readTracks', (format, name) => {
  it.each(cases)('keeps the graph of $name', async (movie) => {
    expectSame(await trip(movie, format, name), movie, format);
  });

  it('keeps the graph of random lineages', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLineage, async (movie) =>
        expectSame(await trip(movie, format, name), movie, format),
      ),
      { numRuns: 8 },
    );
  });
});

describe('writeTracks trackmate, then readTracks', () => {
  it.each(cases)('keeps every measure of $name, to the bit', async (movie) => {
    const links: Links = {
      ...movie.links,
      cost: movie.links.cost.map((_, k) => 0.1 + k / 3),
      prob: movie.links.prob.map((_, k) => 1 / (k + 2)),
    };
    const read = await trip({ ...movie, links }, 'trackmate', 'session.xml');
    if (movie.detections.count > 0) expect(read.detections).toEqual(movie.detections);
    expect(read.links).toEqual(links);
    expect([read.nFrames, read.timeStep, read.voxelSize, read.unit, read.ndim]).toEqual([
      ...[movie.nFrames, 60, SCALE, 'micrometer', movie.detections.ndim],
    ]);
  });
});
