import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasDetail,
  joinTiles,
  levelFor,
  pixelsOf,
  placeOf,
  roomAround,
  tilesOf,
} from '../../viewer/src/data/levels.ts';
import type { Level, Plane } from '../../viewer/src/data/types.ts';

const pyramid = (width: number, height: number, n: number): Level[] =>
  Array.from({ length: n }, (_, k) => ({
    step: 2 ** k,
    width: Math.ceil(width / 2 ** k),
    height: Math.ceil(height / 2 ** k),
  }));

describe('levelFor', () => {
  const levels = pyramid(3000, 2000, 4);

  it('takes the coarsest level whose pixels are no wider on screen than allowed', () => {
    expect([2, 1, 0.6, 0.5, 0.3, 0.25, 0.1].map((k) => levelFor(levels, k, 1))).toEqual([
      0, 0, 0, 1, 1, 2, 3,
    ]);
    expect([2, 1, 0.6, 0.5, 0.3].map((k) => levelFor(levels, k, 2))).toEqual([0, 1, 1, 2, 2]);
  });

  it('leaves small planes as they are', () => {
    expect(levelFor(pyramid(1024, 1024, 3), 0.1, 2)).toBe(0);
    expect(hasDetail(pyramid(1024, 1024, 1))).toBe(false);
    expect(hasDetail(pyramid(5000, 5000, 1))).toBe(true);
  });
});

describe('tilesOf', () => {
  it('is one piece where the level is not large, or all of it is wanted', () => {
    const levels = pyramid(6000, 5000, 3);
    expect(tilesOf(levels, 0, undefined)).toEqual([{ level: 0, square: null }]);
    expect(tilesOf(levels, 1, { x0: 0, y0: 0, x1: 9, y1: 9 })).toEqual([{ level: 1, square: null }]);
    expect(placeOf({ level: 0, square: null }, levels)).toBeUndefined();
    expect(placeOf({ level: 1, square: null }, levels)).toEqual({ x: 0, y: 0, step: 2 });
  });

  it('is nothing beside the picture, whose last square is not whole', () => {
    expect(tilesOf(pyramid(4200, 8705, 1), 0, { x0: 0, y0: 8705, x1: 1, y1: 8706 })).toEqual([]);
  });

  const places = fc.record({
    width: fc.integer({ min: 4200, max: 9000 }),
    height: fc.integer({ min: 4200, max: 9000 }),
    x: fc.double({ min: -200, max: 9000, noNaN: true }),
    y: fc.double({ min: -200, max: 9000, noNaN: true }),
    side: fc.double({ min: 1, max: 1500, noNaN: true }),
  });

  it('covers what is wanted of the picture with squares that do not overlap, and no more than a square beside it', () => {
    fc.assert(
      fc.property(places, ({ width, height, x, y, side }) => {
        const levels = pyramid(width, height, 1);
        const part = { x0: x, y0: y, x1: x + side, y1: y + side };
        const tiles = tilesOf(levels, 0, part);
        let area = 0;
        for (const { square } of tiles) {
          const { x0, y0, x1, y1 } = square!;
          expect(x0 < part.x1 && x1 > part.x0 && y0 < part.y1 && y1 > part.y0).toBe(true);
          area += (x1 - x0) * (y1 - y0);
        }
        const clip = (v: number, size: number): number => Math.min(Math.max(v, 0), size);
        const seen =
          (clip(part.x1, width) - clip(part.x0, width)) * (clip(part.y1, height) - clip(part.y0, height));
        expect(area).toBeGreaterThanOrEqual(seen);
        expect(new Set(tiles.map(({ square }) => `${square!.x0}/${square!.y0}`)).size).toBe(tiles.length);
      }),
    );
  });

  it('asks for nothing new while the view moves a little', () => {
    const [level] = pyramid(8000, 8000, 1);
    const room = roomAround({ x0: 1000, y0: 1100, x1: 1900, y1: 1800 }, level!);
    expect(room).toEqual({ x0: 512, y0: 512, x1: 2048, y1: 2048 });
    expect(roomAround({ x0: 1010, y0: 1090, x1: 1910, y1: 1790 }, level!)).toEqual(room);
    expect(pixelsOf(level!, room)).toBe(1536 ** 2);
    expect(pixelsOf({ step: 2, width: 4000, height: 4000 }, room)).toBe(4000 ** 2);
  });
});

describe('joinTiles', () => {
  it('is the part of the plane that the tiles were cut from', () => {
    const [width, height] = [4200, 4100];
    const levels = pyramid(width, height, 1);
    const value = (x: number, y: number): number => (x * 7 + y * 13) % 251;
    const planes = tilesOf(levels, 0, { x0: 3500, y0: 3400, x1: 4200, y1: 3700 }).map((tile): Plane => {
      const { x0, y0, x1, y1 } = tile.square!;
      const data = new Uint8Array((x1 - x0) * (y1 - y0));
      for (let i = 0; i < data.length; i++)
        data[i] = value(x0 + (i % (x1 - x0)), y0 + Math.floor(i / (x1 - x0)));
      return { data, width: x1 - x0, height: y1 - y0, at: placeOf(tile, levels)! };
    });
    expect(planes.length).toBe(6);
    const { data, at, ...size } = joinTiles(planes);
    expect({ at, size }).toEqual({ at: { x: 3072, y: 3072, step: 1 }, size: { width: 1128, height: 1024 } });
    for (let i = 0; i < data.length; i += 97)
      expect(data[i]).toBe(value(3072 + (i % 1128), 3072 + Math.floor(i / 1128)));
  });
});
