import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Board, fillRect, hatchRect } from '../../viewer/src/image/rects.ts';

const GROUND = 0xff000000 | 0;
const INK = 0xff0000c8 | 0;
const board = (width: number, height: number): Board => ({
  width,
  height,
  pixels: new Int32Array(width * height).fill(GROUND),
});
const reds = ({ pixels }: Board): number[] => Array.from(pixels, (pixel) => pixel & 255);
const part = fc.double({ min: -6, max: 14, noNaN: true });
const length = fc.double({ min: 0, max: 12, noNaN: true });

describe('fillRect', () => {
  it('covers whole pixels wholly and others in part', () => {
    const on = board(4, 3);
    fillRect(on, 0.5, 1, 2.25, 1.5, INK, 1);
    expect(reds(on)).toEqual([0, 0, 0, 0, 100, 200, 150, 0, 50, 100, 75, 0]);
  });

  it('mixes by its opacity', () => {
    const on = board(2, 1);
    fillRect(on, 0, 0, 1, 1, INK, 0.5);
    fillRect(on, 0, 0, 1, 1, INK, 0.5);
    expect(reds(on)).toEqual([150, 0]);
  });

  it('lays as much colour as the rectangle has room on the picture, in pixels that it touches', () => {
    fc.assert(
      fc.property(part, part, length, length, (x, y, width, height) => {
        const on = board(9, 8);
        fillRect(on, x, y, width, height, INK, 1);
        const over = (from: number, size: number, end: number): number =>
          Math.max(0, Math.min(end, from + size) - Math.max(0, from));
        const area = over(x, width, 9) * over(y, height, 8);
        expect(Math.abs(reds(on).reduce((a, b) => a + b, 0) / 200 - area)).toBeLessThan(0.3);
        on.pixels.forEach((pixel, k) => {
          const [column, row] = [k % 9, Math.floor(k / 9)];
          const touched = column + 1 > x && column < x + width && row + 1 > y && row < y + height;
          expect(pixel === GROUND || touched).toBe(true);
          expect(pixel >>> 24).toBe(255);
        });
      }),
    );
  });
});

describe('hatchRect', () => {
  it('puts one diagonal in four, wherever the rectangle begins', () => {
    const on = board(8, 8);
    hatchRect(on, 1, 2, 6, 5, INK, 1);
    on.pixels.forEach((pixel, k) => {
      const [column, row] = [k % 8, Math.floor(k / 8)];
      const inside = column >= 1 && column < 7 && row >= 2 && row < 7;
      expect(pixel === INK).toBe(inside && (column + row) % 4 === 3);
    });
  });

  it('has larger dots where a pixel of the page has several', () => {
    const on = board(16, 16);
    hatchRect(on, 0, 0, 16, 16, INK, 2);
    on.pixels.forEach((pixel, k) => {
      const [column, row] = [(k % 16) >> 1, k >> 5];
      expect(pixel === INK).toBe((column + row) % 4 === 3);
    });
  });

  it('is cut at the edges of the picture', () => {
    const on = board(4, 4);
    hatchRect(on, -3, -5, 40, 40, INK, 1);
    expect(on.pixels.filter((pixel) => pixel === INK).length).toBe(4);
  });
});
