import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBands } from '../../src/segment/bands.ts';
import { copyOut, kernels, put, roomFor, typeOf, zerosFor } from '../../src/segment/compiled.ts';
import { decode2d } from '../../src/segment/decode2d.ts';
import { findPieces } from '../../src/segment/pieces.ts';
import { findPieces as findPlainly } from '../helpers/plain/pieces.ts';

const WIDTH = 24;
const HEIGHT = 16;

/** A box of pixels that have one label and one grey value. */
type Box = readonly [label: number, grey: number, y: number, x: number, height: number, width: number];

/** Nuclei of 6 x 6 pixels, 36 each, which say how large one is usually. */
const NUCLEI: readonly Box[] = [
  [1, 100, 0, 0, 6, 6],
  [2, 100, 0, 8, 6, 6],
  [3, 100, 0, 16, 6, 6],
  [4, 100, 10, 16, 6, 6],
];

function draw(boxes: readonly Box[]): { labels: Uint32Array; image: Float32Array } {
  const labels = new Uint32Array(HEIGHT * WIDTH);
  const image = new Float32Array(HEIGHT * WIDTH).fill(10);
  for (const [label, grey, top, left, height, width] of boxes)
    for (let y = top; y < top + height; y++)
      for (let x = left; x < left + width; x++) {
        if (label > 0) labels[y * WIDTH + x] = label;
        image[y * WIDTH + x] = grey;
      }
  return { labels, image };
}

function piecesOf(boxes: readonly Box[], count: number): number[] | null {
  const { labels, image } = draw(boxes);
  const names = findPieces(openBands(labels, HEIGHT, WIDTH), image, count, 10);
  return names && [...names];
}

describe('findPieces', () => {
  it('joins two halves of a plate under the better label, and numbers on without holes', () => {
    const plate: Box[] = [
      [5, 200, 8, 2, 3, 4],
      [7, 190, 8, 6, 3, 4],
      [6, 100, 13, 2, 3, 4],
    ];
    expect(piecesOf([...NUCLEI, ...plate], 7)).toEqual([0, 1, 2, 3, 4, 5, 6, 5]);
  });

  it('joins three pieces in a row', () => {
    const plate: Box[] = [
      [7, 200, 8, 2, 2, 3],
      [5, 200, 8, 5, 2, 3],
      [6, 200, 8, 8, 2, 3],
    ];
    expect(piecesOf([...NUCLEI, ...plate], 7)).toEqual([0, 1, 2, 3, 4, 5, 5, 5]);
  });

  const left: Box = [5, 200, 8, 2, 4, 3];
  it.each<[string, readonly Box[]]>([
    ['with a valley between them', [left, [6, 200, 8, 5, 4, 3], [0, 60, 8, 4, 4, 2], [0, 200, 8, 2, 4, 1]]],
    ['that are as large as a nucleus together', [left, [6, 200, 8, 5, 4, 5]]],
    ['that meet at one pixel pair', [left, [6, 200, 11, 5, 4, 3]]],
    ['that lie apart', [left, [6, 200, 8, 6, 4, 3]]],
    [
      'darker than the background',
      [
        [5, 4, 8, 2, 4, 3],
        [6, 3, 8, 5, 4, 3],
        [0, 30, 8, 4, 4, 1],
      ],
    ],
    [
      'without a grey value',
      [
        [5, Number.NaN, 8, 2, 4, 3],
        [6, Number.NaN, 8, 5, 4, 3],
      ],
    ],
  ])('leaves objects %s as they are', (_, boxes) => {
    expect(piecesOf([...NUCLEI, ...boxes], 6)).toBeNull();
  });

  it('leaves a frame without objects as it is', () => {
    expect(piecesOf([], 0)).toBeNull();
  });

  it('names every label 1 to n in order, joins only what touches, and nothing into more than most of a usual object', () => {
    const box = fc.tuple(
      fc.integer({ min: 20, max: 250 }),
      fc.nat(HEIGHT - 4),
      fc.nat(WIDTH - 4),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(fc.array(box, { minLength: 2, maxLength: 24 }), (drawn) => {
        const { labels, image } = draw(drawn.map((values, k) => [k + 1, ...values]));
        const used = [...new Set(labels)].filter((label) => label > 0).sort((a, b) => a - b);
        const compact = labels.map((label) => used.indexOf(label) + 1);
        const names = findPieces(openBands(compact, HEIGHT, WIDTH), image, used.length, 10);
        if (names === null) return;
        const firsts = [...new Set(names)];
        expect(firsts).toEqual(firsts.map((_, i) => i));
        const size = (of: Uint32Array, label: number): number => of.filter((v) => v === label).length;
        const after = compact.map((label) => names[label]!);
        const sizes = used.map((_, k) => size(compact, k + 1)).sort((a, b) => a - b);
        for (let label = 1; label < firsts.length; label++) {
          const members = used.map((_, k) => k + 1).filter((k) => names[k] === label);
          if (members.length < 2) continue;
          expect(size(after, label)).toBeLessThan(sizes[sizes.length >> 1]!);
          for (const member of members) expect(touches(compact, member, members)).toBe(true);
        }
      }),
    );
  });
});

