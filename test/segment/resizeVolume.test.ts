import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/array/index.ts';
import type { Triple, VolumeManifest } from '../../src/model/index.ts';
import { createCones } from '../../src/segment/cones.ts';
import { planVolume } from '../../src/segment/planVolume.ts';
import { goldenSpiral } from '../../src/segment/rays3d.ts';
import { renderPolyhedra } from '../../src/segment/render3d.ts';
import { resizeInto } from '../../src/segment/resize.ts';
import { cutResizedTile, planResize, volumeScale } from '../../src/segment/resizeVolume.ts';
import type { AxisTile } from '../../src/segment/tiles.ts';
import { cutTile } from '../../src/segment/volumeTile.ts';
import { createWeak } from '../../src/segment/weak.ts';
import { weakInFrame } from '../../src/segment/weak3d.ts';
import { slowPolyhedron, starTable } from '../helpers/volumes.ts';

const tile = (start: number, length: number): AxisTile => ({
  start,
  length,
  from: start,
  to: start + length,
});

/** The whole resized volume as one tile, or a part of it. */
function cut(
  data: Float32Array,
  shape: Triple,
  scale: Triple,
  part?: [AxisTile, AxisTile, AxisTile],
): number[] {
  const resize = planResize(shape, scale);
  const tiles = part ?? (resize.shape.map((n) => tile(0, n)) as [AxisTile, AxisTile, AxisTile]);
  const out = new Float32Array(tiles.reduce((product, { length }) => product * length, 1)).fill(-99);
  cutResizedTile(data, shape, resize, tiles, 0, 1, out);
  return [...out];
}

function noise(shape: Triple, seed = 3): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.uniform());
}

describe('cutResizedTile', () => {
  it('makes the values between two planes, rows and columns linearly', () => {
    const line = Float32Array.of(0, 10, 30);
    expect(cut(line, [3, 1, 1], [2, 1, 1])).toEqual([0, 5, 10, 20, 30]);
    expect(cut(line, [1, 3, 1], [1, 2, 1])).toEqual([0, 5, 10, 20, 30]);
    expect(cut(line, [1, 1, 3], [1, 1, 2])).toEqual([0, 5, 10, 20, 30]);
  });

  it('averages where planes are left out', () => {
    const line = Float32Array.of(0, 8, 16, 0, 0);
    // Triangle weights 1/2, 1, 1/2 over their sum, cut at the ends.
    const expected = [(0 + 4) / 1.5, (4 + 16 + 0) / 2, 0];
    cut(line, [5, 1, 1], [0.5, 1, 1]).forEach((v, i) => void expect(v).toBeCloseTo(expected[i]!, 5));
  });

  it('resizes each plane as `resizeInto` does', () => {
    const shape: Triple = [1, 17, 23];
    const data = noise(shape);
    for (const scale of [0.4, 0.77, 1.6]) {
      const { shape: scaled } = planResize(shape, [1, scale, scale]);
      const expected = new Float32Array(scaled[1] * scaled[2]);
      resizeInto(data, 17, 23, scale, expected, scaled[2]);
      const found = cut(data, shape, [1, scale, scale]);
      expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i]!)))).toBeLessThan(1e-6);
    }
  });

  it('is a plain cut at scale 1, mirrored beyond the end, not-a-number as 0', () => {
    const shape: Triple = [4, 5, 6];
    const data = noise(shape);
    data[7] = Number.NaN;
    const tiles: [AxisTile, AxisTile, AxisTile] = [tile(1, 4), tile(2, 5), tile(0, 9)];
    const expected = new Float32Array(4 * 5 * 9);
    cutTile(data, shape, tiles, 0.25, 0.75, expected);
    const found = new Float32Array(expected.length);
    cutResizedTile(data, shape, planResize(shape, [1, 1, 1]), tiles, 0.25, 0.75, found);
    expect(found).toEqual(expected);
  });

  it('gives the same values from tiles as from the whole volume', () => {
    const scales = fc.double({ min: 0.3, max: 2.5, noNaN: true });
    fc.assert(
      fc.property(scales, scales, fc.integer({ min: 0, max: 3 }), fc.integer(), (sz, s, at, seed) => {
        const shape: Triple = [7, 12, 11];
        const data = noise(shape, seed);
        const scale: Triple = [sz, s, s];
        const [, height, width] = planResize(shape, scale).shape;
        const whole = cut(data, shape, scale);
        const [tz, ty, tx] = [tile(0, 2), tile(at % height, 1), tile(at % width, 1)];
        const part = cut(data, shape, scale, [tz, ty, tx]);
        expect(part[0]).toBe(whole[ty.start * width + tx.start]);
        const { shape: scaled } = planResize(shape, scale);
        if (scaled[0] > 1) expect(part[1]).toBe(whole[(height + ty.start) * width + tx.start]);
      }),
    );
  });
});

