import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderFrame, resolveOptions, simulateLife } from '../../datasets/simulator/index.ts';
import type { NdArray } from '../../src/array/index.ts';
import { loadModel, type VolumeSession } from '../../src/model/index.ts';
import { segmentFrame } from '../../src/segment/index.ts';
import { openVolumes } from '../helpers/sessions.ts';

let session: VolumeSession;

beforeAll(async () => {
  session = await openVolumes(await loadModel('nuclei-3d'), { device: 'cpu' });
});
afterAll(() => session.close());

/** Seeds that the recipe does not train on. */
const options = resolveOptions({ preset: '3d', seed: 9101, cells: 8, frames: 17 });
const life = simulateLife(options);

/** Overlap of each true cell with the object that covers more than half of it (0 for none), and objects that cover none. */
function compare(truth: NdArray, found: NdArray): { overlaps: number[]; extra: number } {
  const size = new Map<number, number>();
  const area = new Map<number, number>();
  const both = new Map<string, number>();
  const add = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (let i = 0; i < truth.data.length; i++) {
    const [cell, object] = [truth.data[i], found.data[i]];
    if (cell > 0) add(size, cell);
    if (object > 0) add(area, object);
    if (cell > 0 && object > 0) add(both, `${cell} ${object}`);
  }
  const used = new Set<number>();
  const overlaps = [...size].map(([cell, voxels]) => {
    const match = [...area.keys()].find((object) => 2 * (both.get(`${cell} ${object}`) ?? 0) > voxels);
    if (match === undefined) return 0;
    used.add(match);
    const shared = both.get(`${cell} ${match}`) as number;
    return shared / (voxels + (area.get(match) as number) - shared);
  });
  return { overlaps, extra: area.size - used.size };
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('nuclei-3d', () => {
  it.each([0, 16])('outlines the nuclei of a simulated embryo in frame %i', async (t) => {
    const { image, labels } = renderFrame(life, t, options);
    const { objects, labels: found } = await segmentFrame([image], 0, session, {});
    const { overlaps, extra } = compare(labels, found);
    expect(overlaps.filter((overlap) => overlap === 0)).toEqual([]);
    expect(extra).toBeLessThanOrEqual(1);
    expect(objects.count).toBe(overlaps.length + extra);
    expect(mean(overlaps)).toBeGreaterThan(0.7);
  });

  it('finds nothing in the noise of an empty stack', async () => {
    const empty = renderFrame(life, 0, options).image;
    empty.data.forEach((_, i) => {
      empty.data[i] = 100 + ((i * 2654435761) % 17);
    });
    const { objects } = await segmentFrame([empty], 0, session, {});
    expect(objects.count).toBe(0);
  });
});
