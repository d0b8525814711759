import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { clipArea } from '../../src/segment/clipArea.ts';
import { kernels } from '../../src/segment/compiled.ts';
import { type Candidates, createCandidates, suppressOverlaps } from '../../src/segment/index.ts';
import { singleRays2d } from '../../src/segment/rays2d.ts';
import { buildStrips, createStrips, intersectionArea, shoelace } from '../helpers/plain/polygonArea.ts';

interface Star {
  y: number;
  x: number;
  prob: number;
  /** One radius, or one per ray. */
  d: number | number[];
}

function candidates(stars: readonly Star[], nRays = 32): Candidates {
  const table = createCandidates(nRays, Math.max(1, stars.length));
  table.count = stars.length;
  stars.forEach(({ y, x, prob, d }, i) => {
    table.prob[i] = prob;
    table.index[i] = i;
    table.y[i] = y;
    table.x[i] = x;
    for (let k = 0; k < nRays; k++) table.dist[i * nRays + k] = typeof d === 'number' ? d : d[k]!;
  });
  return table;
}

const survivors = (stars: readonly Star[], nmsThreshold: number, integerScale: 1 | 100 = 1): number[] => [
  ...suppressOverlaps(candidates(stars), { nmsThreshold, integerScale }),
];

/** The definition: every pair, areas of an integer clipper where exact ones lie near the threshold, no bounds. */
function byDefinition(stars: readonly Star[], threshold: number, nRays: number): number[] {
  const { sin, cos } = singleRays2d(nRays);
  const polygons = stars.map(({ y, x, d }) => {
    const vy: number[] = [];
    const vx: number[] = [];
    for (let k = 0; k < nRays; k++) {
      const length = typeof d === 'number' ? d : d[k]!;
      vy.push(Math.trunc(Math.fround(y + Math.fround(Math.fround(length) * sin[k]!))));
      vx.push(Math.trunc(Math.fround(x + Math.fround(Math.fround(length) * cos[k]!))));
    }
    const strips = createStrips(nRays);
    buildStrips(vy, vx, 0, nRays, strips);
    return { vy, vx, strips, area: Math.abs(shoelace(vy, vx, 0, nRays)), outer: outerRadius(vy, vx) };
  });
  const order = stars.map((_, i) => i).sort((a, b) => stars[b]!.prob - stars[a]!.prob || b - a);
  const kept: number[] = [];
  for (const i of order) {
    const covered = kept.some((j) => {
      const [a, b] = [polygons[i]!, polygons[j]!];
      const smaller = Math.min(a.area, b.area);
      const exact = intersectionArea(a.strips, b.strips);
      const near = Math.abs(exact - threshold * (smaller + 1e-10)) <= 0.2 * (a.outer + b.outer);
      return overlapsMore(near ? clipArea(b, a) : exact, smaller, threshold);
    });
    if (!covered) kept.push(i);
  }
  return kept;
}

/** StarDist's decision, in single precision as there. */
function overlapsMore(area: number, smaller: number, threshold: number): boolean {
  return Math.fround(area / (smaller + 1e-10)) > Math.fround(threshold);
}

/** Largest distance of a vertex from the centroid, or from the first vertex of a polygon without area. */
function outerRadius(vy: readonly number[], vx: readonly number[]): number {
  const n = vy.length;
  let [twice, sumY, sumX] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const [py, px, qy, qx] = [vy.at(k - 1)!, vx.at(k - 1)!, vy[k]!, vx[k]!];
    const cross = (px - vx[0]!) * (qy - vy[0]!) - (qx - vx[0]!) * (py - vy[0]!);
    twice += cross;
    sumY += (py + qy - 2 * vy[0]!) * cross;
    sumX += (px + qx - 2 * vx[0]!) * cross;
  }
  const [cy, cx] =
    twice === 0 ? [vy[0]!, vx[0]!] : [vy[0]! + sumY / (3 * twice), vx[0]! + sumX / (3 * twice)];
  return Math.max(...vy.map((y, k) => Math.hypot(y - cy, vx[k]! - cx)));
}

