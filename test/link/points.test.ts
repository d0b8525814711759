import { describe, expect, it } from 'vitest';
import { pointSets, readPoints, scoreLinks } from '../../bench/link.ts';
import { linkDetections } from '../../src/link/index.ts';

/** Floors below what the defaults reach today, and above plain splitting by distance at 1.2 spacings. */
const FLOORS = [
  { name: 'ascidian-pm05', linker: 'lap', lnk: 0.998, division: 0.965 },
  { name: 'celegans-b', linker: 'lap', lnk: 0.995, division: 0.92 },
  { name: 'cell-migration-every-4', linker: 'lap', lnk: 0.89, division: 0.32 },
  { name: 'ascidian-pm05', linker: 'global', lnk: 0.9992, division: 0.985 },
  { name: 'celegans-b', linker: 'global', lnk: 0.998, division: 0.975 },
  { name: 'cell-migration-every-4', linker: 'global', lnk: 0.98, division: 0.83 },
  { name: 'epidermis-1', linker: 'global', lnk: 0.924, division: 0.78 },
] as const;

const sets = pointSets();

describe.skipIf(sets.length === 0)('linkDetections on real lineages (needs ../shared/data/points)', () => {
  it.each(FLOORS)(
    'links $name at least as well as before, linker $linker',
    async ({ name, linker, lnk, division }) => {
      const path = sets.find((set) => set.name === name)?.path ?? '';
      const { detections, links } = readPoints(path);
      const found = await linkDetections(detections, {
        linker,
        maxDistance: Number.NaN,
        maxFrameInterval: 2,
        divisions: true,
      });
      const scores = scoreLinks(detections, links, found.links);
      expect(scores.lnk).toBeGreaterThan(lnk);
      expect(scores.division0).toBeGreaterThan(division);
    },
    60_000,
  );
});
