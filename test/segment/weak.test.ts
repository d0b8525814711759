import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type NdArray } from '../../src/array/index.ts';
import type {
  PlaneManifest,
  PlaneSession,
  Triple,
  VolumeManifest,
  VolumeSession,
} from '../../src/model/index.ts';
import { createCandidates } from '../../src/segment/candidates.ts';
import { createCones } from '../../src/segment/cones.ts';
import {
  type SegmentOptions,
  segmentFrame,
  suppressOverlaps,
  type WeakCandidates,
} from '../../src/segment/index.ts';
import { goldenSpiral } from '../../src/segment/rays3d.ts';
import { suppressOverlaps3d } from '../../src/segment/suppress3d.ts';
import { rowsNear } from '../../src/segment/weak.ts';
import { starCommon } from '../helpers/manifests.ts';
import { starTable } from '../helpers/volumes.ts';

const RAYS = 32;
const common = {
  ...starCommon,
  name: 'painted',
  channels: 1,
  nRays: RAYS,
  normalise: { low: 0, high: 100 },
  thresholds: { prob: 0.6, nms: 0.3 },
} as const;

/** A session whose prob is the image itself and whose rays all have one length. */
function planes(dist: number, changes: Partial<PlaneManifest> = {}): PlaneSession {
  const manifest: PlaneManifest = {
    ...common,
    ndim: 2,
    layout: 'NCHW',
    grid: [1, 1],
    divisibleBy: [1, 1],
    halo: [2, 2],
    outline: 'centre',
    edgeLevel: null,
    keep: null,
    fixedSize: null,
    ...changes,
  };
  const session = { manifest, device: 'cpu' as const, note: null, close: async () => undefined };
  return {
    ...session,
    run: async (input, height, width) => ({
      height,
      width,
      prob: input.slice(),
      dist: new Float32Array(RAYS * input.length).fill(dist),
      ms: 1,
    }),
  };
}

function volumes(dist: number, changes: Partial<VolumeManifest> = {}): VolumeSession {
  const manifest: VolumeManifest = {
    ...common,
    ndim: 3,
    layout: 'NCDHW',
    grid: [1, 1, 1],
    divisibleBy: [1, 1, 1],
    halo: [1, 2, 2],
    fixedSize: null,
    rays: { name: 'golden-spiral', n: RAYS, anisotropy: [1, 1, 1] },
    bytesPerVoxel: 100,
    ...changes,
  };
  const session = { manifest, device: 'cpu' as const, note: null, close: async () => undefined };
  return {
    ...session,
    run: async (input, depth, height, width) => ({
      depth,
      height,
      width,
      prob: input.slice(),
      dist: new Float32Array(RAYS * input.length).fill(dist),
      ms: 1,
    }),
  };
}

/** An image whose percentiles 0 and 100 are 0 and 1: values become probabilities as they are. */
function image(shape: number[], spots: readonly [number[], number][]): NdArray<Float32Array> {
  const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
  for (const [at, value] of spots) data[at.reduce((sum, p, a) => sum * shape[a]! + p, 0)] = value;
  data[data.length - 1] = 1;
  return { data, shape };
}

const rows = (weak: WeakCandidates | undefined): number[][] =>
  Array.from({ length: weak!.count }, (_, i) => [weak!.z[i]!, weak!.y[i]!, weak!.x[i]!, weak!.prob[i]!]);

