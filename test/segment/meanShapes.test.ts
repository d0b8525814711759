import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidates, createCandidates } from '../../src/segment/candidates.ts';
import { meanShapes } from '../../src/segment/meanShapes.ts';

const RAYS = 64;
const COLUMNS = 50;

/** Candidates at grid places (grid 2) that all predict one disc, each from where it is. */
function disc(
  places: readonly (readonly [number, number])[],
  prob: readonly number[],
  radius = 12,
): Candidates {
  const candidates = { ...createCandidates(RAYS, places.length), count: places.length };
  const centre = [places[0]![0] * 2, places[0]![1] * 2] as const;
  for (const [i, [gy, gx]] of places.entries()) {
    candidates.prob[i] = prob[i]!;
    candidates.index[i] = gy * COLUMNS + gx;
    candidates.y[i] = gy * 2;
    candidates.x[i] = gx * 2;
    for (let k = 0; k < RAYS; k++) {
      const [sin, cos] = [Math.sin((2 * Math.PI * k) / RAYS), Math.cos((2 * Math.PI * k) / RAYS)];
      const [dy, dx] = [gy * 2 - centre[0], gx * 2 - centre[1]];
      const along = dy * sin + dx * cos;
      candidates.dist[i * RAYS + k] = Math.sqrt(along ** 2 + radius ** 2 - dy ** 2 - dx ** 2) - along;
    }
  }
  return candidates;
}

const distOf = (candidates: Candidates, rows = [0]): number[] => [
  ...meanShapes(candidates, Uint32Array.from(rows), COLUMNS),
];

describe('meanShapes', () => {
  it('leaves an object alone that has no candidate beside it', () => {
    const alone = disc(
      [
        [20, 20],
        [20, 22],
      ],
      [0.9, 0.9],
    );
    expect(distOf(alone)).toEqual([...alone.dist.subarray(0, RAYS)]);
  });

  it('finds the same disc from nine places that all see it', () => {
    const places = [0, -1, 1].flatMap((dy) => [0, -1, 1].map((dx) => [20 + dy, 20 + dx] as const));
    for (const d of distOf(
      disc(
        places,
        places.map(() => 0.8),
      ),
    )) {
      expect(d).toBeGreaterThan(11.95);
      expect(d).toBeLessThanOrEqual(12.0001);
    }
  });

  it('weighs what the places predict by their prob', () => {
    const two = disc(
      [
        [20, 20],
        [20, 21],
      ],
      [0.9, 0.6],
    );
    two.dist.fill(10, 0, RAYS);
    two.dist.fill(20, RAYS);
    // Along +x the second outline, a circle about (0, 2), lies 22 from the first centre.
    expect(distOf(two)[0]).toBeCloseTo((0.9 * 10 + 0.6 * 22) / 1.5, 5);
    // Along -x it lies 18 away.
    expect(distOf(two)[RAYS / 2]).toBeCloseTo((0.9 * 10 + 0.6 * 18) / 1.5, 5);
  });

  it('leaves out neighbours of less than half the prob and those that do not hold the centre', () => {
    const places = [
      [20, 20],
      [20, 21],
    ] as const;
    const faint = disc(places, [0.9, 0.4]);
    faint.dist.fill(30, RAYS);
    expect(distOf(faint)).toEqual([...faint.dist.subarray(0, RAYS)]);
    const apart = disc(places, [0.9, 0.9]);
    apart.dist.fill(1, RAYS);
    expect(distOf(apart)).toEqual([...apart.dist.subarray(0, RAYS)]);
  });

  it('takes no neighbour from over the edge of the grid', () => {
    const candidates = disc(
      [
        [20, 0],
        [19, COLUMNS - 1],
        [20, COLUMNS - 1],
      ],
      [0.9, 0.9, 0.9],
    );
    candidates.dist.fill(5);
    expect(distOf(candidates)).toEqual(Array.from({ length: RAYS }, () => 5));
  });

  it('stays between the shortest and the longest of what is predicted, in any order of candidates', () => {
    const lengths = fc.array(fc.double({ min: 8, max: 14, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(lengths, fc.boolean(), (radii, turned) => {
        const places = [
          [20, 20],
          [19, 20],
          [21, 20],
          [20, 19],
          [20, 21],
        ] as const;
        const order = turned ? [4, 3, 2, 1, 0] : [0, 1, 2, 3, 4];
        const candidates = disc(
          order.map((i) => places[i]!),
          [0.9, 0.9, 0.9, 0.9, 0.9],
        );
        for (const [row, i] of order.entries()) candidates.dist.fill(radii[i]!, row * RAYS, (row + 1) * RAYS);
        const found = distOf(candidates, [order.indexOf(0)]);
        expect(Math.min(...found)).toBeGreaterThan(Math.min(...radii) - 2.1);
        expect(Math.max(...found)).toBeLessThan(Math.max(...radii) + 2.1);
      }),
    );
  });
});
