import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, type Dtype, type TypedArray } from '../../src/array/index.ts';
import { openBands } from '../../src/segment/bands.ts';
import { joinBands } from '../../src/segment/edgeLevel.ts';
import { compactBands, measureBands } from '../../src/segment/measure.ts';
import { paintBands } from '../../src/segment/render2d.ts';

const DTYPES: Dtype[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'];

interface Frame {
  height: number;
  width: number;
  vertices: Float32Array;
  image: TypedArray;
  other: TypedArray;
}

const frames: fc.Arbitrary<Frame> = fc
  .record({
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    dtype: fc.constantFrom(...DTYPES),
    corners: fc.array(fc.integer({ min: -4, max: 22 }), { minLength: 16, maxLength: 48 }),
    greys: fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 162, maxLength: 162 }),
  })
  .map(({ height, width, dtype, corners, greys }) => {
    const n = height * width;
    const [image, other] = [allocate(dtype, n), new Float32Array(n)];
    for (let i = 0; i < n; i++) {
      image[i] = greys[i]!;
      other[i] = greys[n + i]! > 80 ? Number.NaN : greys[n + i]!;
    }
    const vertices = Float32Array.from(corners.slice(0, 16 * Math.floor(corners.length / 16)), (v) => v / 2);
    return { height, width, vertices, image, other };
  });

/** All steps of a frame's labels, in bands of so many pixels. */
function decode({ height, width, vertices, image, other }: Frame, most = 2 ** 22) {
  const labels = new Uint32Array(height * width).fill(9);
  const bands = openBands(labels, height, width, { blank: true, most });
  paintBands(bands, vertices, 8);
  const visible = compactBands(bands, vertices.length / 16);
  joinBands(bands, image, visible.length, 0.5);
  const shape = [height, width];
  const channels = [image, other].map((data) => ({ data, shape }));
  const objects = measureBands(bands, 1, height, new Float32Array(visible.length), channels);
  bands.close();
  return { labels, visible, objects };
}

describe('openBands', () => {
  it('gives the same labels and measures whatever the rows of a band', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 80 }), (frame, most) => {
        expect(decode(frame, most)).toEqual(decode(frame));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same labels and measures whatever the type of the image', () => {
    fc.assert(
      fc.property(frames, fc.constantFrom(...DTYPES), (frame, dtype) => {
        const image = allocate(dtype, frame.image.length);
        image.set(frame.image);
        expect(decode({ ...frame, image })).toEqual(decode(frame));
      }),
      { numRuns: 200 },
    );
  });

  it('lets a band see the rows beside it as they were before the step', () => {
    // A column of which every second row is one band: an edge that grew twice would reach the last row.
    const labels = Uint32Array.of(1, 0, 0, 0, 0, 0);
    const bands = openBands(labels, 6, 1, { most: 1 });
    joinBands(bands, Uint8Array.of(9, 9, 9, 0, 0, 0), 1, 0.5);
    bands.close();
    expect([...labels]).toEqual([1, 1, 0, 0, 0, 0]);
  });
});
