import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NdArray } from '../../src/array/index.ts';
import type { PlaneManifest, PlaneSession, VolumeManifest, VolumeSession } from '../../src/model/index.ts';
import { segmentFrame } from '../../src/segment/index.ts';
import { intensityRange } from '../../src/segment/percentiles.ts';
import { volumeRange } from '../../src/segment/volumeRange.ts';
import { starCommon } from '../helpers/manifests.ts';

const common = {
  ...starCommon,
  name: 'stained',
  channels: 3,
  nRays: 8,
  normalise: { low: 0, high: 100 },
  thresholds: { prob: 0.5, nms: 0.4 },
} as const;

type Inputs = { input: Float32Array; size: number[] }[];

/** A session that remembers what it is given and sees nothing. */
function planes(changes: Partial<PlaneManifest> = {}): PlaneSession & { seen: Inputs } {
  const manifest: PlaneManifest = {
    ...common,
    ndim: 2,
    layout: 'NHWC',
    grid: [1, 1],
    divisibleBy: [2, 4],
    halo: [0, 0],
    outline: 'centre',
    edgeLevel: null,
    keep: null,
    fixedSize: null,
    ...changes,
  };
  const seen: Inputs = [];
  return {
    manifest,
    device: 'cpu',
    seen,
    close: async () => undefined,
    async run(input, height, width) {
      seen.push({ input: input.slice(), size: [height, width] });
      const area = height * width;
      return { height, width, prob: new Float32Array(area), dist: new Float32Array(8 * area), ms: 1 };
    },
  };
}

function volumes(): VolumeSession & { seen: Inputs } {
  const manifest: VolumeManifest = {
    ...common,
    channels: 2,
    ndim: 3,
    layout: 'NCDHW',
    grid: [1, 1, 1],
    divisibleBy: [1, 1, 1],
    halo: [0, 0, 0],
    fixedSize: null,
    rays: { name: 'golden-spiral', n: 8, anisotropy: [1, 1, 1] },
    bytesPerVoxel: 100,
  };
  const seen: Inputs = [];
  return {
    manifest,
    device: 'cpu',
    seen,
    close: async () => undefined,
    async run(input, depth, height, width) {
      seen.push({ input: input.slice(), size: [depth, height, width] });
      const n = depth * height * width;
      return { depth, height, width, prob: new Float32Array(n), dist: new Float32Array(8 * n), ms: 1 };
    },
  };
}

const image = (...values: number[]): NdArray<Uint8Array> => ({
  data: Uint8Array.from(values),
  shape: [1, 3],
});
const red = image(0, 10, 20);
const green = image(100, 50, 0);
const blue = image(20, 20, 20);

describe('segmentFrame with a network of several channels', () => {
  it('normalises the channels together, pads each, and keeps the order asked for', async () => {
    const session = planes();
    const { objects } = await segmentFrame([red, green, blue], [2, 0, 1], session);
    const [{ input, size }] = session.seen as [Inputs[0]];
    expect(size).toEqual([2, 4]);
    const plane = (a: number, b: number, c: number): number[] => [a, b, c, b, a, b, c, b];
    const expected = [...plane(0.2, 0.2, 0.2), ...plane(0, 0.1, 0.2), ...plane(1, 0.5, 0)];
    expect(input.length).toBe(24);
    expected.forEach((value, i) => void expect(input[i]).toBeCloseTo(value, 6));
    expect(objects.nChannels).toBe(3);
  });

  it('normalises each channel on its own where the model says so, a constant one to 0', async () => {
    const session = planes({ normalise: { low: 0, high: 100, perChannel: true } });
    const { warnings } = await segmentFrame([red, green, blue], [0, 1, 2], session);
    const [{ input }] = session.seen as [Inputs[0]];
    const rows = [0, 1, 2].map((c) => [...input.subarray(c * 8, c * 8 + 3)]);
    expect(rows).toEqual([
      [0, 0.5, 1],
      [1, 0.5, 0],
      [0, 0, 0],
    ]);
    expect(warnings).toEqual([]);
  });

  it('warns of a frame that is empty in every channel and runs nothing', async () => {
    const session = planes();
    const { objects, warnings } = await segmentFrame([blue, blue, blue], [0, 1, 2], session);
    expect([objects.count, session.seen.length]).toEqual([0, 0]);
    expect(warnings).toEqual([expect.stringMatching(/the frame is empty/)]);
  });

  it('cuts tiles out of every channel', async () => {
    const values = Uint8Array.from({ length: 8 * 12 }, (_, i) => i);
    const channel = (c: number): NdArray => ({ data: values.map((v) => (v + 50 * c) % 256), shape: [8, 12] });
    const frame = [channel(0), channel(1), channel(2)];
    const session = planes({ fixedSize: [4, 4], divisibleBy: [4, 4] });
    await segmentFrame(frame, [0, 1, 2], session);
    const { low, high } = intensityRange(
      frame.map(({ data }) => data),
      0,
      100,
    );
    expect(session.seen).toHaveLength(6);
    for (const [k, { input }] of session.seen.entries()) {
      const [y0, x0] = [Math.floor(k / 3) * 4, (k % 3) * 4];
      for (let i = 0; i < 48; i++) {
        const [c, y, x] = [Math.floor(i / 16), Math.floor(i / 4) % 4, i % 4];
        const raw = frame[c]!.data[(y0 + y) * 12 + x0 + x]!;
        expect(input[i]).toBeCloseTo((raw - low) / (high - low), 6);
      }
    }
  });

  it('gives volumes as channel volumes', async () => {
    const session = volumes();
    const volume = (...values: number[]): NdArray => ({ data: Float32Array.from(values), shape: [2, 1, 2] });
    await segmentFrame([volume(0, 1, 2, 3), volume(9, 4, 4, 10)], [1, 0], session);
    expect([...session.seen[0]!.input].map((v) => Math.round(v * 10))).toEqual([9, 4, 4, 10, 0, 1, 2, 3]);
  });

  it('refuses another number of channels than the network takes, and channels that are not there', async () => {
    await expect(segmentFrame([red], 0, planes())).rejects.toThrow(
      'the model stained takes 3 channels, got 1',
    );
    await expect(segmentFrame([red, green], [0, 1, 2], planes())).rejects.toMatchObject({
      tag: 'invalid-option',
      message: 'segment: the channel to segment must lie in [0, 2), got 2',
    });
  });
});

describe('percentiles of several channels', () => {
  it('are those of all their pixels put together', () => {
    const bytes = fc.uint8Array({ minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(bytes, bytes, fc.constantFrom(Uint8Array, Int16Array, Float32Array), (a, b, type) => {
        const both = type.from([...a, ...b]);
        const expected = intensityRange(both, 1, 99.8);
        expect(intensityRange([type.from(a), type.from(b)], 1, 99.8)).toEqual(expected);
        const half = Math.floor(both.length / 2);
        const halves = [both.slice(0, half), both.slice(half, 2 * half)];
        expect(volumeRange(halves, 2, 1, 99.8)).toEqual(intensityRange(both.slice(0, 2 * half), 1, 99.8));
      }),
    );
  });
});
