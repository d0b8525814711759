import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changedLabels,
  drawContours,
  resampleLabels,
  resampleSmooth,
  sourceAxis,
} from '../../viewer/src/image/contours.ts';
import { pixel } from '../../viewer/src/image/palette.ts';

const OPTIONS = { linePx: 1, strong: new Set<number>(), fill: 0, fillAll: false, casing: false };
const LUT = Uint32Array.of(0, pixel(0x112233), pixel(0x445566), 0);

/** Contours as a picture: label for coloured pixels, `.` for none. */
function draw(labels: number[], width: number, options = OPTIONS): string[] {
  const height = labels.length / width;
  const out = new Uint32Array(labels.length);
  drawContours(Uint32Array.from(labels), width, height, LUT, options, out);
  const name = (value: number): string => {
    const rgb = value & 0xffffff;
    if (value === 0) return '.';
    return rgb === 0 ? '#' : rgb === (LUT[1]! & 0xffffff) ? '1' : '2';
  };
  return Array.from({ length: height }, (_, y) =>
    Array.from(out.subarray(y * width, (y + 1) * width), name).join(''),
  );
}

describe('drawContours', () => {
  // biome-ignore format: an image
  const square = [
    0, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 0,
    0, 1, 1, 1, 1, 1, 0,
    0, 1, 1, 1, 1, 1, 0,
    0, 1, 1, 1, 1, 1, 0,
    0, 1, 1, 1, 1, 1, 0,
    0, 0, 0, 0, 0, 0, 0,
  ];

  it('draws the outermost ring of a label in its colour', () => {
    expect(draw(square, 7)).toEqual([
      '.......',
      '.11111.',
      '.1...1.',
      '.1...1.',
      '.1...1.',
      '.11111.',
      '.......',
    ]);
  });

  it('puts a dark casing outside and inside', () => {
    expect(draw(square, 7, { ...OPTIONS, casing: true })).toEqual([
      '.#####.',
      '#11111#',
      '#1###1#',
      '#1#.#1#',
      '#1###1#',
      '#11111#',
      '.#####.',
    ]);
  });

  it('draws both sides of the edge between two cells, and none for a label without a colour', () => {
    expect(draw([1, 1, 1, 2, 2, 2, 3, 3], 8)).toEqual(['..12.2..']);
  });

  it('makes the inner ring of a 1.7 px line 70 % opaque', () => {
    const out = new Uint32Array(49);
    drawContours(Uint32Array.from(square), 7, 7, LUT, { ...OPTIONS, linePx: 1.7 }, out);
    expect(out[8]! >>> 24).toBe(255);
    expect(out[16]! >>> 24).toBe(Math.round(255 * 0.7));
    expect(out[24]).toBe(0);
  });

  it('fills only strong labels, or all', () => {
    const strong = draw(square, 7, { ...OPTIONS, strong: new Set([1]), fill: 40 });
    expect(strong[3]).toBe('.11111.');
    expect(draw(square, 7, { ...OPTIONS, fill: 40, fillAll: true })[3]).toBe('.11111.');
  });
});

describe('changedLabels', () => {
  const look = fc.record({
    lut: fc.array(fc.constantFrom(0, pixel(0x112233), pixel(0x445566)), { minLength: 5, maxLength: 5 }),
    strong: fc.uniqueArray(fc.integer({ min: 1, max: 4 })),
  });

  it('names all that must be drawn anew for the picture to be as from the start', () => {
    const image = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 96, maxLength: 96 });
    fc.assert(
      fc.property(image, look, look, fc.boolean(), (pixels, one, other, casing) => {
        const labels = Uint32Array.from(pixels);
        const [before, now] = [one, other].map(({ lut, strong }) => ({
          lut: Uint32Array.from([0, ...lut.slice(1)]),
          strong: new Set(strong),
        }));
        const [out, fresh] = [new Uint32Array(96), new Uint32Array(96)];
        const options = { ...OPTIONS, casing, fill: 40 };
        drawContours(labels, 12, 8, before!.lut, { ...options, strong: before!.strong }, out);
        drawContours(labels, 12, 8, now!.lut, { ...options, strong: now!.strong }, fresh);
        const only = changedLabels(before!, now!);
        drawContours(labels, 12, 8, now!.lut, { ...options, strong: now!.strong, only }, out);
        expect(out).toEqual(fresh);
      }),
    );
  });

  it('is nothing where nothing is another, and everything where a label comes or goes', () => {
    const lut = Uint32Array.of(0, 5, 6);
    const none = new Set<number>();
    expect(changedLabels({ lut, strong: none }, { lut: lut.slice(), strong: none })).toEqual(
      new Uint8Array(3),
    );
    expect(changedLabels({ lut, strong: none }, { lut, strong: new Set([2]) })).toEqual(
      Uint8Array.of(0, 0, 1),
    );
    expect(changedLabels({ lut, strong: none }, { lut: Uint32Array.of(0, 0, 6), strong: none })).toBe(null);
    expect(changedLabels({ lut, strong: none }, { lut: Uint32Array.of(0, 5), strong: none })).toBe(null);
  });
});

describe('resampleLabels', () => {
  it('takes the nearest label and leaves the outside empty', () => {
    const axis = sourceAxis(6, 1, 2, 2);
    expect([...axis.nearest]).toEqual([-1, 0, 0, 1, 1, -1]);
    const out = new Uint32Array(36);
    resampleLabels(Uint32Array.of(5, 6, 7, 8), 2, axis.nearest, axis.nearest, out);
    expect([...out.subarray(6, 12)]).toEqual([0, 5, 5, 6, 6, 0]);
    expect([...out.subarray(18, 24)]).toEqual([0, 7, 7, 8, 8, 0]);
    expect([...out.subarray(30)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('resampleSmooth', () => {
  it('cuts the corner that stands alone', () => {
    const axis = sourceAxis(8, 0, 4, 2);
    const out = new Uint32Array(64);
    resampleSmooth(Uint32Array.of(1, 0, 0, 0), 2, axis, axis, out);
    const rows = Array.from({ length: 8 }, (_, y) => [...out.subarray(8 * y, 8 * y + 8)].join(''));
    expect(rows.join('/')).toBe('11110000/11110000/11110000/11100000/00000000/00000000/00000000/00000000');
  });

  it('gives every label pixel its own label at its centre', () => {
    const image = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(image, fc.constantFrom(3, 5, 7), (labels, k) => {
        const columns = sourceAxis(6 * k, 0, k, 6);
        const rows = sourceAxis(5 * k, 0, k, 5);
        const out = new Uint32Array(30 * k * k);
        resampleSmooth(Uint32Array.from(labels), 6, columns, rows, out);
        const half = (k - 1) / 2;
        const centres = labels.map(
          (_, i) => out[(Math.floor(i / 6) * k + half) * 6 * k + (i % 6) * k + half],
        );
        expect(centres).toEqual(labels);
      }),
    );
  });
});