describe('volumeScale', () => {
  const manifest = {
    name: 'm',
    objectDiameterPx: 20,
    rays: { name: 'golden-spiral', n: 32, anisotropy: [2, 1, 1] },
  } as unknown as VolumeManifest;
  const ranged = { ...manifest, anisotropyRange: [1, 6] } as const;

  it.each([
    ['leaves planes alone in the range', ranged, 10, [1.5, 0.5, 0.5], [1, 2, 2]],
    ['makes as few planes as bring it to the range', ranged, 10, [4, 0.5, 0.5], [16 / 6, 2, 2]],
    ['drops as few planes as bring it to the range', ranged, 40, [1, 1, 1], [0.5, 0.5, 0.5]],
    ['takes the shape of the rays without a range', manifest, 20, [3, 1, 1], [1.5, 1, 1]],
    ['needs nothing where all fits', manifest, 20, [2, 1, 1], [1, 1, 1]],
    ['lets z follow where the voxel size is not known', ranged, 40, null, [0.5, 0.5, 0.5]],
  ] as [string, VolumeManifest, number, Triple | null, number[]][])(
    '%s',
    (_, model, diameter, voxelSize, expected) => {
      const found = volumeScale(diameter, voxelSize, model);
      expected.forEach((s, a) => void expect(found[a]).toBeCloseTo(s, 12));
    },
  );

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the diameter %d', (diameter) => {
    expect(() => volumeScale(diameter, null, manifest)).toThrow(/objectDiameterPx must be over 0/);
  });

  it('refuses a model that does not state its own, and volumes that would become too large', () => {
    expect(() => volumeScale(20, null, { ...manifest, objectDiameterPx: null })).toThrow(
      /the model m must state objectDiameterPx/,
    );
    expect(() => planResize([64, 1024, 1024], [10, 10, 10])).toThrow(
      /would enlarge 64 x 1024 x 1024 voxels to 631 x 10231 x 10231/,
    );
  });
});

const RAYS = 32;
const cones = createCones(goldenSpiral(RAYS, [2, 1, 1]));

/** Lumpy stars of about 3 x 6 x 6 voxels. */
function crowd(n: number, shape: Triple, seed = 8) {
  const random = createRandom(seed);
  const stars = Array.from({ length: n }, () => ({
    centre: shape.map((size) => random.int(size)) as unknown as Triple,
    prob: random.uniform(),
    d: Float64Array.from({ length: RAYS }, (_, k) => {
      const stretch = Math.hypot(
        2 * cones.rays.vector[3 * k]!,
        cones.rays.vector[3 * k + 1]!,
        cones.rays.vector[3 * k + 2]!,
      );
      return (5 + 2 * random.uniform()) / stretch;
    }),
  }));
  return starTable(stars, RAYS, shape);
}

