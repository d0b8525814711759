import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGrid, findNearest, forEachWithin, frameOffsets } from '../../src/link/grid.ts';
import { measureSpacing } from '../../src/link/spacing.ts';
import { arbitraryLineage, emptyFrame, makeDetections } from '../cases/index.ts';

describe('frameOffsets', () => {
  it('gives empty frames no rows', () => {
    expect([...frameOffsets(emptyFrame.detections)]).toEqual([0, 2, 4, 4, 6, 8]);
    expect([...frameOffsets(makeDetections([]))]).toEqual([0]);
  });
});

describe('forEachWithin and findNearest', () => {
  it('find what a full scan finds, in 2D and 3D, from any row, at any cell size', () => {
    const radii = fc.constantFrom(0.5, 3, 40, 1000, Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(
        arbitraryLineage,
        radii,
        fc.constantFrom(0, 2, 500),
        ({ detections: d }, radius, minCell) => {
          const from = Math.floor(d.count / 3);
          const to = d.count - Math.floor(d.count / 4);
          const grid = buildGrid(d, from, to, minCell);
          for (let i = 0; i < d.count; i++) {
            const near: number[] = [];
            const d2 = (j: number): number =>
              (d.z[i] - d.z[j]) ** 2 + (d.y[i] - d.y[j]) ** 2 + (d.x[i] - d.x[j]) ** 2;
            for (let j = from; j < to; j++) if (d2(j) < radius * radius) near.push(j);
            const found: number[] = [];
            forEachWithin(d, grid, i, radius, (row) => found.push(row));
            expect(found.sort((a, b) => a - b)).toEqual(near);
            let best = Number.POSITIVE_INFINITY;
            for (let j = from; j < to; j++) if (j !== i) best = Math.min(best, d2(j));
            expect(findNearest(d, grid, i).d2).toBeCloseTo(best, 9);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps the number of cells small when the points lie far apart', () => {
    const rows = [0, 1e-9, 1e6].map((x) => ({ t: 0, x, y: 0 }));
    expect(buildGrid(makeDetections(rows), 0, 3, 1e-9).start.length).toBeLessThan(100);
  });
});

describe('measureSpacing', () => {
  it('measures spacing, steps and radius of a moving row of cells', () => {
    const rows = [0, 1, 2].flatMap((t) => [0, 10, 20, 30].map((x) => ({ t, x: x + 2 * t, y: 0, radius: 3 })));
    const d = makeDetections(rows);
    expect(measureSpacing(d, frameOffsets(d))).toEqual({ spacing: 10, step: 2, stepSpread: 0, radius: 3 });
  });

  it('gives NaN where there is nothing to measure', () => {
    const d = makeDetections([{ t: 0, x: 1, y: 1 }]);
    const { spacing, step } = measureSpacing(d, frameOffsets(d));
    expect([spacing, step]).toEqual([Number.NaN, Number.NaN]);
  });
});
