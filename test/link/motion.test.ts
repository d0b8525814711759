import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGrid, frameOffsets } from '../../src/link/grid.ts';
import { applyAffine, fitMap, isPlausible, turnOf } from '../../src/link/motion/affine.ts';
import { estimateMotion } from '../../src/link/motion/estimate.ts';
import { localFlow } from '../../src/link/motion/flow.ts';
import { voteShift } from '../../src/link/motion/vote.ts';
import { makeDetections, type Row } from '../cases/index.ts';

/** 60 scattered places, and where a map takes them, as two frames. */
function twoFrames(map: (y: number, x: number) => [number, number], n = 60) {
  const places = Array.from({ length: n }, (_, i) => [
    50 + 50 * Math.sin(12.9898 * i + 1),
    50 + 50 * Math.sin(78.233 * i + 2),
  ]);
  const rows: Row[] = places.map(([y, x]) => ({ t: 0, y, x }));
  for (const [y, x] of places) rows.push({ t: 1, y: map(y, x)[0], x: map(y, x)[1] });
  return makeDetections(rows);
}

const pairs = (n: number) => ({
  from: Array.from({ length: n }, (_, i) => i),
  to: Array.from({ length: n }, (_, i) => n + i),
});

describe('voteShift', () => {
  it('finds the shift that most detections share, to a bin and a half, beyond the nearest neighbour', () => {
    const d = twoFrames((y, x) => [y + 21, x - 13]);
    const grid = buildGrid(d, 60, 120);
    const { shift, votes, votesAtZero } = voteShift(d, [0, 60], grid, { reach: 30, bin: 2, flat: true });
    expect(shift[0]).toBe(0);
    expect(Math.abs(shift[1] - 21)).toBeLessThanOrEqual(3);
    expect(Math.abs(shift[2] + 13)).toBeLessThanOrEqual(3);
    expect(votes).toBeGreaterThan(2 * votesAtZero);
  });
});

describe('fitMap', () => {
  it('recovers turns and shears, and leaves z alone in 2D', () => {
    const turned = twoFrames((y, x) => [
      Math.cos(0.2) * y - Math.sin(0.2) * x + 3,
      Math.sin(0.2) * y + Math.cos(0.2) * x,
    ]);
    const rigid = fitMap(turned, pairs(60), 'rigid')!;
    expect(turnOf(rigid)).toBeCloseTo((0.2 * 180) / Math.PI, 6);
    expect(isPlausible(rigid)).toBe(true);
    for (const i of [0, 17, 59]) {
      const at = applyAffine(rigid, 0, turned.y[i], turned.x[i]);
      expect(at[0]).toBeCloseTo(0, 9);
      expect(at[1]).toBeCloseTo(turned.y[60 + i], 6);
      expect(at[2]).toBeCloseTo(turned.x[60 + i], 6);
    }
    const sheared = twoFrames((y, x) => [1.05 * y + 0.1 * x - 4, 0.97 * x + 9]);
    const affine = fitMap(sheared, pairs(60), 'affine')!;
    expect(applyAffine(affine, 0, sheared.y[5], sheared.x[5])[1]).toBeCloseTo(sheared.y[65], 6);
  });

  it('finds no rotation in a mirror image, and no plausible map in one', () => {
    const mirrored = twoFrames((y, x) => [-y, x]);
    expect(fitMap(mirrored, pairs(60), 'rigid')).toBeNull();
    expect(isPlausible(fitMap(mirrored, pairs(60), 'affine')!)).toBe(false);
  });
});

describe('localFlow', () => {
  it('gives each cell what its neighbours do, its own displacement left out', () => {
    const d = twoFrames((y, x) => [y + (y < 50 ? 2 : -2), x]);
    d.x[60] += 40;
    const flow = localFlow(d, [0, 60], d, pairs(60));
    expect(flow[2][0]).toBeCloseTo(0, 9);
    const low = d.y[0] < 50;
    expect(Math.abs(flow[1][0] - (low ? 2 : -2))).toBeLessThanOrEqual(4);
    const far = Array.from({ length: 60 }, (_, i) => i).filter((i) => d.y[i] < 15 || d.y[i] > 85);
    for (const i of far) expect(flow[1][i]).toBeCloseTo(d.y[i] < 50 ? 2 : -2, 9);
  });
});

describe('estimateMotion', () => {
  it('undoes any shift up to three spacings', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }), (dy, dx) => {
        const d = twoFrames((y, x) => [y + dy, x + dx]);
        const motion = estimateMotion(d, frameOffsets(d), 'drift', 9);
        for (let i = 0; i < 60; i++) {
          expect(Math.hypot(motion.y[i] - d.y[60 + i], motion.x[i] - d.x[60 + i])).toBeLessThan(0.01);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('moves nothing when told, and nothing that stands still', () => {
    const d = twoFrames((y, x) => [y + 1, x]);
    expect(estimateMotion(d, frameOffsets(d), 'none', 9).frames[0]).toMatchObject({
      kind: 'none',
      flow: false,
    });
    const still = twoFrames((y, x) => [y, x]);
    const { frames } = estimateMotion(still, frameOffsets(still), 'auto', 9);
    expect(frames).toMatchObject([{ kind: 'none', flow: false, before: 0, after: 0 }]);
  });

  it('takes empty frames and lone cells', () => {
    const d = makeDetections([
      { t: 0, y: 1, x: 1 },
      { t: 2, y: 1, x: 1 },
      { t: 3, y: 9, x: 1 },
    ]);
    const { frames } = estimateMotion(d, frameOffsets(d), 'auto', 5);
    expect(frames.map((f) => f.kind)).toEqual(['none', 'none', 'none']);
  });
});
