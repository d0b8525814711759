import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLineage, checkLineage } from '../../src/lineage/index.ts';
import { cutBlocks, sampleFrames } from '../../src/link/global/blocks.ts';
import { type LinkOptions, linkDetections } from '../../src/link/index.ts';
import type { Detections } from '../../src/segment/types.ts';
import { cases, lateDivision, makeDetections, pairsOf, type Row, randomLineage } from '../cases/index.ts';

const options: LinkOptions = {
  linker: 'global',
  maxDistance: Number.NaN,
  maxFrameInterval: 2,
  divisions: true,
};
const link = (detections: Detections, more: Partial<LinkOptions> = {}) =>
  linkDetections(detections, { ...options, ...more });

/** A sheet of cells that walk by a tenth of their spacing, and drift together by `drift` spacings a frame. */
function sheet(drift: number, nFrames = 6): Detections {
  const { detections } = randomLineage(5, { nFounders: 1 });
  expect(detections.ndim).toBe(2);
  const rows: Row[] = [];
  for (let t = 0; t < nFrames; t++) {
    for (let i = 0; i < 100; i++) {
      // A lattice bent by incommensurable waves: no shift but the true one maps it onto itself.
      const bent = [Math.sin(12.9898 * i), Math.sin(78.233 * i)];
      const walk = [Math.sin(3.1 * i + 5 * t), Math.cos(2.7 * i + 7 * t)];
      rows.push({
        t,
        y: 10 * Math.floor(i / 10) + 4 * bent[0] + walk[0] + 10 * drift * t,
        x: 10 * (i % 10) + 4 * bent[1] + walk[1] - 7 * drift * t,
      });
    }
  }
  return makeDetections(rows);
}

