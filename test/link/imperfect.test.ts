import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreLinks } from '../../bench/link.ts';
import { simulateCloud } from '../../bench/linkScale.ts';
import { type Faults, perturb } from '../../bench/perturb.ts';
import { createRandom } from '../../src/array/index.ts';
import { buildLineage, checkLineage } from '../../src/lineage/index.ts';
import { linkDetections } from '../../src/link/index.ts';
import { makeDetections, pairsOf, type Row, randomLineage } from '../cases/index.ts';

const NONE: Faults = { missed: 0, added: 0, merged: 0, split: 0, jitter: 0 };
const options = { linker: 'global', maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true } as const;

describe('perturb', () => {
  const { detections, links } = randomLineage(4, { nFounders: 30, pDivision: 0.1 });

  it('changes nothing but the order within a frame when nothing is wrong', () => {
    const same = perturb(detections, links, NONE, 1);
    expect(same.detections.count).toBe(detections.count);
    expect(same.links.count).toBe(links.count);
    const placed = (d: typeof detections, rows: [number, number][]) =>
      rows.map(([u, v]) => [d.t[u], d.y[u], d.x[u], d.y[v], d.x[v]].join(' ')).sort();
    expect(placed(same.detections, pairsOf(same.links))).toEqual(placed(detections, pairsOf(links)));
  });

  it('makes about the faults that are asked for, and a true lineage of what is left', () => {
    const cloud = simulateCloud(4, 1);
    const n = cloud.detections.count;
    const count = (faults: Partial<Faults>) =>
      perturb(cloud.detections, cloud.links, { ...NONE, ...faults }, 3).detections.count - n;
    expect(Math.abs(count({ missed: 0.1 }) / n + 0.1)).toBeLessThan(0.02);
    expect(Math.abs(count({ added: 0.05 }) / n - 0.05)).toBeLessThan(0.02);
    expect(Math.abs(count({ split: 0.05 }) / n - 0.05)).toBeLessThan(0.02);
    expect(Math.abs(count({ merged: 0.05 }) / n + 0.05)).toBeLessThan(0.02);
    fc.assert(
      fc.property(fc.nat(500), (seed) => {
        const some = { missed: 0.1, added: 0.1, merged: 0.1, split: 0.1, jitter: 0.2 };
        const one = perturb(detections, links, some, seed);
        checkLineage(buildLineage(one.detections, one.links));
        expect(perturb(detections, links, some, seed)).toEqual(one);
        for (let i = 1; i < one.detections.count; i++) {
          expect(one.detections.t[i]).toBeGreaterThanOrEqual(one.detections.t[i - 1]!);
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('linkDetections on imperfect detections', () => {
  it('makes a lineage of whatever is found, with probabilities, and ends and begins where it says so', async () => {
    const share = fc.double({ min: 0, max: 0.3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ missed: share, added: share, merged: share, split: share, jitter: share }),
        fc.nat(1000),
        async (faults, seed) => {
          const life = randomLineage(seed, { nFounders: 12, pDivision: 0.1 });
          const { detections } = perturb(life.detections, life.links, faults, seed);
          const { links, certainty } = await linkDetections(detections, options);
          checkLineage(buildLineage(detections, links));
          for (const p of links.prob) expect(p >= 0 && p <= 1).toBe(true);
          for (const [u, v] of pairsOf(links)) {
            expect(certainty!.ends[u]).toBeLessThan(1);
            expect(certainty!.begins[v]).toBeLessThan(1);
          }
        },
      ),
      { numRuns: 8 },
    );
  });

  it('keeps LNK above 0.88, and above the plain linker, where a tenth is missed', async () => {
    const cloud = simulateCloud(6, 2);
    const faults = { missed: 0.1, added: 0.03, merged: 0.02, split: 0.01, jitter: 0.05 };
    const { detections, links } = perturb(cloud.detections, cloud.links, faults, 5);
    const lnk = async (linker: 'global' | 'lap') =>
      scoreLinks(detections, links, (await linkDetections(detections, { ...options, linker })).links).lnk;
    const found = await lnk('global');
    expect(found).toBeGreaterThan(0.88);
    expect(found).toBeGreaterThan(await lnk('lap'));
  });

  it('takes false detections beside cells for no daughters', async () => {
    const random = createRandom(7);
    const rows: Row[] = [];
    for (let t = 0; t < 20; t++) {
      for (let i = 0; i < 80; i++) {
        const [y, x] = [12 * Math.floor(i / 10) + 3 * Math.sin(7 * i), 12 * (i % 10) + 3 * Math.cos(5 * i)];
        const place = { t, y: y + 0.5 * random.normal(), x: x + 0.5 * random.normal() };
        rows.push({ ...place, radius: 3 + 0.2 * random.normal() });
        if (random.uniform() > 0.1) continue;
        const angle = 2 * Math.PI * random.uniform();
        const [dy, dx] = [2.5 * Math.sin(angle), 2.5 * Math.cos(angle)];
        rows.push({ t, y: place.y + dy, x: place.x + dx, radius: 2.5 + 0.4 * random.normal() });
      }
    }
    const detections = makeDetections(rows);
    const { links } = await linkDetections(detections, options);
    const daughters = new Uint8Array(detections.count);
    for (const u of links.source) daughters[u]!++;
    expect(daughters.filter((n) => n === 2).length).toBeLessThan(10);
  });
});