/** Labels 1..n without holes of boxes drawn over one another, small ones last, with an image of one of the types. */
const crowd = fc
  .record({
    width: fc.integer({ min: 5, max: 40 }),
    height: fc.integer({ min: 1, max: 40 }),
    boxes: fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.constantFrom(2, 3, 7, 7, 8)), {
      minLength: 20,
      maxLength: 60,
    }),
    greys: fc.array(fc.integer({ min: 90, max: 127 }), { minLength: 7, maxLength: 7 }),
    type: fc.constantFrom(Uint8Array, Int16Array, Uint16Array, Int32Array, Float32Array, Float64Array),
  })
  .map(({ width, height, boxes, greys, type }) => {
    const drawn = new Uint32Array(height * width);
    for (const [label, [top, left, side]] of boxes.sort((a, b) => b[2] - a[2]).entries())
      for (let y = top; y < Math.min(height, top + side); y++)
        for (let x = left; x < Math.min(width, left + side); x++) drawn[y * width + x] = label + 1;
    const used = [...new Set(drawn)].filter((label) => label > 0).sort((a, b) => a - b);
    const names = new Map(used.map((label, i) => [label, i + 1]));
    const labels = drawn.map((label) => names.get(label) ?? 0);
    const image = new type(drawn.length);
    for (let i = 0; i < image.length; i++) image[i] = greys[i % 7]!;
    if (image instanceof Float32Array) image[image.length >> 1] = Number.NaN;
    return { width, height, labels, image, count: used.length };
  });

describe('the kernels of findPieces', () => {
  it('find what plain loops find, in every type of image, in one band or in many', () => {
    fc.assert(
      fc.property(
        crowd,
        fc.integer({ min: 1, max: 400 }),
        ({ width, height, labels, image, count }, most) => {
          const plain = findPlainly(labels, image, [height, width], count, 10);
          expect(findPieces(openBands(labels, height, width), image, count, 10)).toEqual(plain);
          expect(findPieces(openBands(labels, height, width, { most }), image, count, 10)).toEqual(plain);
        },
      ),
    );
  });

  it('make room for more borders than there are objects', () => {
    const [side, count] = [60, 12];
    const labels = Uint32Array.from({ length: side * side }, (_, i) => (i * i + (i >> 3)) % (count + 1));
    const pairs = new Map<string, number>();
    const meet = (i: number, j: number): void => {
      const [a, b] = [labels[i]!, labels[j]!].sort((p, q) => p - q);
      if (a !== 0 && a !== b) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + 1);
    };
    for (let i = 0; i < labels.length; i++) {
      if (i % side < side - 1) meet(i, i + 1);
      if (i + side < labels.length) meet(i, i + side);
    }
    kernels().clear();
    const [place, sizes] = [put(labels), zerosFor(8 * (count + 1))];
    kernels().openBorders(1);
    kernels().findBorders(typeOf(labels), place, place, side, side, 0, side, sizes);
    const found = new Uint32Array(6 * kernels().countBorders());
    const out = roomFor(found.byteLength);
    kernels().takeBorders(out);
    copyOut(out, found);
    const counted = new Map<string, number>();
    const numbers = new Float64Array(found.buffer);
    for (let i = 0; i < found.length / 6; i++) {
      counted.set(`${found[6 * i]} ${found[6 * i + 1]}`, numbers[3 * i + 1]!);
      expect(numbers[3 * i + 2]).toBe((numbers[3 * i + 1]! * (found[6 * i]! + found[6 * i + 1]!)) / 2);
    }
    expect(pairs.size).toBeGreaterThan(30);
    expect(counted).toEqual(pairs);
  });
});

/** Whether a label has another one of `members` beside it. */
function touches(labels: Uint32Array, label: number, members: readonly number[]): boolean {
  return labels.some((own, i) => {
    if (own !== label) return false;
    const beside = [i + WIDTH, i - WIDTH];
    if (i % WIDTH < WIDTH - 1) beside.push(i + 1);
    if (i % WIDTH > 0) beside.push(i - 1);
    return beside.some((j) => labels[j] !== undefined && labels[j] !== own && members.includes(labels[j]!));
  });
}

describe('decode2d with an edge level', () => {
  /** Five discs of radius 8, and two of radius 4 side by side in one bright body, best first. */
  const discs = [
    [15, 15, 8],
    [15, 45, 8],
    [45, 15, 8],
    [45, 75, 8],
    [15, 75, 8],
    [45, 42, 4],
    [45, 49, 4],
  ] as const;
  const [height, width] = [60, 90];
  const candidates = {
    count: discs.length,
    nRays: 32,
    prob: Float32Array.from(discs, (_, i) => 0.9 - i / 20),
    index: Uint32Array.from(discs.keys()),
    y: Float64Array.from(discs, ([y]) => y),
    x: Float64Array.from(discs, ([, x]) => x),
    dist: Float32Array.from({ length: 32 * discs.length }, (_, i) => discs[Math.floor(i / 32)]![2]),
  };
  const image = Float32Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const body = Math.abs(y - 45) <= 4 && Math.abs(x - 45.5) <= 7;
    return body ? 200 : discs.some(([v, u, r]) => r === 8 && Math.hypot(y - v, x - u) <= r) ? 100 : 10;
  });

  it.each([
    ['one', { share: 0.5 }, 6],
    ['two', undefined, 7],
  ])('makes %s of two candidates in one body, and measures what it drew', (_, level, count) => {
    const labels = new Uint32Array(height * width);
    const plane = { data: image, shape: [height, width] };
    const edge = level && { image: plane, ...level };
    const { objects } = decode2d(
      candidates,
      { nmsThreshold: 0.3 },
      labels,
      height,
      width,
      [plane],
      undefined,
      edge,
    );
    expect(objects.count).toBe(count);
    expect(new Set(labels)).toEqual(new Set(Array.from({ length: count + 1 }, (_, i) => i)));
    expect(objects.prob[5]).toBeCloseTo(0.65, 4);
    const pixels = Array.from(labels.keys()).filter((i) => labels[i] === 6);
    expect(objects.size[5]).toBe(pixels.length);
    expect(objects.x[5]).toBeCloseTo(pixels.reduce((sum, i) => sum + (i % width), 0) / pixels.length, 6);
  });
});
