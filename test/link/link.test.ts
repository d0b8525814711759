import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLineage, checkLineage } from '../../src/lineage/index.ts';
import { frameReject, penaltyOf, segmentReject, splitCost } from '../../src/link/costs.ts';
import { LAPTRACK, type LinkOptions, linkDetections, TRACKMATE } from '../../src/link/index.ts';
import { settleLap } from '../../src/link/settings.ts';
import type { Detections } from '../../src/segment/types.ts';
import {
  cases,
  division,
  emptyFrame,
  makeDetections,
  oneFrameGap,
  pairsOf,
  type Row,
  randomLineage,
} from '../cases/index.ts';

const options: LinkOptions = { linker: 'lap', maxDistance: 6, maxFrameInterval: 2, divisions: true };
const link = (detections: Detections, more: Partial<LinkOptions> = {}) =>
  linkDetections(detections, { ...options, ...more });
const pairs = async (detections: Detections, more: Partial<LinkOptions> = {}) =>
  pairsOf((await link(detections, more)).links);

describe('linkDetections', () => {
  it.each(cases)('finds the links of: $name', async ({ detections, links, lapLinks }) => {
    expect(await pairs(detections)).toEqual(pairsOf(lapLinks ?? links));
    const lap = { ...LAPTRACK, percentile: 1 };
    expect(await pairs(detections, { lap })).toEqual(pairsOf(lapLinks ?? links));
  });

  it("refuses the dearer of two gaps at the programs' percentile, which tiny movies feel", async () => {
    expect(await pairs(emptyFrame.detections, { lap: LAPTRACK })).not.toContainEqual([2, 4]);
    expect(await pairs(emptyFrame.detections, { lap: LAPTRACK })).toContainEqual([3, 5]);
  });

  it("follows TrackMate in leaving lone detections out, and splits only behind a segment's first node", async () => {
    const lone = makeDetections([
      { t: 0, x: 0, y: 0 },
      { t: 2, x: 1, y: 0 },
    ]);
    expect(await pairs(lone)).toEqual([[0, 1]]);
    expect(await pairs(lone, { lap: TRACKMATE })).toEqual([]);
    const firstDivides = makeDetections([
      { t: 0, x: 0, y: 0 },
      { t: 1, x: -2, y: 0 },
      { t: 1, x: 2.1, y: 0 },
      { t: 2, x: -2.5, y: 0 },
      { t: 2, x: 2.6, y: 0 },
    ]);
    expect(await pairs(firstDivides)).toContainEqual([0, 2]);
    expect(await pairs(firstDivides, { lap: TRACKMATE })).not.toContainEqual([0, 2]);
  });

  it('leaves gaps open at an interval of 1, and divisions out when told', async () => {
    expect(await pairs(oneFrameGap.detections, { maxFrameInterval: 1 })).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await pairs(division.detections, { divisions: false })).toEqual([
      [0, 1],
      [1, 3],
      [2, 4],
      [3, 5],
    ]);
  });

  it('refuses a step of exactly the search radius', async () => {
    const d = makeDetections([
      { t: 0, x: 0, y: 0 },
      { t: 1, x: 6, y: 0 },
    ]);
    expect(await pairs(d)).toEqual([]);
    expect(await pairs(d, { maxDistance: 6.001 })).toEqual([[0, 1]]);
  });

  it('writes the squared distance as cost and leaves prob unknown', async () => {
    const { links } = await link(oneFrameGap.detections);
    expect(links.cost[0]).toBeCloseTo(0.9 ** 2 + 0.2 ** 2, 6);
    expect(links.cost[1]).toBeCloseTo(1.7 ** 2 + 0.1 ** 2, 6);
    expect([...links.prob]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('links under the same rules alike wherever the movie lies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(500), fc.constantFrom(2 as const, 3 as const), async (seed, ndim) => {
        const { detections: d } = randomLineage(seed, { ndim, nFounders: 8 });
        const moved = {
          ...d,
          z: d.z.map((v) => (ndim === 3 ? v + 512 : v)),
          y: d.y.map((v) => v - 1024),
          x: d.x.map((v) => v + 256),
        };
        expect(await pairs(moved, { maxDistance: Number.NaN })).toEqual(
          await pairs(d, { maxDistance: Number.NaN }),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('always makes a lineage: forward in time, one parent, two daughters, within the radius', async () => {
    const rules = fc.constantFrom(undefined, LAPTRACK, TRACKMATE);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2000),
        fc.integer({ min: 1, max: 4 }),
        rules,
        async (seed, maxFrameInterval, lap) => {
          const { detections: d } = randomLineage(seed, { nFounders: 10, pGap: 0.2, pDivision: 0.2 });
          const { links } = await link(d, { maxFrameInterval, ...(lap === undefined ? {} : { lap }) });
          checkLineage(buildLineage(d, links));
          for (const [u, v] of pairsOf(links)) {
            expect(d.t[v] - d.t[u]).toBeLessThanOrEqual(maxFrameInterval);
            expect(Math.hypot(d.x[u] - d.x[v], d.y[u] - d.y[v])).toBeLessThan(6);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('recovers nearly all links of a well-sampled movie with nothing set', async () => {
    const { detections, links } = randomLineage(11, { nFounders: 12, nFrames: 20, ndim: 3, pDivision: 0.02 });
    const result = await link(detections, { maxDistance: Number.NaN });
    const truth = new Set(pairsOf(links).map(String));
    const right = pairsOf(result.links).filter((p) => truth.has(String(p))).length;
    expect(result.maxDistanceFound).toBe(true);
    expect(right / links.count).toBeGreaterThan(0.9);
    expect(right / result.links.count).toBeGreaterThan(0.9);
  });

  it('takes a cell that is alone in every frame', async () => {
    const rows: Row[] = Array.from({ length: 6 }, (_, t) => ({ t, x: 3 * t + (t % 2), y: t }));
    const result = await link(makeDetections(rows), { maxDistance: Number.NaN });
    expect(result.links.count).toBe(5);
  });

  it('gives no links and no radius where no two frames in a row have detections', async () => {
    const result = await link(makeDetections([{ t: 3, x: 1, y: 1 }]), { maxDistance: Number.NaN });
    expect(result).toMatchObject({ maxDistance: Number.NaN, maxDistanceFound: true });
    expect(result.links.count).toBe(0);
  });

  it('ends every track when 300 cells are followed by none', async () => {
    const rows = Array.from({ length: 300 }, (_, i): Row => ({ t: 1, x: i % 20, y: Math.floor(i / 20) }));
    expect(await pairs(makeDetections([...rows, { t: 5, x: 3, y: 3 }]))).toEqual([]);
  });

  it('reports every frame, the last call being complete', async () => {
    const calls: [number, number][] = [];
    await linkDetections(division.detections, options, (done, total) => calls.push([done, total]));
    expect(calls).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ]);
  });

  it('refuses a radius of 0 and an interval below 1, naming the remedy', async () => {
    const { detections } = division;
    await expect(link(detections, { maxDistance: 0 })).rejects.toThrow(
      'link: maxDistance must be above 0, got 0',
    );
    await expect(link(detections, { maxFrameInterval: 1.5 })).rejects.toThrow(
      'link: maxFrameInterval must be a whole number of 1 or more, got 1.5',
    );
  });
});

describe('costs', () => {
  it('reject as each program fills the lower-right block', () => {
    const cost = Float64Array.of(4, 1, 9);
    expect(frameReject(cost, 'trackmate')).toBeCloseTo(9.45, 12);
    expect(frameReject(cost, 'laptrack')).toBeCloseTo(2 * 9.45 - 1, 12);
    expect(frameReject(new Float64Array(2), 'trackmate')).toBe(1e-6);
  });

  it('takes the percentile by nearest rank or by the lower neighbour', () => {
    const spacing = { spacing: 10, step: 1, stepSpread: 0, radius: Number.NaN };
    const cost = Float64Array.from({ length: 8 }, (_, i) => 8 - i);
    const settings = (lap: typeof LAPTRACK) => settleLap({ ...options, lap }, 6, spacing);
    // rank 7 * 0.9 = 6.3
    expect(segmentReject(cost, settings(LAPTRACK))).toBeCloseTo(1.05 * 7, 12);
    expect(segmentReject(cost, settings({ ...LAPTRACK, percentile: 0.95 }))).toBeCloseTo(1.05 * 7, 12);
    expect(segmentReject(cost, settings({ ...TRACKMATE, percentile: 0.95 }))).toBeCloseTo(1.05 * 8, 12);
  });

  it('penalise unlike radii, and not unknown ones', () => {
    expect(penaltyOf(2, 2, 1)).toBe(1);
    expect(penaltyOf(1, 3, 1)).toBe(2.5);
    expect(penaltyOf(Number.NaN, 3, 1)).toBe(1);
  });

  it('prefer daughters on both sides of the parent to a neighbour behind one of them', () => {
    const spacing = { spacing: 10, step: 1, stepSpread: 0, radius: 2 };
    const settings = settleLap(options, 6, spacing);
    const place = (x: number): number => {
      const d = makeDetections([
        { t: 0, x: 0, y: 0, radius: 2 },
        { t: 1, x: 3, y: 0, radius: 1.6 },
        { t: 1, x, y: 0, radius: 1.6 },
      ]);
      return splitCost(d, 0, 2, 1, x * x, settings);
    };
    expect(place(-3)).toBeCloseTo(0, 2);
    expect(place(5)).toBeGreaterThan(place(-5));
    expect(place(7)).toBe(Number.POSITIVE_INFINITY);
  });
});
