import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinEdges } from '../../src/segment/edgeLevel.ts';

describe('joinEdges', () => {
  it('joins the pixels beside an object that reach the level, and no others', () => {
    // background 10, the one object's mean 110: half of the contrast lies at 60
    const image = Uint16Array.from([10, 60, 59, 10, 60, 110, 110, 60, 10, 10, 80, 90, 10, 10, 10, 10]);
    const labels = Uint32Array.from([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    joinEdges(labels, image, [4, 4], 1, 0.5);
    expect([...labels]).toEqual([0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('takes the level from the typical object: a dim one stays, a bright one grows', () => {
    const row = [0, 0, 0, 30, 40, 30, 0, 60, 100, 60, 0, 70, 400, 70, 0, 0, 0];
    const labels = Uint32Array.from(row, (_, x) => (x === 4 ? 3 : x === 8 ? 1 : x === 12 ? 2 : 0));
    joinEdges(labels, Float32Array.from(row), [1, row.length], 3, 0.65);
    expect([...labels]).toEqual([0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 2, 2, 2, 0, 0, 0]);
  });

  it('gives a pixel between two objects to the one with the smaller label', () => {
    const labels = Uint32Array.from([0, 2, 0, 1, 0]);
    joinEdges(labels, Uint8Array.from([0, 9, 9, 9, 0]), [1, 5], 2, 0.5);
    expect([...labels]).toEqual([0, 2, 1, 1, 0]);
  });

  it.each([
    ['without objects', [0, 0, 0], [5, 9, 5], 0],
    ['without background', [1, 1, 1], [5, 9, 5], 1],
    ['whose objects are dark', [0, 1, 0], [9, 5, 9], 1],
    ['that is not finite', [0, 1, 0], [Number.NaN, Number.NaN, Number.NaN], 1],
  ])('leaves a frame %s as it is', (_, before, grey, count) => {
    const labels = Uint32Array.from(before);
    joinEdges(labels, Float32Array.from(grey), [1, 3], count, 0.5);
    expect([...labels]).toEqual(before);
  });

  it('lets no infinite pixel join', () => {
    const labels = Uint32Array.from([0, 1, 0, 0]);
    joinEdges(labels, Float32Array.from([Number.POSITIVE_INFINITY, 9, 8, 0]), [1, 4], 1, 0.5);
    expect([...labels]).toEqual([0, 1, 1, 0]);
  });

  it('only adds pixels beside an object, whatever the unit and the offset of the grey values', () => {
    const frame = fc.record({
      width: fc.integer({ min: 1, max: 7 }),
      pixels: fc.array(fc.record({ grey: fc.nat(50), label: fc.constantFrom(0, 0, 0, 1, 2, 3) }), {
        minLength: 1,
        maxLength: 42,
      }),
    });
    fc.assert(
      fc.property(frame, ({ width, pixels }) => {
        const height = Math.floor(pixels.length / width);
        fc.pre(height > 0);
        const used = pixels.slice(0, height * width);
        const before = Uint32Array.from(used, ({ label }) => label);
        const after = before.slice();
        joinEdges(
          after,
          Uint16Array.from(used, ({ grey }) => grey),
          [height, width],
          3,
          0.5,
        );
        const scaled = before.slice();
        joinEdges(
          scaled,
          Float32Array.from(used, ({ grey }) => 4 * grey - 64),
          [height, width],
          3,
          0.5,
        );
        expect(scaled).toEqual(after);
        after.forEach((label, i) => {
          if (label === before[i]) return;
          const x = i % width;
          const beside = [i - width, i + width, x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1];
          expect(before[i]).toBe(0);
          expect(beside.some((j) => before[j] === label)).toBe(true);
        });
      }),
    );
  });
});