describe('weak candidates of a plane', () => {
  const scene = image(
    [40, 60],
    [
      [[10, 10], 0.9],
      [[10, 12], 0.5], // under the object
      [[10, 40], 0.5],
      [[10, 42], 0.375], // under the better weak one
      [[25, 20], 0.25],
      [[25, 21], 0.21875], // on its slope
      [[25, 50], 0.1875], // below a third of the threshold
    ],
  );

  it('are what lies below the threshold and overlaps no object and no better one, best first', async () => {
    const { objects, weak } = await segmentFrame([scene], 0, planes(5));
    expect(objects.count).toBe(2);
    expect(rows(weak)).toEqual([
      [0, 10, 40, 0.5],
      [0, 25, 20, 0.25],
    ]);
    expect([weak!.nRays, weak!.anisotropy, weak!.distSteps]).toEqual([RAYS, null, 16]);
    expect([...weak!.dist]).toEqual(new Array(2 * RAYS).fill(80));
    // A polygon of 32 sides in a circle of radius 5.
    expect(weak!.radius[0]).toBeCloseTo(5 * Math.sqrt((16 * Math.sin(Math.PI / 16)) / Math.PI), 9);
  });

  it('begin with what the rule of the model drops, and leave no room over the threshold to others', async () => {
    const keep = { prob: 1, area: 0, border: 0, offset: -Math.log(0.95 / 0.05) };
    const { objects, labels, weak } = await segmentFrame([scene], 0, planes(5, { keep }));
    expect(objects.count).toBe(1); // the last pixel, of prob 1
    expect(labels.data[10 * 60 + 10]).toBe(0);
    expect(rows(weak)).toEqual([
      [0, 10, 10, Math.round(0.9 * 2 ** 20) / 2 ** 20],
      [0, 10, 40, 0.5],
      [0, 25, 20, 0.25],
    ]);
    expect((await segmentFrame([scene], 0, planes(5, { keep, outline: 'mean' }))).objects.count).toBe(1);
    const low = await segmentFrame([scene], 0, planes(5, { keep }), { probThreshold: 0.4 });
    expect(low.objects.count).toBe(2);
  });

  it('may reach the threshold itself, which is no object, and not a third of it', async () => {
    const edges = image(
      [20, 40],
      [
        [[5, 8], 0.75],
        [[5, 24], 0.25],
      ],
    );
    const { objects, weak } = await segmentFrame([edges], 0, planes(3), { probThreshold: 0.75 });
    expect([objects.count, rows(weak)]).toEqual([1, [[0, 5, 8, 0.75]]]);
  });

  it('are not looked for when they are not wanted', async () => {
    expect(await segmentFrame([scene], 0, planes(5), { keepWeak: false })).not.toHaveProperty('weak');
  });

  it('are none in a frame without contrast', async () => {
    const { weak } = await segmentFrame([{ data: new Uint8Array(64), shape: [8, 8] }], 0, planes(5));
    expect(rows(weak)).toEqual([]);
  });

  it('are at most a hundred more than the objects', async () => {
    const spots: [number[], number][] = [];
    for (let y = 5; y < 95; y += 6)
      for (let x = 5; x < 95; x += 6) spots.push([[y, x], 0.25 + (y + x) / 1024]);
    const { objects, weak } = await segmentFrame([image([100, 100], spots)], 0, planes(2));
    expect([objects.count, weak!.count]).toEqual([1, 101]);
    expect(Math.min(...weak!.prob)).toBeGreaterThan(spots.map(([, p]) => p).sort()[20]!);
  });

  const noise = (height: number, width: number, seed: number): NdArray<Float32Array> => {
    const random = createRandom(seed);
    return image(
      [height, width],
      Array.from({ length: Math.ceil((height * width) / 12) }, () => [
        [random.int(height), random.int(width)],
        random.uniform() ** 2,
      ]),
    );
  };

  it('leave the objects as they are to the byte, and overlap nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        async (seed, side, dist) => {
          const frame = noise(side, 61 - side, seed);
          const session = planes(dist);
          const without = await segmentFrame([frame], 0, session, { keepWeak: false });
          const { weak, ...found } = await segmentFrame([frame], 0, session);
          expect(found).toEqual(without);
          expect([...weak!.prob]).toEqual([...weak!.prob].sort((a, b) => b - a));
          expect(weak!.prob.every((p) => p > 0.2 && p <= 0.6)).toBe(true);
          expect(weak!.count).toBeLessThanOrEqual(found.objects.count + 100);
          const table = createCandidates(RAYS, weak!.count + 1);
          Object.assign(table, { count: weak!.count, prob: weak!.prob, y: weak!.y, x: weak!.x });
          table.index = Uint32Array.from(weak!.y, (y, i) => y * 100 + weak!.x[i]!);
          table.dist = Float32Array.from(weak!.dist, (d) => d / 16);
          expect(suppressOverlaps(table, { nmsThreshold: 0.3 })).toHaveLength(weak!.count);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are the same from tiles as from the whole frame', async () => {
    const frame = noise(48, 64, 5);
    const whole = await segmentFrame([frame], 0, planes(3));
    const fixed = { fixedSize: [16, 16], divisibleBy: [16, 16] } as const;
    const tiled = await segmentFrame([frame], 0, planes(3, fixed));
    expect(whole.weak!.count).toBeGreaterThan(10);
    expect(tiled.weak).toEqual(whole.weak);
  });
});

