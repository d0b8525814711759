import fc from 'fast-check';
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

  it('gives what pixel by pixel gives, whatever the runs, the channels and the pixels that are no numbers', () => {
    const grey = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    );
    const pixel = fc.record({ label: fc.constantFrom(0, 0, 1, 1, 1, 2, 3), greys: fc.tuple(grey, grey) });
    const volume = fc.record({
      width: fc.integer({ min: 1, max: 6 }),
      height: fc.integer({ min: 1, max: 4 }),
      pixels: fc.array(pixel, { minLength: 24, maxLength: 96 }),
    });
    fc.assert(
      fc.property(volume, fc.nat(2), ({ width, height, pixels }, nChannels) => {
        const depth = Math.floor(pixels.length / (width * height));
        const used = pixels.slice(0, depth * height * width);
        const channels = [0, 1].slice(0, nChannels).map((c) => ({
          data: Float32Array.from(used, ({ greys }) => greys[c]!),
          shape: [depth, height, width],
        }));
        const labels = Uint32Array.from(used, ({ label }) => label);
        const found = measureObjects(labels, [depth, height, width], new Float32Array(3), channels);
        for (const label of [1, 2, 3]) {
          const places = [...labels.keys()].filter((i) => labels[i] === label);
          const mean = (of: (i: number) => number, among = places): number =>
            among.reduce((sum, i) => sum + of(i), 0) / among.length;
          const at = (i: number): [number, number, number] => [
            Math.floor(i / width / height),
            Math.floor(i / width) % height,
            i % width,
          ];
          expect(found.size[label - 1]).toBe(places.length);
          expect(found.z[label - 1]).toBe(mean((i) => at(i)[0]));
          expect(found.y[label - 1]).toBe(mean((i) => at(i)[1]));
          expect(found.x[label - 1]).toBe(mean((i) => at(i)[2]));
          const atBorder = places.some((i) =>
            at(i).some(
              (v, axis) => (axis > 0 || depth > 1) && (v === 0 || v === [depth, height, width][axis]! - 1),
            ),
          );
          expect(found.border[label - 1]).toBe(Number(atBorder));
          for (const [c, { data }] of channels.entries()) {
            const finite = places.filter((i) => Number.isFinite(data[i]));
            expect(found.intensity[(label - 1) * nChannels + c]).toBe(
              Math.fround(mean((i) => data[i]!, finite)),
            );
          }
        }
      }),
    );
  });
});

describe('compactLabels', () => {
  it('closes the holes that hidden objects leave', () => {
    const labels = Uint32Array.of(0, 4, 4, 1, 6, 0);
    expect([...compactLabels(labels, 6)]).toEqual([1, 4, 6]);
    expect([...labels]).toEqual([0, 2, 2, 1, 3, 0]);
  });
});