/** Noisy discs that crowd a square. */
function crowd(n: number, side: number, radius: number, seed: number, nRays = 32): Star[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => ({
    y: Math.floor(random.uniform() * side),
    x: Math.floor(random.uniform() * side),
    prob: Math.round(random.uniform() * 1e4) / 1e4,
    d: Array.from({ length: nRays }, () => radius * (0.7 + 0.6 * random.uniform())),
  }));
}

// Golden values: StarDist's 2D suppression, run by the project's reference notes (32 rays).
describe('suppressOverlaps', () => {
  const pair: Star[] = [
    { y: 10, x: 10, prob: 0.7, d: 5 },
    { y: 10, x: 14, prob: 0.9, d: 5 },
  ];

  it('takes intersection over the smaller area: 0.506757 for two discs', () => {
    expect(survivors(pair, 0.506758)).toEqual([1, 0]);
    expect(survivors(pair, 0.506756)).toEqual([1]);
  });

  it('orders equal probabilities by the larger flat index', () => {
    const stars: Star[] = [...pair, { y: 30, x: 30, prob: 0.5, d: 5 }, { y: 10, x: 11, prob: 0.7, d: 5 }];
    expect(survivors(stars, 0.9)).toEqual([1, 3, 0, 2]);
  });

  it('suppresses any positive overlap at threshold 0', () => {
    const apart = [pair[0]!, { y: 10, x: 21, prob: 0.9, d: 5 }];
    expect(survivors(apart, 0)).toEqual([1, 0]);
    expect(survivors([pair[0]!, { y: 10, x: 19, prob: 0.9, d: 5 }], 0)).toEqual([1]);
  });

  it('is nearly exact with integerScale 100', () => {
    // Discs of radius 5 with centres 4 apart have 0.50463 in common; truncated vertices give 0.506757.
    expect(survivors(pair, 0.506, 100)).toEqual([1, 0]);
    expect(survivors(pair, 0.503, 100)).toEqual([1]);
  });

  it('equals the definition on crowded noisy stars', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(0, 0.1, 0.3, 0.5),
        fc.constantFrom(0.6, 3, 9, 40),
        (seed, threshold, radius) => {
          const stars = crowd(60, 60, radius, seed, 8);
          const found = suppressOverlaps(candidates(stars, 8), { nmsThreshold: threshold });
          expect([...found]).toEqual(byDefinition(stars, threshold, 8));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same survivors whatever the order of the rows', () => {
    const stars = crowd(300, 120, 9, 3);
    const table = candidates(stars);
    const reversed = candidates([...stars].reverse());
    for (let i = 0; i < table.count; i++) reversed.index[i] = table.count - 1 - i;
    const found = suppressOverlaps(table, { nmsThreshold: 0.4 });
    const mirrored = suppressOverlaps(reversed, { nmsThreshold: 0.4 });
    expect([...mirrored].map((row) => table.count - 1 - row)).toEqual([...found]);
  });

  it('keeps one of thousands of equal candidates', () => {
    const stars = Array.from({ length: 3000 }, () => ({ y: 20, x: 20, prob: 0.8, d: 6 }));
    expect(survivors(stars, 0.3)).toEqual([2999]);
  });

  it('takes an empty table', () => {
    expect(survivors([], 0.3)).toEqual([]);
  });
});

describe('lensArea', () => {
  it.each([
    [5, 2, 3, 0],
    [0.5, 1, 3, Math.PI],
    [1, 1, 1, (2 * Math.PI) / 3 - Math.sqrt(3) / 2],
  ])('of discs %d apart with radii %d and %d', (d, p, q, expected) => {
    expect(kernels().lensArea(d, p, q)).toBeCloseTo(expected, 12);
  });
});