describe('linkDetections, linker global', () => {
  it.each(cases.filter((c) => c !== lateDivision))('finds the links of: $name', async (c) => {
    expect(pairsOf((await link(c.detections)).links)).toEqual(pairsOf(c.links));
  });

  it('always makes a lineage: forward in time, one parent, two daughters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2000), fc.integer({ min: 1, max: 4 }), async (seed, maxFrameInterval) => {
        const { detections: d } = randomLineage(seed, { nFounders: 10, pGap: 0.2, pDivision: 0.2 });
        const { links, certainty, solve } = await link(d, { maxFrameInterval });
        checkLineage(buildLineage(d, links));
        for (const [u, v] of pairsOf(links)) expect(d.t[v] - d.t[u]).toBeLessThanOrEqual(maxFrameInterval);
        for (const p of links.prob) expect(p >= 0 && p <= 1).toBe(true);
        for (const p of certainty!.alternatives.prob) expect(p >= 0 && p <= 1).toBe(true);
        expect(solve!.cost - solve!.bound).toBeLessThan(1e-5);
      }),
      { numRuns: 15 },
    );
  });

  it('takes sizes from radii where only these are known, as of points', async () => {
    const { detections } = randomLineage(7, { nFounders: 30, pDivision: 0.2 });
    const wide = (row: number): number => 2 + Math.sin(7.3 * row);
    const radius = detections.radius.map((_, row) => wide(row));
    const size = radius.map((r) => Math.PI * r * r);
    const unknown = new Float64Array(detections.count).fill(Number.NaN);
    const [measured, points, none] = await Promise.all([
      link({ ...detections, radius, size }),
      link({ ...detections, radius, size: unknown }),
      link({ ...detections, radius: unknown, size: unknown }),
    ]);
    expect(points.links).toEqual(measured.links);
    expect(points.links.cost).not.toEqual(none.links.cost);
  });

  it('takes radii of 0 for none, and no sizes from those that are all the same', async () => {
    const { detections } = randomLineage(7, { nFounders: 30, pDivision: 0.2 });
    const of = (value: number): Float64Array => new Float64Array(detections.count).fill(value);
    const [none, zero, nominal, equal] = await Promise.all([
      link({ ...detections, radius: of(Number.NaN), size: of(Number.NaN) }),
      link({ ...detections, radius: of(0), size: of(Number.NaN) }),
      link({ ...detections, radius: of(4), size: of(Number.NaN) }),
      link({ ...detections, radius: of(4), size: of(16 * Math.PI) }),
    ]);
    expect(zero.links).toEqual(none.links);
    expect(nominal.links).toEqual(equal.links);
  });

  it('leaves divisions out and gaps open when told', async () => {
    const { detections } = randomLineage(3, { nFounders: 12, pGap: 0.2, pDivision: 0.3 });
    const { links } = await link(detections, { divisions: false, maxFrameInterval: 1 });
    expect(new Set(links.source).size).toBe(links.count);
    for (const [u, v] of pairsOf(links)) expect(detections.t[v] - detections.t[u]).toBe(1);
  });

  it.each([0, 1])('follows a sheet that drifts by %s spacings a frame', async (drift) => {
    const detections = sheet(drift);
    const { links, motion } = await link(detections);
    expect(pairsOf(links)).toEqual(Array.from({ length: 500 }, (_, i) => [i, i + 100]));
    for (const { matrix } of motion!) {
      expect(Math.abs(matrix[7] + matrix[5] * 45 + matrix[6] * 45 - 45 - 10 * drift)).toBeLessThan(4);
    }
    expect(Math.min(...links.prob)).toBeGreaterThan(0.5);
  });

  it('loses the drifting sheet when no motion is allowed', async () => {
    const detections = sheet(1, 3);
    const { links } = await link(detections, { motion: 'none' });
    const right = pairsOf(links).filter(([u, v]) => v === u + 100).length;
    expect(right).toBeLessThan(100);
  });

  it('takes movies of nothing, of one frame, with holes, and of 5,000 cells that are followed by none', async () => {
    const many = Array.from({ length: 5000 }, (_, i): Row => ({ t: 1, x: i % 70, y: Math.floor(i / 70) }));
    expect((await link(makeDetections([]))).links.count).toBe(0);
    expect((await link(makeDetections(many))).links.count).toBe(0);
    expect((await link(makeDetections([...many, { t: 5, x: 3, y: 3 }]))).links.count).toBe(0);
    const alone = Array.from({ length: 6 }, (_, t): Row => ({ t, x: 3 * t + (t % 2), y: t }));
    expect((await link(makeDetections(alone))).links.count).toBe(5);
    const stacked = Array.from({ length: 40 }, (_, i): Row => ({ t: Math.floor(i / 10), x: 5, y: 5 }));
    expect((await link(makeDetections(stacked), { maxDistance: 1 })).links.count).toBeLessThanOrEqual(30);
  });

  it('reports its steps, the last call being complete', async () => {
    const calls: [number, number][] = [];
    await linkDetections(sheet(0, 3), options, (done, total) => calls.push([done, total]));
    expect(calls.map(([done]) => done)).toEqual(calls.map((_, i) => i + 1));
    expect(calls.at(-1)?.[0]).toBe(calls.at(-1)?.[1]);
  });
});

describe('cutBlocks', () => {
  it('covers every source frame once, blocks of few rows', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50_000), { maxLength: 30 }), (sizes) => {
        const offsets = new Int32Array(sizes.length + 1);
        for (const [t, n] of sizes.entries()) offsets[t + 1] = offsets[t] + n;
        let at = 0;
        for (const { from, to } of cutBlocks(offsets)) {
          expect(from).toBe(at);
          expect(to > from).toBe(true);
          if (to - from > 1) expect(offsets[to] - offsets[from]).toBeLessThanOrEqual(5000);
          at = to;
        }
        expect(at).toBe(Math.max(0, sizes.length - 1));
        expect(sampleFrames(offsets).length).toBe(sizes.length);
      }),
    );
  });
});
