import { describe, expect, it } from 'vitest';
import { pointSets, readPoints, scoreLinks } from '../../bench/link.ts';
import { linkDetections } from '../../src/link/index.ts';

/** Floors below what the defaults reach today, and above plain splitting by distance at 1.2 spacings. */
const FLOORS = [
  { name: 'ascidian-pm05', lnk: 0.9985, division: 0.965 },
  { name: 'celegans-a', lnk: 0.982, division: 0.84 },
  { name: 'celegans-b', lnk: 0.9965, division: 0.92 },
  { name: 'cell-migration-every-1', lnk: 0.9985, division: 0.85 },
  { name: 'cell-migration-every-4', lnk: 0.91, division: 0.32 },
  { name: 'epidermis-1', lnk: 0.86, division: 0.53 },
];

const sets = pointSets();

describe.skipIf(sets.length === 0)('linkDetections on real lineages (needs ../shared/data/points)', () => {
  it.each(FLOORS)('links $name at least as well as before', async ({ name, lnk, division }) => {
    const path = sets.find((set) => set.name === name)?.path ?? '';
    const { detections, links } = readPoints(path);
    const found = await linkDetections(detections, {
      linker: 'lap',
      maxDistance: Number.NaN,
      maxFrameInterval: 2,
      divisions: true,
    });
    const scores = scoreLinks(detections, links, found.links);
    expect(scores.lnk).toBeGreaterThan(lnk);
    expect(scores.division0).toBeGreaterThan(division);
  });
});
