import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import {
  addCandidate,
  centreOf,
  createCandidates3d,
  firstRay,
  keepBest,
  quantiseDist,
  raysOf,
} from '../../src/segment/candidates3d.ts';

describe('quantiseDist', () => {
  it.each([
    [10, 5120],
    [0.3, 154],
    [0, 1],
    [-4, 1],
    [Number.NaN, 1],
    [1e9, 127 * 512],
  ])('puts %d voxels on %d steps', (voxels, steps) => {
    expect(quantiseDist(voxels)).toBe(steps);
  });
});

describe('keepBest', () => {
  it('keeps the best rows with their rays, by prob and then by the larger flat index', () => {
    const random = createRandom(1);
    const table = createCandidates3d(8, [1, 2, 2], [100, 100, 100]);
    for (let i = 0; i < 20_000; i++) {
      const row = addCandidate(table, random.int(50) / 50, (i * 7919) % 1_000_000);
      raysOf(table, row).fill(1 + (table.index[row] % 5000), firstRay(table, row), firstRay(table, row) + 8);
    }
    const ranked = Array.from({ length: 20_000 }, (_, i) => [table.prob[i], table.index[i]]).sort(
      (a, b) => b[0] - a[0] || b[1] - a[1],
    );
    keepBest(table, 9000);
    expect(table.count).toBe(9000);
    const kept = new Set(Array.from(table.index.subarray(0, 9000)));
    expect(kept).toEqual(new Set(ranked.slice(0, 9000).map(([, index]) => index)));
    for (let row = 0; row < 9000; row += 97)
      expect(raysOf(table, row)[firstRay(table, row) + 7]).toBe(1 + (table.index[row] % 5000));
  });
});

describe('centreOf', () => {
  it('is the grid position times the grid', () => {
    const table = createCandidates3d(8, [1, 2, 4], [5, 6, 7]);
    addCandidate(table, 0.5, (3 * 6 + 4) * 7 + 5);
    expect(centreOf(table, 0)).toEqual([3, 8, 20]);
  });
});
