import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreLinks } from '../../bench/link.ts';
import { simulateCloud } from '../../bench/linkScale.ts';
import { perturb } from '../../bench/perturb.ts';
import { createRandom } from '../../src/array/index.ts';
import { tailTerms, withStray } from '../../src/link/global/model.ts';
import { linkDetections } from '../../src/link/index.ts';
import { makeDetections, type Row } from '../cases/index.ts';

const options = { linker: 'global', maxDistance: Number.NaN, maxFrameInterval: 2, divisions: true } as const;

describe('linkDetections on cells seen as one', () => {
  it('lets few of them divide', async () => {
    const cloud = simulateCloud(4, 3);
    const faults = { missed: 0, added: 0, merged: 0.03, split: 0.01, jitter: 0 };
    const { detections, links } = perturb(cloud.detections, cloud.links, faults, 4);
    const { links: found } = await linkDetections(detections, options);
    // Every cell has a radius of about 3, two as one have twice its volume.
    const fused = Array.from(detections.radius.keys()).filter(
      (i) => detections.radius[i]! > 3.5 && detections.t[i]! > 0 && detections.t[i]! < 3,
    );
    const divides = fused.filter((i) => found.source.filter((u) => u === i).length === 2);
    expect(fused.length).toBeGreaterThan(30);
    expect(divides.length).toBeLessThan(fused.length / 3);
    expect(scoreLinks(detections, links, found).lnk).toBeGreaterThan(0.9);
  }, 120_000);

  it.each([1, 2, 4])('lets none divide that was two cells for %d frames', async (frames) => {
    const random = createRandom(5);
    const noisy = (value: number, spread: number): number => value + spread * random.normal();
    const rows: Row[] = [];
    for (let t = 0; t < 16; t++) {
      for (let i = 0; i < 48; i++) {
        const [y, x] = [20 * Math.floor(i / 8) + 2 * Math.sin(3 * i), 20 * (i % 8) + 2 * Math.cos(5 * i)];
        const begin = 4 + (i % 7);
        const one = i % 4 === 0 && t >= begin && t < begin + frames;
        for (const dx of one ? [0] : [-3.2, 3.2]) {
          const radius = noisy(1, 0.03) * (one ? 3 * Math.SQRT2 : 3);
          rows.push({ t, y: noisy(y, 0.3), x: noisy(x + dx, 0.3), radius });
        }
      }
    }
    const detections = makeDetections(rows);
    const { links } = await linkDetections(detections, options);
    const daughters = new Uint8Array(detections.count);
    for (const u of links.source) daughters[u]!++;
    expect(daughters.filter((n) => n === 2).length).toBeLessThan(2);
  });
});

describe('withStray', () => {
  const step = tailTerms({ sigma: 0.03, nu: 6 }, 3);
  const plain = (r2: number): number => step.constant + step.slope * Math.log1p(r2 * step.over);

  it('leaves short steps as they are, bounds what long ones cost, and grows with the step', () => {
    expect(withStray(0.02, 3, plain(0.0004), 0.0004, Number.NaN).cost).toBeCloseTo(plain(0.0004), 1);
    expect(withStray(0.02, 3, plain(0.16), 0.16, Number.NaN).cost).toBeLessThan(plain(0.16) - 3);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.double({ min: 1e-9, max: 0.1, noNaN: true }),
        (r2, stray) => {
          const { cost, astray } = withStray(stray, 3, plain(r2), r2, 0.1);
          expect(cost).toBeLessThanOrEqual(plain(r2) - Math.log(1 - stray) + 1e-9);
          expect(withStray(stray, 3, plain(r2 + 0.1), r2 + 0.1, 0.1).cost).toBeGreaterThan(cost);
          expect(astray >= 0 && astray <= 1).toBe(true);
        },
      ),
    );
  });
});
