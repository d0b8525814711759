import { describe, expect, it } from 'vitest';
import { renderFrame, resolveOptions, simulateLife } from '../../datasets/simulator/index.ts';
import { createRandom, type NdArray } from '../../src/array/index.ts';
import type { Triple, VolumeManifest, VolumeSession } from '../../src/model/index.ts';
import { centreOf } from '../../src/segment/candidates3d.ts';
import { createCones } from '../../src/segment/cones.ts';
import { createScratch, type SegmentOptions, segmentFrame } from '../../src/segment/index.ts';
import { planVolume } from '../../src/segment/planVolume.ts';
import { predictVolume } from '../../src/segment/predict3d.ts';
import { goldenSpiral } from '../../src/segment/rays3d.ts';
import { cutResizedTile, planResize } from '../../src/segment/resizeVolume.ts';
import { suppressOverlaps3d } from '../../src/segment/suppress3d.ts';
import { starTargets } from '../helpers/starTargets.ts';

const manifest: VolumeManifest = {
  name: 'bright balls',
  kind: 'stardist',
  ndim: 3,
  layout: 'NCDHW',
  channels: 1,
  grid: [1, 2, 2],
  nRays: 32,
  divisibleBy: [2, 4, 4],
  halo: [8, 16, 16],
  normalise: { low: 1, high: 99.8 },
  thresholds: { prob: 0.5, nms: 0.3 },
  objectDiameterPx: null,
  diameterRangePx: null,
  probActivation: 'none',
  outputs: { prob: 'prob', dist: 'dist' },
  concatenated: false,
  sparseLattice: false,
  border: 2,
  borderRule: 'frame',
  fixedSize: null,
  rays: { name: 'golden-spiral', n: 32, anisotropy: [2, 1, 1] },
  bytesPerVoxel: 700,
};

/** A session that sees bright objects perfectly: targets of the components of what is brighter than half. */
function fakeSession(changes: Partial<VolumeManifest> = {}): VolumeSession & { runs: Triple[] } {
  const m = { ...manifest, ...changes };
  const rays = goldenSpiral(m.nRays, m.rays.anisotropy);
  const runs: Triple[] = [];
  return {
    manifest: m,
    device: 'cpu',
    runs,
    close: async () => undefined,
    async run(input, depth, height, width) {
      const shape: Triple = [depth, height, width];
      expect(input.length).toBe(depth * height * width);
      runs.push(shape);
      const { prob, dist, size } = starTargets(components(input, shape), shape, rays, m.grid);
      return { depth: size[0], height: size[1], width: size[2], prob, dist, ms: 1 };
    },
  };
}

