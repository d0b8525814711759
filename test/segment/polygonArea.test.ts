import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernels, type Place, put } from '../../src/segment/compiled.ts';
import { buildStrips, createStrips, intersectionArea } from '../helpers/plain/polygonArea.ts';

type Points = readonly (readonly [number, number])[];

/** The kernel's area of the intersection. */
function common(a: Points, b: Points, stopAbove = Number.POSITIVE_INFINITY): number {
  kernels().clear();
  const place = (points: Points, axis: 0 | 1): Place => put(Int32Array.from(points, (point) => point[axis]));
  const [aY, aX, bY, bX] = [place(a, 0), place(a, 1), place(b, 0), place(b, 1)];
  return kernels().commonArea(aY, aX, a.length, bY, bX, b.length, stopAbove);
}

const square = (y: number, x: number, side: number): [number, number][] => [
  [y, x],
  [y, x + side],
  [y + side, x + side],
  [y + side, x],
];

/** A star about (cy, cx) on integers, rounded; `lengths` from angle 0 on. */
function star(cy: number, cx: number, lengths: readonly number[]): [number, number][] {
  return lengths.map((d, k) => [
    Math.round(cy + d * Math.sin((2 * Math.PI * k) / lengths.length)),
    Math.round(cx + d * Math.cos((2 * Math.PI * k) / lengths.length)),
  ]);
}

/** Winding number of a polygon around a point that is on no edge. */
function winding(points: readonly (readonly [number, number])[], y: number, x: number): number {
  let turns = 0;
  points.forEach(([y1, x1], k) => {
    const [y0, x0] = points[(k + points.length - 1) % points.length]!;
    if (y0 > y === y1 > y) return;
    if (x0 + ((y - y0) * (x1 - x0)) / (y1 - y0) > x) turns += y1 > y0 ? 1 : -1;
  });
  return turns;
}

const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 8, maxLength: 8 });

describe('commonArea', () => {
  it.each([
    ['shifted squares', square(0, 0, 10), square(4, 7, 10), 18],
    ['the same square', square(0, 0, 10), square(0, 0, 10), 100],
    ['squares that share an edge', square(0, 0, 10), square(0, 10, 10), 0],
    ['a square within a square', square(0, 0, 10), square(2, 3, 4), 16],
    ['squares apart', square(0, 0, 10), square(20, 0, 10), 0],
    [
      'a diamond across a square',
      square(0, 0, 4),
      [
        [2, -1],
        [5, 2],
        [2, 5],
        [-1, 2],
      ] as [number, number][],
      14,
    ],
    [
      'an empty polygon',
      square(0, 0, 4),
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ] as [number, number][],
      0,
    ],
  ])('measures %s', (_, a, b, expected) => {
    expect(common(a, b)).toBeCloseTo(expected, 9);
    expect(common(b, a)).toBeCloseTo(expected, 9);
  });

  it('fills where the winding number is not 0, also where it is negative', () => {
    const bow: [number, number][] = [
      [0, 0],
      [4, 4],
      [4, 0],
      [0, 4],
    ];
    expect(common(bow, square(0, 0, 4))).toBeCloseTo(8, 9);
    const twice: [number, number][] = [...square(0, 0, 4), ...square(0, 0, 4)];
    expect(common(twice, square(0, 0, 8))).toBeCloseTo(16, 9);
  });

  it('equals counting fine cells, for star polygons that cross anyhow', () => {
    fc.assert(
      fc.property(
        lengths,
        lengths,
        fc.integer({ min: -8, max: 8 }),
        fc.integer({ min: -8, max: 8 }),
        (p, q, dy, dx) => {
          const a = star(0, 0, p);
          const b = star(dy, dx, q);
          const step = 0.25;
          let cells = 0;
          for (let y = -14 + step / 2 + 1e-7; y < 14; y += step)
            for (let x = -14 + step / 2 + 1e-7; x < 14; x += step)
              if (winding(a, y, x) !== 0 && winding(b, y, x) !== 0) cells++;
          // A cell count is off by at most the cells that a boundary crosses.
          expect(Math.abs(common(a, b) - cells * step * step)).toBeLessThan(8);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of a polygon with itself is its area, and does not depend on order, place or axis', () => {
    fc.assert(
      fc.property(lengths, lengths, fc.integer({ min: -8, max: 8 }), (p, q, dx) => {
        const a = star(0, 0, p);
        const b = star(3, dx, q);
        const area = common(a, b);
        const swap = (points: [number, number][]): [number, number][] => points.map(([y, x]) => [x, y]);
        const shift = (points: [number, number][]): [number, number][] =>
          points.map(([y, x]) => [y + 900, x - 70]);
        expect(common(b, a)).toBeCloseTo(area, 9);
        expect(common(swap(a), swap(b))).toBeCloseTo(area, 9);
        expect(common(shift(a), shift(b))).toBeCloseTo(area, 9);
        const box = square(-20, -20, 60);
        expect(common(a, a)).toBeCloseTo(common(a, box), 9);
      }),
    );
  });

  it('may stop once the sum is over a limit', () => {
    expect(common(star(0, 0, [9, 9, 9, 9, 9, 9, 9, 9]), square(-9, -9, 18), 20)).toBeGreaterThan(20);
  });

  it('is to the bit that of the plain program', () => {
    const plain = (points: Points): ReturnType<typeof createStrips> => {
      const strips = createStrips(points.length);
      const column = (axis: 0 | 1): number[] => points.map((point) => point[axis]);
      buildStrips(column(0), column(1), 0, points.length, strips);
      return strips;
    };
    const scaled = (points: Points, by: number): [number, number][] =>
      points.map(([y, x]) => [by * y, by * x]);
    fc.assert(
      fc.property(lengths, lengths, fc.constantFrom(1, 3, 100), (p, q, by) => {
        const a = scaled(star(0, 0, p), by);
        const b = scaled(star(2, -3, q), by);
        expect(common(a, b)).toBe(intersectionArea(plain(a), plain(b)));
      }),
    );
  });
});
