import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGroup, writeArray } from '../../src/codec/index.ts';
import { loadModel } from '../../src/model/index.ts';
import { type SegmentJob, segmentMovie } from '../../src/pipeline/index.ts';
import { readLabels } from '../../src/store/index.ts';
import { semanticNetwork } from '../helpers/semantic.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
const [FRAMES, DEPTH, HEIGHT, WIDTH] = [2, 8, 32, 40];
const BALLS = [
  [4, 10, 10],
  [4, 20, 28],
];

/** Balls on a dark ground, one pixel further along x in each frame. */
async function writeMovie(): Promise<string> {
  const folder = join(root, 'balls.ome.zarr');
  const axes = ['t', 'z', 'y', 'x'].map((name) => ({ name, type: name === 't' ? 'time' : 'space' }));
  const scale = [{ type: 'scale', scale: [1, 1, 1, 1] }];
  const datasets = [{ path: '0', coordinateTransformations: scale }];
  await createGroup(folder, { ome: { version: '0.5', multiscales: [{ axes, datasets }] } });
  const data = Uint16Array.from({ length: FRAMES * DEPTH * HEIGHT * WIDTH }, (_, i) => {
    const x = i % WIDTH;
    const y = Math.floor(i / WIDTH) % HEIGHT;
    const z = Math.floor(i / WIDTH / HEIGHT) % DEPTH;
    const t = Math.floor(i / WIDTH / HEIGHT / DEPTH);
    const inside = BALLS.some(([cz, cy, cx]) => Math.hypot(2 * (z - cz!), y - cy!, x - t - cx!) < 6.2);
    return inside ? 900 : 100 + (i % 3);
  });
  const shape = [FRAMES, DEPTH, HEIGHT, WIDTH];
  await writeArray(join(folder, '0'), { shape, chunks: [1, 1, HEIGHT, WIDTH], dtype: 'uint16' }, data);
  return folder;
}

function network(): string {
  const folder = join(root, 'bright');
  mkdirSync(folder);
  const heads = [
    [8, -4],
    [-8, -4],
  ] as const;
  writeFileSync(join(folder, 'model.onnx'), semanticNetwork({ layout: 'NCDHW', heads }));
  return folder;
}

const job = (path: string, model: string, changes: Partial<SegmentJob> = {}): SegmentJob => ({
  source: { path, pixelSize: [1, 1, 1], timeStep: 60 },
  folder: join(root, 'result'),
  model,
  device: 'cpu',
  workers: 1,
  threads: 1,
  omeZarr: '0.5',
  overwrite: false,
  ...changes,
});

describe('segmentMovie with a semantic network', () => {
  it('segments volumes in a worker, and refuses options that are StarDist’s', async () => {
    const [movie, model] = [await writeMovie(), network()];
    expect((await loadModel(model)).manifest).toMatchObject({ ndim: 3, classes: ['foreground', 'boundary'] });
    const overlap = segmentMovie(job(movie, model, { nmsThreshold: 0.3 }));
    await expect(overlap).rejects.toThrow(/--nms-threshold: model bright is a semantic network/);
    const diameter = segmentMovie(job(movie, model, { objectDiameter: 10 }));
    await expect(diameter).rejects.toThrow(/--object-diameter: model bright does not say/);
    const { detections, run } = await segmentMovie(job(movie, model));
    expect(detections).toBe(2 * FRAMES);
    expect(run.segment).toMatchObject({ model: 'bright', probThreshold: 0.5, nmsThreshold: 0 });
    for (let t = 0; t < FRAMES; t++) {
      const { data, shape } = await readLabels(join(root, 'result'), t);
      expect(shape).toEqual([DEPTH, HEIGHT, WIDTH]);
      const found = BALLS.map(([z, y, x]) => data[(z! * HEIGHT + y!) * WIDTH + x! + t]!);
      expect(found.sort()).toEqual([1, 2]);
      expect(data[0]).toBe(0);
    }
  }, 120_000);
});