/** Labels of the 6-connected parts over 0.5. */
function components(input: Float32Array, [depth, height, width]: Triple): Uint32Array {
  const labels = new Uint32Array(input.length);
  let label = 0;
  for (let seed = 0; seed < input.length; seed++) {
    if (labels[seed] !== 0 || input[seed] <= 0.5) continue;
    label++;
    const open = [seed];
    labels[seed] = label;
    while (open.length > 0) {
      const i = open.pop() as number;
      const [z, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      for (const [ok, j] of [
        [z > 0, i - height * width],
        [z < depth - 1, i + height * width],
        [y > 0, i - width],
        [y < height - 1, i + width],
        [x > 0, i - 1],
        [x < width - 1, i + 1],
      ] as [boolean, number][]) {
        if (!ok || labels[j] !== 0 || input[j] <= 0.5) continue;
        labels[j] = label;
        open.push(j);
      }
    }
  }
  return labels;
}

/** Balls of radius 6 (3 along z) on a dark ground with a little noise. */
function picture(shape: Triple, centres: readonly Triple[]): NdArray<Uint16Array> {
  const random = createRandom(1);
  const [depth, height, width] = shape;
  const data = Uint16Array.from({ length: depth * height * width }, () => 100 + random.int(5));
  for (let i = 0, z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++)
        if (centres.some(([cz, cy, cx]) => Math.hypot(2 * (z - cz), y - cy, x - cx) <= 6.2)) data[i] += 200;
  return { data, shape };
}

const shape: Triple = [15, 62, 75];
const balls: Triple[] = [
  [7, 20, 20],
  [7, 20, 50],
  [6, 45, 34],
  [9, 48, 60],
];
const image = picture(shape, balls);

const segment = (frame: NdArray, options: SegmentOptions = {}, session: VolumeSession = fakeSession()) =>
  segmentFrame([frame], 0, session, options);

describe('segmentFrame on volumes', () => {
  it('finds balls with their place, size and intensity', async () => {
    const { objects, labels, networkMs, warnings } = await segment(image);
    expect([objects.count, networkMs, warnings, labels.shape]).toEqual([4, 1, [], [15, 62, 75]]);
    for (const [cz, cy, cx] of balls) {
      const row = labels.data[(cz * 62 + cy) * 75 + cx] - 1;
      expect(Math.hypot(objects.z[row] - cz, objects.y[row] - cy, objects.x[row] - cx)).toBeLessThan(0.5);
      expect(Math.abs(objects.size[row] / ((4 / 3) * Math.PI * 6.2 ** 3 * 0.5) - 1)).toBeLessThan(0.2);
      expect(objects.intensity[row]).toBeGreaterThan(290);
      expect(objects.border[row]).toBe(0);
    }
    expect([...objects.label]).toEqual([1, 2, 3, 4]);
    expect([...objects.prob]).toEqual([...objects.prob].sort((a, b) => b - a));
  });

  it('gives the same bytes from tiles as from the whole volume', async () => {
    const whole = fakeSession();
    const expected = await segment(image, {}, whole);
    expect(whole.runs).toEqual([[16, 64, 76]]);
    const tiled = fakeSession({ bytesPerVoxel: 70_000 });
    const found = await segment(image, {}, tiled);
    expect(tiled.runs.length).toBeGreaterThan(3);
    expect(found.objects).toEqual(expected.objects);
    expect(found.labels.data).toEqual(expected.labels.data);
  });

  it('cuts volumes into the one size that a model takes', async () => {
    const session = fakeSession({ fixedSize: [18, 48, 48], divisibleBy: [18, 48, 48], halo: [4, 16, 16] });
    const { objects } = await segment(image, {}, session);
    expect(objects.count).toBe(4);
    expect(new Set(session.runs.map(String))).toEqual(new Set(['18,48,48']));
  });

  it('says when a volume takes more memory than allowed, and segments it all the same', async () => {
    const { objects, warnings } = await segment(image, { memory: 1e6 });
    expect(objects.count).toBe(4);
    expect(warnings).toEqual([
      expect.stringMatching(/takes about 0\.\d+ GB, more than the 0\.0010 GB allowed/),
    ]);
  });

  it('measures every channel under the labels of one', async () => {
    const other = { data: new Float32Array(image.data.length).fill(7), shape };
    const { objects } = await segmentFrame([other, image], 1, fakeSession());
    expect([objects.count, objects.nChannels]).toEqual([4, 2]);
    for (let row = 0; row < 4; row++) expect(objects.intensity[row * 2]).toBe(7);
  });

  it.each([
    ['a constant volume', new Float32Array(400).fill(5)],
    ['a volume of NaN', new Float32Array(400).fill(Number.NaN)],
  ])('gives no objects, and a warning, for %s', async (_, data) => {
    const session = fakeSession();
    const { objects, labels, warnings } = await segment({ data, shape: [4, 10, 10] }, {}, session);
    expect([objects.count, session.runs]).toEqual([0, []]);
    expect(labels.data.every((v) => v === 0)).toBe(true);
    expect(warnings.at(-1)).toContain('the frame is empty');
  });

  it('takes volumes of any size, one plane or one voxel too', async () => {
    const scratch = createScratch();
    for (const size of [
      [1, 40, 40],
      [2, 33, 1],
      [1, 1, 1],
      [5, 30, 30],
      [7, 3, 50],
    ] as const) {
      const frame = picture(size, [[size[0] >> 1, size[1] >> 1, size[2] >> 1]]);
      const { objects, labels } = await segmentFrame([frame], 0, fakeSession(), {}, scratch);
      expect(labels.shape).toEqual([...size]);
      expect(labels.data.reduce((a, b) => Math.max(a, b), 0)).toBe(objects.count);
      if (size[1] >= 30 && size[2] >= 30) expect(objects.count).toBe(1);
    }
  });

  it('does not depend on what the scratch held before', async () => {
    const scratch = createScratch();
    const isotropic = fakeSession({
      nRays: 16,
      rays: { name: 'golden-spiral', n: 16, anisotropy: [1, 1, 1] },
    });
    await segmentFrame([picture([20, 40, 40], [[10, 20, 20]])], 0, isotropic, {}, scratch);
    const again = await segmentFrame([image], 0, fakeSession(), {}, scratch);
    const fresh = await segment(image);
    expect(again.objects).toEqual(fresh.objects);
    expect(again.labels).toEqual(fresh.labels);
  });

  it('refuses a network that gives NaN', async () => {
    const session = fakeSession();
    const { run } = session;
    session.run = async (...args) => {
      const output = await run(...args);
      output.prob.fill(Number.NaN);
      return output;
    };
    await expect(segment(image, {}, session)).rejects.toMatchObject({ tag: 'invalid-data' });
  });

  it('refuses planes, diameters and a budget of nothing', async () => {
    const plane = { data: new Uint8Array(16), shape: [4, 4] };
    await expect(segment(plane)).rejects.toThrow(/must be a volume \(z, y, x\) for a 3D model, got rank 2/);
    await expect(segment(image, { objectDiameterPx: 9 })).rejects.toMatchObject({
      tag: 'invalid-option',
      message: expect.stringMatching(/must state objectDiameterPx to be used with an object diameter/),
    });
    await expect(segment(image, { memory: 0 })).rejects.toMatchObject({ tag: 'invalid-option' });
  });
});

/** The volume with a plane, row and column between any two, in which objects are twice as large. */
function doubled({ data, shape: [depth, height, width] }: NdArray): NdArray<Float32Array> {
  const given: Triple = [depth, height, width];
  const resize = planResize(given, [2, 2, 2]);
  const [tz, ty, tx] = resize.shape.map((length) => ({ start: 0, length, from: 0, to: length }));
  const out = new Float32Array(tz.length * ty.length * tx.length);
  cutResizedTile(data, given, resize, [tz, ty, tx], 0, 1, out);
  return { data: out, shape: resize.shape };
}

describe('segmentFrame on volumes with an object diameter', () => {
  const large = doubled(image);
  const sessionFor = (changes: Partial<VolumeManifest> = {}) =>
    fakeSession({ objectDiameterPx: 12, thresholds: { prob: 0.5, nms: 0.3 }, ...changes });

  it.each([
    ['all axes', null, [[16, 64, 76]]],
    ['y and x alone, where the model knows the shape of the voxels', [1, 3], [[30, 64, 76]]],
  ] as [string, [number, number] | null, Triple[]][])(
    'finds the same objects in a volume of twice the resolution by resizing %s',
    async (_, anisotropyRange, runs) => {
      const session = sessionFor({ anisotropyRange });
      const small = await segment(image, {}, sessionFor());
      const options = { objectDiameterPx: 24, voxelSize: [1, 0.5, 0.5] as const };
      const { objects, labels, weak } = await segment(large, options, session);
      expect(session.runs).toEqual(runs);
      expect(labels.shape).toEqual([29, 123, 149]);
      expect(objects.count).toBe(small.objects.count);
      for (let row = 0; row < objects.count; row++) {
        const at = [objects.z[row] / 2, objects.y[row] / 2, objects.x[row] / 2].map(Math.round) as [
          number,
          number,
          number,
        ];
        const same = small.labels.data[(at[0] * 62 + at[1]) * 75 + at[2]] - 1;
        expect(same).toBeGreaterThanOrEqual(0);
        expect(Math.abs(objects.z[row] / 2 - small.objects.z[same])).toBeLessThan(1);
        expect(Math.abs(objects.y[row] / 2 - small.objects.y[same])).toBeLessThan(1);
        expect(Math.abs(objects.x[row] / 2 - small.objects.x[same])).toBeLessThan(1);
        expect(Math.abs(objects.size[row] / 8 / small.objects.size[same] - 1)).toBeLessThan(0.15);
      }
      expect(weak?.anisotropy).toEqual(anisotropyRange === null ? [1, 0.5, 0.5] : [2, 0.5, 0.5]);
    },
  );

  it('gives the same bytes from tiles as from the whole volume', async () => {
    const options = { objectDiameterPx: 24, voxelSize: [1, 0.5, 0.5] as const };
    const expected = await segment(large, options, sessionFor());
    const tiled = sessionFor({ bytesPerVoxel: 70_000 });
    const found = await segment(large, options, tiled);
    expect(tiled.runs.length).toBeGreaterThan(3);
    expect(found.objects).toEqual(expected.objects);
    expect(found.labels.data).toEqual(expected.labels.data);
    expect(found.weak).toEqual(expected.weak);
  });

  it('is the plain way where the objects have the model’s own size', async () => {
    const { networkMs: _, ...expected } = await segment(image, {}, sessionFor());
    const labels = expected.labels.data.slice();
    const found = await segment(image, { objectDiameterPx: 12, voxelSize: [2, 1, 1] }, sessionFor());
    expect(found.objects).toEqual(expected.objects);
    expect(found.labels.data).toEqual(labels);
  });
});

describe('predictVolume', () => {
  it('keeps the same best candidates from any tiles when there are too many', async () => {
    const predict = async (most: number, bytesPerVoxel: number) => {
      const session = fakeSession({ bytesPerVoxel });
      const plan = { ...planVolume(shape, session.manifest, 0, 2e9), maxCandidates: most };
      const { candidates, found } = await predictVolume(
        [image],
        [[100, 300]],
        plan,
        session,
        0.3,
        createScratch(),
      );
      const rows = Array.from({ length: candidates.count }, (_, row) => row);
      const texts = rows.map((row) => `${candidates.prob[row]} ${candidates.index[row]}`);
      const nPeaks = candidates.peak.subarray(0, candidates.count).reduce((sum, peak) => sum + peak, 0);
      return { found, nPeaks, kept: texts.sort() };
    };
    const all = await predict(1e6, 700);
    expect(all.found).toBe(all.kept.length);
    expect(all.found).toBeGreaterThan(200);
    const [whole, tiled] = [await predict(100, 700), await predict(100, 70_000)];
    expect([whole.found, tiled]).toEqual([all.found, whole]);
    expect(whole.nPeaks).toBe(whole.kept.length);
    expect(all.nPeaks).toBe(whole.kept.length);
    // Every ball keeps its best candidate.
    expect(whole.kept.length).toBeLessThanOrEqual(100);
    expect(whole.kept.length).toBeGreaterThanOrEqual(4);
    expect(all.kept).toEqual(expect.arrayContaining(whole.kept));
    const few = [await predict(3, 700), await predict(3, 70_000)];
    expect(few[0].kept).toHaveLength(2);
    expect(few[1]).toEqual(few[0]);
    expect(whole.kept).toEqual(expect.arrayContaining(few[0].kept));
  });

  it('finds the same objects from the best of each neighbourhood', async () => {
    const session = fakeSession();
    const plan = planVolume(shape, session.manifest, 0, 2e9);
    const cones = createCones(goldenSpiral(32, [2, 1, 1]));
    const centres = async (maxCandidates: number): Promise<string[]> => {
      const limited = { ...plan, maxCandidates };
      const { candidates } = await predictVolume(
        [image],
        [[100, 300]],
        limited,
        session,
        0.3,
        createScratch(),
      );
      return [...suppressOverlaps3d(candidates, 0.3, cones)].map((row) => String(centreOf(candidates, row)));
    };
    expect(await centres(100)).toEqual(await centres(1e6));
    expect(await centres(100)).toHaveLength(4);
  });
});

describe('segmentFrame on simulated embryos, seen perfectly', () => {
  // With nuclei of 3 voxels depth the flat faces between 96 rays cost some 8 % of IoU; mitotic plates are the smallest.
  it.each([
    [0, 0.85],
    [11, 0.8],
  ])('gives back the true labels of frame %d at IoU %d', async (t, iou) => {
    const options = resolveOptions({ preset: '3d', frames: 12, seed: 3 });
    const { image: frame, labels: truth } = renderFrame(simulateLife(options), t, options);
    const anisotropy = options.voxelSize.map((s) => s / options.voxelSize[2]) as unknown as Triple;
    const targets = starTargets(truth.data, options.shape, goldenSpiral(96, anisotropy), [1, 2, 2]);
    const [depth, height, width] = targets.size;
    const session: VolumeSession = {
      ...fakeSession({ nRays: 96, rays: { name: 'golden-spiral', n: 96, anisotropy } }),
      run: async () => ({ ...targets, depth, height, width, ms: 1 }),
    };
    const { labels, objects } = await segment(frame, {}, session);
    expect(matchedF1(truth.data, labels.data, iou)).toBeGreaterThanOrEqual(0.99);
    expect(objects.count).toBeGreaterThan(10);
  });
});

/** F1 of pairs whose intersection over union is at least `iou`. */
function matchedF1(truth: ArrayLike<number>, found: ArrayLike<number>, iou: number): number {
  const [a, b, both] = [new Map<number, number>(), new Map<number, number>(), new Map<string, number>()];
  const count = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] > 0) count(a, truth[i]);
    if (found[i] > 0) count(b, found[i]);
    if (truth[i] > 0 && found[i] > 0) count(both, `${truth[i]} ${found[i]}`);
  }
  let matched = 0;
  for (const [pair, n] of both) {
    const [i, j] = pair.split(' ').map(Number);
    if (n / ((a.get(i) ?? 0) + (b.get(j) ?? 0) - n) >= iou) matched++;
  }
  return (2 * matched) / (a.size + b.size);
}
