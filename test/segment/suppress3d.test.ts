import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { kernels } from '../../src/segment/compiled.ts';
import { createCones } from '../../src/segment/cones.ts';
import { goldenSpiral, type Rays3d } from '../../src/segment/rays3d.ts';
import { suppressOverlaps3d } from '../../src/segment/suppress3d.ts';
import { plainSuppression } from '../helpers/plain/solids3d.ts';
import { type Star3d, slowPolyhedron, starTable, type Triple, voxelsOf } from '../helpers/volumes.ts';

const spheres: Star3d[] = [
  { centre: [20, 20, 20], prob: 0.9, d: 10 },
  { centre: [20, 20, 28], prob: 0.8, d: 10 },
];

function survivors(
  stars: readonly Star3d[],
  threshold: number,
  cones = createCones(goldenSpiral(32, [1, 1, 1])),
) {
  return [...suppressOverlaps3d(starTable(stars, cones.rays.nRays, [64, 64, 64]), threshold, cones)];
}

/** Noisy, bumpy stars that crowd a cube; flat ones where voxels are deep. */
function crowd(n: number, side: number, radius: number, seed: number, nRays: number): Star3d[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => ({
    centre: [0, 1, 2].map(() => random.int(side)) as unknown as Triple,
    prob: Math.round(random.uniform() * 1e3) / 1e3,
    d: Array.from({ length: nRays }, () => radius * (0.6 + 0.8 * random.uniform())),
  }));
}

/** The definition: every pair, every voxel, no bounds. */
function byDefinition(stars: readonly Star3d[], threshold: number, rays: ReturnType<typeof goldenSpiral>) {
  const table = starTable(stars, rays.nRays, [64, 64, 64]);
  const solids = stars.map((_, row) => {
    const solid = slowPolyhedron(table, row, rays);
    return { volume: solid.volume, voxels: voxelsOf(solid) };
  });
  const shared = (i: number, j: number): number => {
    let n = 0;
    for (const voxel of solids[i].voxels) if (solids[j].voxels.has(voxel)) n++;
    return n / Math.min(solids[i].volume, solids[j].volume);
  };
  const kept: number[] = [];
  const order = stars
    .map((_, i) => i)
    .sort((a, b) => table.prob[b] - table.prob[a] || table.index[b] - table.index[a]);
  for (const i of order) if (!kept.some((j) => shared(i, j) > threshold)) kept.push(i);
  return { kept, shared };
}

/** Many candidates on each of a few tilted ellipsoids, as a network gives them: rays to the surface, and a little noise. */
function swarms(objects: number, side: number, seed: number, rays: Rays3d): Star3d[] {
  const random = createRandom(seed);
  const { vector, nRays, anisotropy } = rays;
  const stars: Star3d[] = [];
  for (let n = 0; n < objects; n++) {
    const middle = [0, 1, 2].map(() => side * random.uniform());
    const [c, s] = [Math.cos(6 * n), Math.sin(6 * n)];
    const radius = [0, 1, 2].map(() => 2.5 + 3 * random.uniform());
    /** Into the frame where the ellipsoid is a ball: deep voxels, a turn, three radii. */
    const unit = (z: number, y: number, x: number): number[] => {
      const [u, v] = [anisotropy[0] * z, anisotropy[1] * y];
      return [(c * u + s * v) / radius[0]!, (c * v - s * u) / radius[1]!, (anisotropy[2] * x) / radius[2]!];
    };
    for (let i = 0; i < 20; i++) {
      const centre = middle.map((m) => Math.round(m + 3 * (random.uniform() - 0.5))) as unknown as Triple;
      const u = unit(...(centre.map((v, a) => v - middle[a]!) as [number, number, number]));
      const q = u.reduce((sum, v) => sum + v * v, 0);
      if (q > 0.6) continue;
      const d = Array.from({ length: nRays }, (_, k) => {
        const v = unit(vector[3 * k]!, vector[3 * k + 1]!, vector[3 * k + 2]!);
        const [A, B] = [v.reduce((sum, w) => sum + w * w, 0), v.reduce((sum, w, a) => sum + w * u[a]!, 0)];
        return ((-B + Math.sqrt(B * B - A * (q - 1))) / A) * (1 + 0.1 * random.normal());
      });
      stars.push({ centre, prob: Math.round(1e3 * (1 - q + 0.1 * random.uniform())) / 1e3, d });
    }
  }
  const places = stars.map(({ centre }) => `${centre}`);
  return stars.filter((_, i) => places.indexOf(places[i]!) === i);
}

