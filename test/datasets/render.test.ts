import { describe, expect, it } from 'vitest';
import {
  lifeToTracks,
  renderFrame,
  renderLabels,
  resolveOptions,
  simulateLife,
} from '../../datasets/simulator/index.ts';
import { sameBytes } from './bytes.ts';

/** Pixels of every label of a frame. */
function areas(labels: Uint16Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) if (label > 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

const flat = resolveOptions({ preset: '2d', seed: 1 });
const solid = resolveOptions({ preset: '3d', seed: 1, frames: 12 });
const lives = { flat: simulateLife(flat), solid: simulateLife(solid) };

describe('renderFrame', () => {
  it.each([
    ['2d', lives.flat, flat],
    ['3d', lives.solid, solid],
  ] as const)('renders a frame alone as it does in sequence (%s)', (_, life, options) => {
    const alone = renderFrame(life, 5, options);
    for (let t = 0; t < 5; t++) renderFrame(life, t, options);
    const inSequence = renderFrame(simulateLife(options), 5, options);
    expect(inSequence.image.shape).toEqual(alone.image.shape);
    expect(sameBytes(inSequence.image.data, alone.image.data)).toBe(true);
    expect(sameBytes(inSequence.labels.data, alone.labels.data)).toBe(true);
    expect(sameBytes(renderLabels(life, 5, options).data, alone.labels.data)).toBe(true);
  });

  it('does not depend on how many frames the movie has', () => {
    const short = resolveOptions({ preset: '2d', seed: 1, frames: 4 });
    const a = renderFrame(simulateLife(short), 3, short);
    const b = renderFrame(lives.flat, 3, flat);
    expect(sameBytes(a.image.data, b.image.data)).toBe(true);
  });

  it.each([
    ['2d', lives.flat, flat],
    ['3d', lives.solid, solid],
  ] as const)(
    'shows every living cell, and no other, with more than 20 pixels in each frame (%s)',
    (_, life, options) => {
      for (let t = 0; t < life.frames; t++) {
        const counts = areas(renderLabels(life, t, options).data);
        const living = [...life.rows.cell.subarray(life.frameStart[t], life.frameStart[t + 1])];
        expect([...counts.keys()].sort((a, b) => a - b)).toEqual(living);
        expect(Math.min(...counts.values())).toBeGreaterThan(20);
      }
    },
  );

  it('keeps labels whole when an embryo is packed', () => {
    const options = resolveOptions({ preset: '2d', seed: 9, frames: 120 });
    const life = simulateLife(options);
    const t = 119;
    const counts = areas(renderLabels(life, t, options).data);
    const pixel = options.voxelSize[1] * options.voxelSize[2];
    for (let row = life.frameStart[t]; row < life.frameStart[t + 1]; row++) {
      const truth = (Math.PI * life.rows.radii[3 * row] * life.rows.radii[3 * row + 1]) / pixel;
      expect((counts.get(life.rows.cell[row]) ?? 0) / truth).toBeGreaterThan(0.7);
    }
  });

  it('makes nuclei brighter than the background and fades them over time', () => {
    const inside = (t: number): { nuclei: number; rest: number } => {
      const { image, labels } = renderFrame(lives.flat, t, flat);
      const sums = { nuclei: 0, rest: 0 };
      const counts = { nuclei: 0, rest: 0 };
      image.data.forEach((grey, i) => {
        const key = labels.data[i] > 0 ? 'nuclei' : 'rest';
        sums[key] += grey - flat.optics.offset;
        counts[key]++;
      });
      return { nuclei: sums.nuclei / counts.nuclei, rest: sums.rest / counts.rest };
    };
    const [first, last] = [inside(0), inside(flat.frames - 1)];
    expect(first.nuclei).toBeGreaterThan(4 * first.rest);
    expect(last.nuclei).toBeLessThan(first.nuclei);
  });

  it('loses light with depth', () => {
    const [nz, ny, nx] = solid.shape;
    const nuclei = (attenuationDepth: number, z: number): number => {
      const options = { ...solid, optics: { ...solid.optics, attenuationDepth } };
      const { image, labels } = renderFrame(lives.solid, 0, options);
      const grey = image.data.subarray(z * ny * nx, (z + 1) * ny * nx);
      const inside = grey.filter((_, i) => labels.data[z * ny * nx + i] > 0);
      return inside.reduce((sum, value) => sum + value, 0) / inside.length - solid.optics.offset;
    };
    const loss = (z: number): number => nuclei(20, z) / nuclei(1e9, z);
    expect(loss(Math.floor(0.7 * nz))).toBeLessThan(0.7 * loss(Math.floor(0.3 * nz)));
  });
});

describe('lifeToTracks', () => {
  const { detections, links, tracks } = lifeToTracks(lives.flat, flat);

  it('links every cell to its next frame and every parent to its two daughters', () => {
    const founders = tracks.filter((row) => row.parent === 0).length;
    expect(links.count).toBe(detections.count - founders);
    const outgoing = new Map<number, number>();
    for (let i = 0; i < links.count; i++) {
      const [source, target] = [links.source[i], links.target[i]];
      expect(detections.t[target]).toBe(detections.t[source] + 1);
      if (detections.label[source] !== detections.label[target]) {
        expect(tracks[detections.label[target] - 1].parent).toBe(detections.label[source]);
      }
      outgoing.set(source, (outgoing.get(source) ?? 0) + 1);
    }
    expect(Math.max(...outgoing.values())).toBe(2);
    const dividing = [...outgoing.values()].filter((n) => n === 2).length;
    expect(dividing).toBe(new Set(tracks.map((row) => row.parent)).size - 1);
  });

  it('sorts detections by frame and label, and links by target', () => {
    for (let i = 1; i < detections.count; i++) {
      const step = detections.t[i] - detections.t[i - 1];
      expect(step > 0 || (step === 0 && detections.label[i] > detections.label[i - 1])).toBe(true);
    }
    for (let i = 1; i < links.count; i++) expect(links.target[i]).toBeGreaterThan(links.target[i - 1]);
  });

  it('puts each detection at the centroid of its label', () => {
    const t = 20;
    const { data, shape } = renderLabels(lives.flat, t, flat);
    const sums = new Map<number, [number, number, number]>();
    data.forEach((label, i) => {
      const [n, y, x] = sums.get(label) ?? [0, 0, 0];
      sums.set(label, [n + 1, y + Math.floor(i / shape[1]), x + (i % shape[1])]);
    });
    for (let row = lives.flat.frameStart[t]; row < lives.flat.frameStart[t + 1]; row++) {
      const [n, y, x] = sums.get(detections.label[row]) ?? [0, 0, 0];
      expect(Math.abs((y / n) * flat.voxelSize[1] - detections.y[row])).toBeLessThan(1.5);
      expect(Math.abs((x / n) * flat.voxelSize[2] - detections.x[row])).toBeLessThan(1.5);
      expect((n * flat.voxelSize[1] * flat.voxelSize[2]) / detections.size[row]).toBeGreaterThan(0.75);
    }
  });
});
