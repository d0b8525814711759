import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStamp, putStamp } from '../../viewer/src/image/stamps.ts';

const sheet = (width: number, height: number) => ({ width, height, pixels: new Int32Array(width * height) });
const colours = ({ pixels }: { pixels: Int32Array }): number[] => Array.from(pixels, (value) => value >>> 0);
const solid = (side: number, ink: number) => createStamp(side, new Int32Array(side * side).fill(ink));

describe('putStamp', () => {
  it('covers what is under it, and leaves clear pixels alone', () => {
    const on = sheet(3, 2);
    on.pixels.fill(0xff000001);
    putStamp(on, createStamp(2, Int32Array.of(0xff0000aa, 0, 0, 0xff0000bb)), 1, 0);
    expect(colours(on)).toEqual([0xff000001, 0xff0000aa, 0xff000001, 0xff000001, 0xff000001, 0xff0000bb]);
  });

  it('mixes a half clear pixel with what is under it', () => {
    const on = sheet(2, 1);
    on.pixels[1] = 0xff0000c8;
    putStamp(on, solid(2, 0x80000064), 0, 0);
    expect(colours(on)[0]).toBe(0x80000064);
    // 100 at 128 / 255 over 200.
    expect(colours(on)[1]).toBe(0xff000096);
  });

  it('is cut at every edge', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: -12, max: 12 }),
        fc.integer({ min: -12, max: 12 }),
        (width, height, side, x, y) => {
          const on = sheet(width, height);
          putStamp(on, solid(side, 0xff123456), x, y);
          colours(on).forEach((value, k) => {
            const [dx, dy] = [(k % width) - x, Math.floor(k / width) - y];
            const inside = dx >= 0 && dx < side && dy >= 0 && dy < side;
            expect(value).toBe(inside ? 0xff123456 : 0);
          });
        },
      ),
    );
  });
});