describe('renderPolyhedra of a resized volume', () => {
  it('paints at scale 1 what it paints without', () => {
    const shape: Triple = [12, 30, 40];
    const table = crowd(25, shape);
    const rows = Uint32Array.from({ length: 25 }, (_, i) => i);
    const [expected, found] = [new Uint32Array(12 * 30 * 40), new Uint32Array(12 * 30 * 40).fill(7)];
    renderPolyhedra(table, rows, cones, expected, shape);
    renderPolyhedra(table, rows, cones, found, shape, [1, 1, 1]);
    expect(found).toEqual(expected);
  });

  it.each([
    [0.5, 0.5, 0.5],
    [1, 1.7, 1.7],
    [0.6, 2.2, 0.45],
  ] as Triple[])('paints every voxel that lies inside when it is scaled by %d %d %d', (...scale) => {
    const seen: Triple = [10, 24, 26];
    const table = crowd(6, seen, 2);
    const shape = seen.map((n, a) => Math.ceil(n / scale[a]!)) as unknown as Triple;
    const labels = new Uint32Array(shape[0] * shape[1] * shape[2]);
    renderPolyhedra(table, Uint32Array.of(0, 1, 2, 3, 4, 5), cones, labels, shape, scale);
    const solids = [0, 1, 2, 3, 4, 5].map((row) => slowPolyhedron(table, row, cones.rays));
    let i = 0;
    for (let z = 0; z < shape[0]; z++)
      for (let y = 0; y < shape[1]; y++)
        for (let x = 0; x < shape[2]; x++, i++) {
          const first = solids.findIndex(({ inside }) => inside(z * scale[0], y * scale[1], x * scale[2]));
          if (labels[i] !== first + 1) expect([z, y, x, labels[i]]).toEqual([z, y, x, first + 1]);
        }
    expect(new Set(labels).size).toBeGreaterThan(4);
  });
});

describe('weakInFrame', () => {
  it('keeps the ends of the rays where they are', () => {
    const weak = createWeak(1, RAYS, cones.rays.anisotropy);
    weak.z.set([3]);
    weak.y.set([4]);
    weak.x.set([6]);
    weak.radius.set([5]);
    weak.dist.set(Array.from({ length: RAYS }, (_, k) => 16 * (4 + (k % 5))));
    const scale: Triple = [0.5, 2, 2];
    const found = weakInFrame(weak, cones, scale);
    expect([found.z[0], found.y[0], found.x[0], found.anisotropy]).toEqual([6, 2, 3, [1, 2, 2]]);
    expect(found.radius[0]).toBeCloseTo(5 / Math.cbrt(2), 12);
    const rays = goldenSpiral(RAYS, found.anisotropy!);
    for (let k = 0; k < RAYS; k++)
      for (let a = 0; a < 3; a++) {
        const end = (cones.rays.vector[3 * k + a]! * weak.dist[k]!) / 16 / scale[a]!;
        expect(Math.abs((rays.vector[3 * k + a]! * found.dist[k]!) / 16 - end)).toBeLessThan(0.04);
      }
  });
});

describe('planVolume of a resized volume', () => {
  it.each([0.25, 0.5, 1, 2, 3])('keeps a 64 x 1024 x 1024 frame within 2 GB at scale %d', (s) => {
    const manifest = {
      ...{ nRays: 96, channels: 1, grid: [1, 2, 2], divisibleBy: [4, 8, 8], halo: [24, 48, 48] },
      ...{ fixedSize: null, bytesPerVoxel: 720 },
    } as unknown as VolumeManifest;
    const shape: Triple = [64, 1024, 1024];
    const resize = planResize(shape, [1, s, s]);
    const { tiles, bytes } = planVolume(shape, manifest, 2 * 64 * 1024 * 1024, 2e9, resize.shape);
    expect(bytes.total).toBeLessThanOrEqual(2e9);
    expect(bytes.labels).toBe(4 * 64 * 1024 * 1024);
    tiles.forEach((axis, a) => {
      expect(axis.at(-1)!.to).toBeGreaterThanOrEqual(resize.shape[a]!);
    });
  });
});
