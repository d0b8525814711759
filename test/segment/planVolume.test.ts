import { describe, expect, it } from 'vitest';
import type { Triple, VolumeManifest } from '../../src/model/index.ts';
import { DEFAULT_MEMORY, planVolume, type VolumePlan } from '../../src/segment/planVolume.ts';

/** StarDist's usual 3D U-Net: depth 2, grid (1, 2, 2), 96 rays. */
const manifest = {
  grid: [1, 2, 2],
  nRays: 96,
  divisibleBy: [4, 8, 8],
  halo: [24, 48, 48],
  fixedSize: null,
  channels: 1,
  bytesPerVoxel: 720,
} as unknown as VolumeManifest;

const voxels = (shape: Triple): number => shape[0] * shape[1] * shape[2];
const lengths = ({ tiles }: VolumePlan): number[] => tiles.map(([tile]) => tile.length);
const work = ({ tiles }: VolumePlan): number =>
  tiles.reduce((product, axis) => product * axis.reduce((sum, { length }) => sum + length, 0), 1);

function expectCover(plan: VolumePlan, shape: Triple): void {
  plan.tiles.forEach((tiles, axis) => {
    let written = 0;
    for (const { start, length, from, to } of tiles) {
      expect(from).toBe(written);
      if (start > 0) expect(from - start).toBeGreaterThanOrEqual(manifest.halo[axis]);
      expect(start % manifest.divisibleBy[axis]).toBe(0);
      expect(length % manifest.divisibleBy[axis]).toBe(0);
      written = to;
    }
    expect(written).toBeGreaterThanOrEqual(shape[axis]);
  });
}

describe('planVolume', () => {
  it('keeps a 64 x 1024 x 1024 frame of 16 bits within 2 GB', () => {
    const shape: Triple = [64, 1024, 1024];
    const plan = planVolume(shape, manifest, 2 * voxels(shape), DEFAULT_MEMORY);
    expect(DEFAULT_MEMORY).toBe(2e9);
    expect(plan.bytes.total).toBeLessThanOrEqual(2e9);
    const { frame, labels, base, network, candidates, total } = plan.bytes;
    expect(frame + labels + base + network + candidates).toBe(total);
    expect(labels).toBe(4 * voxels(shape));
    expect(plan.maxCandidates).toBeGreaterThan(1e6);
    expectCover(plan, shape);
  });

  it('takes the same tiles and memory for the network whatever the length of the volume', () => {
    const working = (shape: Triple): number[] => {
      const fixed = 6 * voxels(shape);
      const plan = planVolume(shape, manifest, 2 * voxels(shape), fixed + 1.5e9);
      expectCover(plan, shape);
      return [plan.bytes.network, plan.bytes.candidates];
    };
    const [large, larger] = [working([64, 2048, 2048]), working([64, 4096, 4096])];
    expect(larger[0]).toBe(large[0]);
    expect(larger[1]).toBe(large[1]);
  });

  it('leaves a volume whole that fits', () => {
    const plan = planVolume([24, 160, 160], manifest, 2 * 24 * 160 * 160, DEFAULT_MEMORY);
    expect(lengths(plan)).toEqual([24, 160, 160]);
    expect(plan.maxCandidates).toBe(24 * 80 * 80);
  });

  it('computes no more voxels with more memory, and stays within it', () => {
    const shape: Triple = [40, 700, 500];
    let last = Number.POSITIVE_INFINITY;
    for (const memory of [1.2e9, 1.5e9, 2e9, 4e9, 8e9, 16e9]) {
      const plan = planVolume(shape, manifest, 2 * voxels(shape), memory);
      expect(plan.bytes.total).toBeLessThanOrEqual(memory);
      expect(work(plan)).toBeLessThanOrEqual(last);
      last = work(plan);
    }
    expect(last).toBe(40 * 704 * 504);
  });

  it('takes the smallest tiles, and says what they need, where the frame alone is over the budget', () => {
    const shape: Triple = [64, 1024, 1024];
    const plan = planVolume(shape, manifest, 2 * voxels(shape), 1e8);
    expect(plan.bytes.total).toBeGreaterThan(1e8);
    expect(lengths(plan)).toEqual([52, 104, 104]);
    expectCover(plan, shape);
  });

  it('uses the one size that a network takes', () => {
    const fixed = { ...manifest, fixedSize: [16, 96, 96], halo: [4, 24, 24] } as unknown as VolumeManifest;
    const plan = planVolume([10, 200, 96], fixed, 4e5, DEFAULT_MEMORY);
    expect(lengths(plan)).toEqual([16, 96, 96]);
    expect(plan.tiles.map((tiles) => tiles.length)).toEqual([1, 4, 1]);
  });
});
