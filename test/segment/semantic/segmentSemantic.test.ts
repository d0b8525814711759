import { describe, expect, it } from 'vitest';
import { createRandom, type NdArray } from '../../../src/array/index.ts';
import type { SemanticManifest, SemanticSession } from '../../../src/model/index.ts';
import { createScratch, type SegmentOptions, segmentFrame } from '../../../src/segment/index.ts';

const manifest: SemanticManifest = {
  name: 'bright is inside',
  kind: 'semantic',
  ndim: 2,
  layout: 'NCHW',
  channels: 1,
  normalise: { method: 'percentiles', low: 1, high: 99.8, perChannel: false },
  outputs: ['out'],
  classes: ['foreground'],
  activation: 'none',
  thresholds: { prob: 0.5 },
  instances: {
    seeds: 'distance',
    seedThreshold: 0.6,
    smoothing: 1,
    minDepth: 0.5,
    minContrast: 0,
    minSize: 10,
    maxHole: 10,
    mergeBelow: null,
    distanceUnit: 'relative',
    spacing: [1, 1, 1],
  },
  divisibleBy: [8, 8],
  halo: [8, 8],
  fixedSize: null,
  bytesPerVoxel: 100,
  objectDiameterPx: null,
  diameterRangePx: null,
};

type Fake = SemanticSession & { runs: string[]; inputs: Float32Array[] };

/** A session whose foreground is the mean over three pixels along x of the input, cut to [0, 1]; sides count as 0. */
function fakeSession(changes: Partial<SemanticManifest> = {}): Fake {
  const m = { ...manifest, ...changes };
  const runs: string[] = [];
  const inputs: Float32Array[] = [];
  return {
    manifest: m,
    device: 'cpu',
    runs,
    inputs,
    close: async () => undefined,
    async run(input, size) {
      const pixels = size.reduce((product, n) => product * n, 1);
      expect(input.length).toBe(pixels * m.channels);
      runs.push(size.join(' x '));
      inputs.push(input.slice());
      const width = size.at(-1)!;
      const plane = new Float32Array(pixels);
      for (let i = 0; i < pixels; i++) {
        const [x, v] = [i % width, (j: number) => input[j]!];
        const sum = (x > 0 ? v(i - 1) : 0) + v(i) + (x < width - 1 ? v(i + 1) : 0);
        plane[i] = Math.min(1, Math.max(0, sum / 3));
      }
      const planes = m.classes.map((c) => (c === 'foreground' ? plane : plane.map((p) => 1 - p)));
      return { planes, ms: 1 };
    },
  };
}

/** Bright discs (balls, half as deep) of radius 7 on a dark ground with a little noise. */
function picture(shape: readonly number[], centres: readonly (readonly number[])[]): NdArray<Uint16Array> {
  const random = createRandom(2);
  const [height, width] = shape.slice(-2) as [number, number];
  const data = Uint16Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
    const at = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width].slice(
      -shape.length,
    );
    const inside = centres.some(
      (centre) =>
        Math.hypot(...centre.map((c, a) => (c - at[a]!) * (shape.length === 3 && a === 0 ? 2 : 1))) <= 7,
    );
    return 100 + random.int(5) + (inside ? 300 : 0);
  });
  return { data, shape };
}

const SHAPE = [61, 90] as const;
const DISCS = [
  [15, 15],
  [15, 28],
  [40, 30],
  [42, 70],
  [20, 83],
] as const;
const image = picture(SHAPE, DISCS);

const segment = (frame: NdArray, session: SemanticSession, options: SegmentOptions = {}) =>
  segmentFrame([frame], 0, session, options);

