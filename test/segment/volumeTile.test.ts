import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import { intensityRange } from '../../src/segment/percentiles.ts';
import { volumeRange } from '../../src/segment/volumeRange.ts';
import { cutTile } from '../../src/segment/volumeTile.ts';

const tile = (start: number, length: number) => ({ start, length, from: start, to: start + length });

describe('cutTile', () => {
  // 2 x 3 x 4: voxel (z, y, x) holds 100 z + 10 y + x.
  const data = Uint16Array.from({ length: 24 }, (_, i) => {
    const [z, y, x] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
    return 100 * z + 10 * y + x;
  });

  it('normalises the part that it cuts', () => {
    const out = new Float32Array(4);
    cutTile(data, [2, 3, 4], [tile(1, 1), tile(1, 2), tile(2, 2)], 100, 102, out);
    expect([...out]).toEqual([6, 6.5, 11, 11.5]);
  });

  it('mirrors what lies beyond the end, without repeating the edge', () => {
    const out = new Float32Array(3 * 1 * 8);
    cutTile(data, [2, 3, 4], [tile(0, 3), tile(4, 1), tile(0, 8)], 0, 1, out);
    expect([...out.subarray(0, 8)]).toEqual([0, 1, 2, 3, 2, 1, 0, 1]);
    expect([out[8], out[16]]).toEqual([100, 0]);
  });

  it('starts beyond the end too, where a tile reaches so far', () => {
    const out = new Float32Array(1 * 2 * 3);
    cutTile(data, [2, 3, 4], [tile(1, 1), tile(3, 2), tile(5, 3)], 0, 1, out);
    expect([...out]).toEqual([111, 110, 111, 101, 100, 101]);
  });

  it('repeats a single plane, and takes what is not finite as background', () => {
    const out = new Float32Array(6);
    const plane = Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY);
    cutTile(plane, [1, 1, 3], [tile(0, 2), tile(0, 1), tile(0, 3)], 0, 1, out);
    expect([...out]).toEqual([1, 0, 0, 1, 0, 0]);
  });
});

describe('volumeRange', () => {
  it('is exact up to 2^24 voxels', () => {
    const random = createRandom(2);
    const data = Float32Array.from({ length: 5000 }, () => random.normal());
    expect(volumeRange(data, 50, 1, 99.8)).toEqual(intensityRange(data, 1, 99.8));
  });

  it('samples larger volumes of floats evenly, and still counts every voxel that is not finite', () => {
    const width = 4096;
    const data = new Float32Array(2 ** 24 + width);
    // Uniform in [0, 1) in an order without structure; every column has another offset.
    for (let i = 0; i < data.length; i++)
      data[i] = ((i * 0.6180339887498949) % 1) * 0.5 + (i % width) / (2 * width);
    data[5] = Number.NaN;
    data[1000] = 7;
    const { low, high, max, nonFinite } = volumeRange(data, width, 10, 90);
    // The sum of two uniforms on [0, 1/2): 10 % lie under sqrt(0.1 / 2).
    expect(low).toBeCloseTo(Math.sqrt(0.05), 2.5);
    expect(high).toBeCloseTo(1 - Math.sqrt(0.05), 2.5);
    expect([max, nonFinite]).toEqual([7, 1]);
  });
});
