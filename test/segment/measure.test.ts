import { describe, expect, it } from 'vitest';
import { compactLabels, measureObjects } from '../../src/segment/index.ts';

describe('measureObjects', () => {
  it('measures centroid, size, border contact and mean intensity', () => {
    const labels = Uint32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 1, 1, 0, 2, 0, 0, 0, 0, 0);
    const ramp = { data: Float32Array.from({ length: 20 }, (_, i) => i), shape: [4, 5] };
    const odd = { data: ramp.data.map((v) => (v === 6 ? Number.NaN : 2 * v)), shape: [4, 5] };
    const objects = measureObjects(labels, [1, 4, 5], Float32Array.of(0.9, 0.8), [ramp, odd]);
    expect(objects).toMatchObject({ count: 2, nChannels: 2 });
    expect([...objects.label]).toEqual([1, 2]);
    expect([...objects.z]).toEqual([0, 0]);
    expect([...objects.y]).toEqual([1.5, 1.5]);
    expect([...objects.x]).toEqual([1.5, 4]);
    expect([...objects.size]).toEqual([4, 2]);
    expect([...objects.border]).toEqual([0, 1]);
    expect(objects.intensity[0]).toBe((6 + 7 + 11 + 12) / 4);
    expect(objects.intensity[1]).toBe((14 + 22 + 24) / 3);
    expect(objects.intensity[2]).toBe(11.5);
  });

  it('counts the first and last plane as border in 3D', () => {
    const labels = new Uint32Array(27);
    labels[13] = 1;
    labels[4] = 2;
    const objects = measureObjects(labels, [3, 3, 3], Float32Array.of(1, 1), []);
    expect([...objects.border]).toEqual([0, 1]);
    expect([...objects.z]).toEqual([1, 0]);
  });
});

describe('compactLabels', () => {
  it('closes the holes that hidden objects leave', () => {
    const labels = Uint32Array.of(0, 4, 4, 1, 6, 0);
    expect([...compactLabels(labels, 6)]).toEqual([1, 4, 6]);
    expect([...labels]).toEqual([0, 2, 2, 1, 3, 0]);
  });
});