describe('suppressOverlaps3d', () => {
  // Golden: StarDist's overlap of the two is 0.394899 (the volume that they share); 1356 shared voxels are 0.395333.
  it('takes shared voxels over the smaller volume', () => {
    expect(survivors(spheres, 1355.9 / 3430.023)).toEqual([0]);
    expect(survivors(spheres, 1356.1 / 3430.023)).toEqual([0, 1]);
  });

  it('comes within counting error of the overlap by volume, 0.394899', () => {
    const rays = goldenSpiral(32, [1, 1, 1]);
    const table = starTable(spheres, 32, [64, 64, 64]);
    const [a, b] = [0, 1].map((row) => slowPolyhedron(table, row, rays));
    const random = createRandom(1);
    const n = 20_000;
    let both = 0;
    // The shared part lies in this box of 16 x 20 x 20.
    for (let i = 0; i < n; i++) {
      const [z, y, x] = [10 + 20 * random.uniform(), 10 + 20 * random.uniform(), 18 + 12 * random.uniform()];
      if (a.inside(z, y, x) && b.inside(z, y, x)) both++;
    }
    expect(((both / n) * 20 * 20 * 12) / a.volume).toBeCloseTo(0.394899, 1.9);
  });

  it.each([
    ['round', [1, 1, 1], 5],
    ['flat', [3, 1, 1], 4],
    ['small', [2, 1, 1], 1.2],
  ] as const)('equals the definition on crowds of %s stars', (_, anisotropy, radius) => {
    const cones = createCones(goldenSpiral(24, anisotropy));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(0, 0.1, 0.3, 0.5), (seed, threshold) => {
        const stars = crowd(14, 14, radius, seed, 24);
        const { kept, shared } = byDefinition(stars, threshold, cones.rays);
        expect(survivors(stars, threshold, cones)).toEqual(kept);
        for (const i of kept)
          for (const j of kept) if (i !== j) expect(shared(i, j)).toBeLessThanOrEqual(threshold);
      }),
      { numRuns: 6 },
    );
  });

  it.each([
    [32, [1, 1, 1]],
    [33, [2.5, 1, 1]],
    [64, [2.5, 1, 1]],
    [96, [1, 2, 0.7]],
  ] as const)('keeps of swarms about ellipsoids, %d rays, what plain counting keeps', (nRays, anisotropy) => {
    const cones = createCones(goldenSpiral(nRays, anisotropy));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(0.1, 0.3, 0.6, 0.8),
        fc.boolean(),
        (seed, threshold, first) => {
          const stars = swarms(3, 10, seed, cones.rays);
          const table = starTable(stars, nRays, [64, 64, 64]);
          const known = first ? 3 : 0;
          table.prob.fill(1, 0, known);
          const expected = plainSuppression(table, threshold, cones, known);
          expect([...suppressOverlaps3d(table, threshold, cones, known)]).toEqual(expected);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('gives the same survivors whatever the order of the rows', () => {
    const cones = createCones(goldenSpiral(16, [1, 1, 1]));
    const stars = crowd(400, 50, 5, 3, 16);
    const places = (list: readonly Star3d[]): string[] =>
      survivors(list, 0.3, cones).map((row) => `${list[row].prob} ${list[row].centre}`);
    expect(places([...stars].reverse())).toEqual(places(stars));
  });

  it('keeps one of thousands of equal candidates, the one with the larger flat index', () => {
    const stars = Array.from(
      { length: 3000 },
      (_, i): Star3d => ({
        centre: [20, 20 + (i % 2), 20],
        prob: 0.8,
        d: 6,
      }),
    );
    const [only, ...others] = survivors(stars, 0.3);
    expect([only % 2, others]).toEqual([1, []]);
  });

  it('keeps objects beside one that is as large as rays can be', () => {
    const cones = createCones(goldenSpiral(12, [1, 1, 1]));
    const stars: Star3d[] = [
      { centre: [30, 30, 30], prob: 0.9, d: 4 },
      { centre: [30, 30, 31], prob: 0.8, d: 1e6 },
      { centre: [30, 30, 45], prob: 0.7, d: 4 },
    ];
    expect(survivors(stars, 0.5, cones)).toEqual([0, 2]);
  });

  it('takes an empty table', () => {
    expect(survivors([], 0.3)).toEqual([]);
  });
});

describe('lensVolume', () => {
  it.each([
    [5, 2, 3, 0],
    [0.5, 1, 3, (4 / 3) * Math.PI],
    [1, 1, 1, (5 / 12) * Math.PI],
  ])('of balls %d apart with radii %d and %d', (d, p, q, expected) => {
    expect(kernels().lensVolume(d, p, q)).toBeCloseTo(expected, 12);
  });
});
