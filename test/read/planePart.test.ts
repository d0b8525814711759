import { describe, expect, it } from 'vitest';
import { cutPart } from '../../src/read/index.ts';
import { checkPart } from '../../src/read/planePart.ts';

describe('cutPart', () => {
  it('copies a part of a plane', () => {
    const plane = { data: Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), shape: [3, 4] };
    const part = cutPart(plane, { y: [1, 3], x: [2, 4] });
    expect(part).toEqual({ data: Int16Array.of(7, 8, 11, 12), shape: [2, 2] });
    part.data[0] = 0;
    expect(plane.data[6]).toBe(7);
  });
});

describe('checkPart', () => {
  it('names what must hold of a part that is not in its plane', () => {
    expect(() => checkPart({ y: [0, 3], x: [0, 4] }, [3, 4], 'm')).not.toThrow();
    for (const [y, x] of [
      [
        [0, 4],
        [0, 1],
      ],
      [
        [2, 2],
        [0, 1],
      ],
      [
        [0, 1],
        [-1, 1],
      ],
      [
        [0, 1],
        [0.5, 1],
      ],
    ] as [[number, number], [number, number]][])
      expect(() => checkPart({ y, x }, [3, 4], 'm')).toThrow(/^read: a part along [yx] must lie in 0:[34]/);
  });
});