describe('weak candidates of a volume', () => {
  const segment = (frame: NdArray, options?: SegmentOptions, changes?: Partial<VolumeManifest>) =>
    segmentFrame([frame], 0, volumes(4, changes), options);
  const shape: Triple = [14, 24, 40];

  it('are what lies below the threshold and overlaps no object and no better one, best first', async () => {
    const scene = image(
      [...shape],
      [
        [[6, 8, 8], 0.875],
        [[7, 8, 9], 0.5], // under the object
        [[6, 12, 24], 0.4375],
        [[6, 13, 25], 0.25], // under the better weak one
        [[5, 20, 6], 0.3125],
        [[4, 4, 36], 0.1875], // below a third of the threshold
      ],
    );
    const { objects, weak } = await segment(scene);
    expect(objects.count).toBe(2);
    expect(rows(weak)).toEqual([
      [6, 12, 24, 0.4375],
      [5, 20, 6, 0.3125],
    ]);
    const cones = createCones(goldenSpiral(RAYS, [1, 1, 1]));
    const volume = 64 * cones.unitVolume.reduce((sum, v) => sum + v, 0);
    expect(weak!.radius[0]).toBeCloseTo(Math.cbrt((3 * volume) / (4 * Math.PI)), 9);
    expect([...weak!.dist]).toEqual(new Array(2 * RAYS).fill(64));
    expect(weak!.anisotropy).toEqual([1, 1, 1]);
  });

  it('leave the objects as they are to the byte, overlap nothing, and do not depend on tiles', async () => {
    const cones = createCones(goldenSpiral(RAYS, [1, 1, 1]));
    for (let seed = 1; seed <= 5; seed++) {
      const random = createRandom(seed);
      const spots = Array.from({ length: 500 }, (): [number[], number] => [
        shape.map((n) => random.int(n)),
        random.uniform() ** 2,
      ]);
      const frame = image([...shape], spots);
      const without = await segment(frame, { keepWeak: false });
      const { weak, ...found } = await segment(frame);
      expect(found).toEqual(without);
      expect(weak!.count).toBeGreaterThan(2);
      expect(weak!.count).toBeLessThanOrEqual(found.objects.count + 100);
      const stars = Array.from({ length: weak!.count }, (_, i) => ({
        centre: [weak!.z[i]!, weak!.y[i]!, weak!.x[i]!] as const,
        prob: weak!.prob[i]!,
        d: 4,
      }));
      expect(suppressOverlaps3d(starTable(stars, RAYS, shape), 0.3, cones)).toHaveLength(weak!.count);
      const tiles = { fixedSize: [8, 16, 16], divisibleBy: [8, 16, 16], halo: [2, 4, 4] } as const;
      expect((await segment(frame, {}, tiles)).weak).toEqual(weak);
    }
  });
});

describe('rowsNear', () => {
  it('keeps every row within reach of another shape, and drops what is far from all', () => {
    const point = fc.tuple(
      fc.double({ min: 0, max: 200, noNaN: true }),
      fc.double({ min: 0, max: 200, noNaN: true }),
    );
    const points = fc.array(point, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(points, points, fc.integer({ min: 1, max: 40 }), (own, others, reach) => {
        const rows = Uint32Array.from(own, (_, i) => i);
        const kept = new Set(rowsNear(rows, (row) => own[row]!, others, reach));
        own.forEach(([y, x], row) => {
          const nearest = Math.min(...others.map(([oy, ox]) => Math.max(Math.abs(y - oy), Math.abs(x - ox))));
          if (nearest <= reach) expect(kept.has(row)).toBe(true);
          if (nearest > 2 * (reach + 2)) expect(kept.has(row)).toBe(false);
        });
      }),
    );
    const far = rowsNear(Uint32Array.of(0, 1), (row) => [row * 90, 5, 5], [[4, 6, 7]], 10);
    expect([...far]).toEqual([0]);
  });
});