describe('segmentFrame with a semantic network', () => {
  it('finds discs, touching ones too, with place, size and intensity', async () => {
    const session = fakeSession();
    const { objects, labels, networkMs, warnings } = await segment(image, session);
    expect([objects.count, networkMs, warnings, labels.shape]).toEqual([5, 1, [], [61, 90]]);
    expect(session.runs).toEqual(['64 x 96']);
    for (const [y, x] of DISCS) {
      const row = labels.data[y * 90 + x]! - 1;
      if (x < 80) expect(Math.hypot(objects.y[row]! - y, objects.x[row]! - x)).toBeLessThan(1);
      expect(objects.intensity[row]).toBeGreaterThan(380);
      expect(objects.border[row]).toBe(Number(x > 80));
    }
    expect([...objects.label]).toEqual([1, 2, 3, 4, 5]);
    expect([...objects.prob]).toEqual([...objects.prob].sort((a, b) => b - a));
    expect(objects.prob[4]).toBeGreaterThan(0.8);
  });

  it('gives the same bytes from tiles as from the whole frame', async () => {
    const whole = await segment(image, fakeSession());
    const small = fakeSession({ bytesPerVoxel: 3e5 });
    const tiled = await segment(image, small, { memory: 6e8 });
    expect(small.runs.length).toBeGreaterThan(3);
    expect(tiled.objects).toEqual(whole.objects);
    expect(tiled.labels.data).toEqual(whole.labels.data);
    const fixed = fakeSession({ fixedSize: [40, 48] });
    expect((await segment(image, fixed)).objects.count).toBe(5);
    expect(new Set(fixed.runs)).toEqual(new Set(['40 x 48']));
  });

  it('says when a frame takes more memory than allowed, and segments it all the same', async () => {
    const { objects, warnings } = await segment(image, fakeSession(), { memory: 1e6 });
    expect(objects.count).toBe(5);
    expect(warnings).toEqual([
      expect.stringMatching(/takes about 0\.\d+ GB, more than the 0\.0010 GB allowed/),
    ]);
  });

  it('segments volumes, whole and in tiles', async () => {
    const volume = picture(
      [13, 40, 44],
      [
        [6, 14, 12],
        [6, 26, 30],
      ],
    );
    const changes = { ndim: 3, layout: 'NCDHW', divisibleBy: [2, 4, 4], halo: [1, 4, 4] } as const;
    const session = fakeSession(changes);
    const { objects, labels } = await segment(volume, session);
    expect([objects.count, labels.shape, session.runs]).toEqual([2, [13, 40, 44], ['14 x 40 x 44']]);
    expect([...objects.z].map(Math.round)).toEqual([6, 6]);
    const small = fakeSession({ ...changes, bytesPerVoxel: 1e5 });
    const tiled = await segment(volume, small, { memory: 6e8 });
    expect(small.runs.length).toBeGreaterThan(3);
    expect(tiled.labels.data).toEqual(labels.data);
  });

  it('tells boundaries from insides with a background', async () => {
    const session = fakeSession({ classes: ['background', 'foreground', 'boundary'] });
    session.run = async (input, size) => {
      const inside = input.map((v) => (v > 0.9 ? 0.9 : v > 0.4 ? 0.1 : 0));
      const rim = input.map((v) => (v > 0.4 && v <= 0.9 ? 0.8 : 0));
      expect(size).toEqual([8, 16]);
      return { planes: [inside.map((p, i) => 1 - p - rim[i]!), inside, rim], ms: 1 };
    };
    const rules = { ...manifest.instances, seeds: 'interior', minSize: 1 } as const;
    Object.assign(session.manifest, {
      instances: rules,
      normalise: { method: 'linear', gain: 0.1, offset: 0 },
    });
    // Two insides of 10 with a rim of 6 between and around them.
    const row = [0, 6, 10, 10, 6, 10, 10, 6, 0, 0, 0, 0, 0, 0, 0, 0];
    const frame = {
      data: Uint8Array.from({ length: 128 }, (_, i) => (i >= 32 && i < 64 ? row[i % 16]! : 0)),
      shape: [8, 16],
    };
    const { objects, labels } = await segment(frame, session);
    expect(objects.count).toBe(2);
    expect([...labels.data.subarray(32, 41)].map((l) => Math.sign(l))).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(new Set(labels.data.subarray(33, 36)).size).toBe(1);
    expect(labels.data[34]).not.toBe(labels.data[38]);
  });

  it('feeds mean 0 and deviation 1 over the finite pixels of the frame, or a stated gain and offset', async () => {
    const data = Float32Array.of(1, 2, 3, 6, Number.NaN, 0, 0, 0);
    const standard = fakeSession({
      normalise: { method: 'standard', perChannel: false },
      divisibleBy: [1, 1],
    });
    const { warnings } = await segment({ data, shape: [1, 8] }, standard);
    const mean = 12 / 7;
    const deviation = Math.sqrt([1, 2, 3, 6, 0, 0, 0].reduce((sum, v) => sum + (v - mean) ** 2, 0) / 7);
    for (const [i, v] of data.entries())
      expect(standard.inputs[0]![i]).toBeCloseTo(Number.isNaN(v) ? 0 : (v - mean) / deviation, 5);
    expect(warnings).toEqual(['1 pixels are NaN or infinite and count as background']);
    const linear = fakeSession({ normalise: { method: 'linear', gain: 2, offset: -1 }, divisibleBy: [1, 1] });
    await segment({ data, shape: [1, 8] }, linear);
    expect([...linear.inputs[0]!].map((v) => Number(v.toFixed(5)))).toEqual([1, 3, 5, 11, 0, -1, -1, -1]);
  });

  it('normalises several channels together or each on its own', async () => {
    const [a, b] = [
      { data: Float32Array.of(0, 2), shape: [1, 2] },
      { data: Float32Array.of(0, 20), shape: [1, 2] },
    ] as const;
    const rounded = async (perChannel: boolean): Promise<number[]> => {
      const session = fakeSession({
        channels: 2,
        normalise: { method: 'standard', perChannel },
        divisibleBy: [1, 1],
      });
      await segmentFrame([a, b], [0, 1], session);
      return [...session.inputs[0]!].map((v) => Number(v.toFixed(3)));
    };
    expect(await rounded(true)).toEqual([-1, 1, -1, 1]);
    expect(await rounded(false)).toEqual([-0.654, -0.416, -0.654, 1.724]);
  });

  it.each([
    ['a constant frame', new Float32Array(400).fill(5)],
    ['a frame of NaN', new Float32Array(400).fill(Number.NaN)],
  ])('gives no objects, and a warning, for %s', async (_, data) => {
    const session = fakeSession();
    const { objects, labels, warnings } = await segment({ data, shape: [20, 20] }, session);
    expect([objects.count, session.runs]).toEqual([0, []]);
    expect(labels.data.every((v) => v === 0)).toBe(true);
    expect(warnings.at(-1)).toContain('the frame is empty');
  });

  it('takes frames of any size, one pixel too, and does not depend on what the scratch held', async () => {
    const scratch = createScratch();
    for (const shape of [
      [1, 1],
      [3, 50],
      [61, 90],
      [17, 2],
    ]) {
      const { labels } = await segmentFrame([picture(shape, [])], 0, fakeSession(), {}, scratch);
      expect(labels.shape).toEqual(shape);
    }
    const again = await segmentFrame([image], 0, fakeSession(), {}, scratch);
    expect(again.objects).toEqual((await segment(image, fakeSession())).objects);
  });

  it('refuses a network that gives NaN, volumes for planes, diameters and thresholds that are none', async () => {
    const session = fakeSession();
    session.run = async (input) => ({ planes: [input.map(() => Number.NaN)], ms: 1 });
    await expect(segment(image, session)).rejects.toMatchObject({ tag: 'invalid-data' });
    const volume = { data: new Uint8Array(8), shape: [2, 2, 2] };
    await expect(segment(volume, fakeSession())).rejects.toThrow(
      /must be a plane \(y, x\) for a 2D model, got rank 3/,
    );
    await expect(segment(image, fakeSession(), { objectDiameterPx: 9 })).rejects.toMatchObject({
      tag: 'unsupported',
    });
    await expect(segment(image, fakeSession(), { probThreshold: 1 })).rejects.toMatchObject({
      tag: 'invalid-option',
    });
    await expect(segment(image, fakeSession(), { memory: 0 })).rejects.toMatchObject({
      tag: 'invalid-option',
    });
  });
});
