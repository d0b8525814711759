import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Triple } from '../../src/model/index.ts';
import {
  addCandidate,
  createCandidates3d,
  DIST_STEPS,
  firstRay,
  raysOf,
} from '../../src/segment/candidates3d.ts';
import { createCones } from '../../src/segment/cones.ts';
import { goldenSpiral } from '../../src/segment/rays3d.ts';
import { renderPolyhedra } from '../../src/segment/render3d.ts';
import { suppressOverlaps3d } from '../../src/segment/suppress3d.ts';

interface Crowd {
  nRays: number;
  anisotropy: Triple;
  shape: Triple;
  index: number[];
  /** In steps of 1e-4. */
  prob: number[];
  /** In steps of 1/64 voxel. */
  dist: number[];
  results: { threshold: number; rows: number[]; sizes: number[] }[];
}

const crowds = JSON.parse(
  readFileSync(new URL('../fixtures/stardist3d/crowd.json', import.meta.url), 'utf8'),
) as Crowd[];

// Golden: stardist 0.9.1, its compiled suppression and rendering, on the crowds of test/fixtures/stardist3d.
describe('suppression and rendering of crowds in 3D', () => {
  it.each(crowds.flatMap((crowd) => crowd.results.map((result) => ({ ...crowd, ...result }))))(
    'equals StarDist with $nRays rays at threshold $threshold',
    ({ nRays, anisotropy, shape, index, prob, dist, threshold, rows, sizes }) => {
      const table = createCandidates3d(nRays, [1, 1, 1], shape);
      for (let i = 0; i < index.length; i++) {
        const row = addCandidate(table, prob[i] / 1e4, index[i]);
        const rays = dist.slice(i * nRays, (i + 1) * nRays).map((steps) => (steps * DIST_STEPS) / 64);
        raysOf(table, row).set(rays, firstRay(table, row));
      }
      const cones = createCones(goldenSpiral(nRays, anisotropy));
      const survivors = suppressOverlaps3d(table, threshold, cones);
      expect([...survivors]).toEqual(rows);
      const labels = new Uint32Array(shape[0] * shape[1] * shape[2]);
      renderPolyhedra(table, survivors, cones, labels, shape);
      const found = new Array(rows.length).fill(0);
      for (const label of labels) if (label > 0) found[label - 1]++;
      // StarDist decides in float32: a voxel on a face may fall to either side.
      const apart = found.reduce((sum, size, i) => sum + Math.abs(size - sizes[i]), 0);
      expect(apart).toBeLessThanOrEqual(4);
    },
  );
});
