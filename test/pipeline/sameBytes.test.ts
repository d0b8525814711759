import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderFrame, resolveOptions, simulateLife } from '../../datasets/simulator/index.ts';
import { createGroup, writeArray } from '../../src/codec/index.ts';
import { packageRoot } from '../../src/codec/packageRoot.ts';
import { importModel, type VolumeManifest } from '../../src/model/index.ts';
import { type SegmentJob, segmentMovie } from '../../src/pipeline/index.ts';
import { planVolume } from '../../src/segment/planVolume.ts';
import { contentOf } from '../cli/morula.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const SMALL_3D = fileURLToPath(new URL('../fixtures/parity/sample-unet3d', import.meta.url));
const FRAMES = 2;
/** Milliseconds: every run starts a process and loads a network, which takes its time beside other work. */
const PATIENCE = 120_000;
const root = tempFolder();

/** A part of the first frames of a simulated movie, as OME-Zarr; the whole field if `from` is absent. */
async function writeMovie(
  preset: '2d' | '3d',
  size: readonly number[],
  from?: readonly number[],
): Promise<string> {
  const options = resolveOptions({ preset, frames: FRAMES, seed: 5, ...(from ? {} : { size }) });
  const life = simulateLife(options);
  const [depth, height, width] = [...Array(3 - size.length).fill(1), ...size] as [number, number, number];
  const [z0 = 0, y0 = 0, x0 = 0] = from ?? [];
  const data = new Uint16Array(FRAMES * depth * height * width);
  for (let t = 0, to = 0; t < FRAMES; t++) {
    const { image } = renderFrame(life, t, options);
    const [rows, columns] = image.shape.slice(-2) as [number, number];
    for (let z = 0; z < depth; z++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          data[to++] = image.data[((z0 + z) * rows + y0 + y) * columns + x0 + x]!;
  }
  const folder = join(root, `${preset}.ome.zarr`);
  const axes = ['t', ...'zyx'.slice(3 - size.length)];
  await createGroup(folder, {
    ome: {
      version: '0.5',
      multiscales: [
        {
          axes: axes.map((name) => ({ name, type: name === 't' ? 'time' : 'space' })),
          datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: axes.map(() => 1) }] }],
        },
      ],
    },
  });
  await writeArray(
    join(folder, '0'),
    { shape: [FRAMES, ...size], chunks: [1, ...size], dtype: 'uint16' },
    data,
  );
  return folder;
}

/** The same network in a folder of its own, with other words in its manifest. */
async function restated(model: string, name: string, changes: object): Promise<string> {
  const folder = join(root, name);
  await cp(model, folder, { recursive: true });
  const manifest = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as object;
  await writeFile(join(folder, 'model.json'), JSON.stringify({ ...manifest, ...changes }));
  return folder;
}

interface Case {
  movie: string;
  model: string;
  /** The job that must see the frames in tiles, and those of every job. */
  tiled: Partial<SegmentJob>;
  all: Partial<SegmentJob>;
}

/** Segments a movie; the hashes of all files that say what was found. */
async function segment({ movie, model, all }: Case, name: string, changes: Partial<SegmentJob> = {}) {
  const folder = join(root, name);
  const job: SegmentJob = {
    source: { path: movie, pixelSize: [1, 1, 1], timeStep: 60 },
    folder,
    model,
    channel: 0,
    device: 'cpu',
    workers: 1,
    threads: 1,
    omeZarr: '0.5',
    overwrite: false,
    ...all,
    ...changes,
  };
  const { detections, kept } = await segmentMovie(job);
  return { content: contentOf(folder), detections, kept };
}

async function planes(name: string): Promise<Case> {
  const model = join(packageRoot(), 'datasets', 'models', name);
  // Larger than twice the halo, smaller than the frame.
  const tiled = { model: await restated(model, `${name}-tiles-of-368`, { fixedSize: [368, 368] }) };
  return { movie: await writeMovie('2d', [400, 480]), model, tiled, all: {} };
}

const cases: Record<string, () => Promise<Case>> = {
  '2D, nuclei-2d': () => planes('nuclei-2d'),
  '2D, nuclei-2d-fast': () => planes('nuclei-2d-fast'),
  '2D, nuclei-2d-fine': () => planes('nuclei-2d-fine'),
  '3D, a small U-Net': async () => {
    const size = [12, 64, 80] as const;
    const { folder: model, manifest } = await importModel(SMALL_3D, { output: join(root, 'unet3d') });
    const tiled = { memory: 158e6 };
    const { tiles } = planVolume(size, manifest as VolumeManifest, 2 * 12 * 64 * 80, tiled.memory);
    expect(tiles.map(({ length }) => length)).not.toEqual([1, 1, 1]);
    return { movie: await writeMovie('3d', size, [8, 60, 60]), model, tiled, all: { probThreshold: 0.3 } };
  },
};

/** Without the metadata, which name the model's digest. */
const pixels = (content: Record<string, string>): [string, string][] =>
  Object.entries(content).filter(([path]) => !path.endsWith('zarr.json'));

describe.each(Object.keys(cases))('segmentMovie of %s', { timeout: PATIENCE }, (name) => {
  const prefix = name.replace(/\W+/g, '-');
  let given: Case;
  let expected: Awaited<ReturnType<typeof segment>>;

  beforeAll(async () => {
    given = await cases[name]!();
    expected = await segment(given, `${prefix}-plain`);
  }, PATIENCE);

  it('finds objects', () => {
    expect(expected.detections).toBeGreaterThan(FRAMES);
    expect(Object.keys(expected.content).filter((path) => path.startsWith('labels')).length).toBeGreaterThan(
      FRAMES,
    );
  });

  it.each([
    ['two threads', { threads: 2 }],
    ['two workers', { workers: 2 }],
  ])('gives the same bytes with %s', async (what, changes) => {
    const { content } = await segment(given, `${prefix}-${what}`, changes);
    expect(content).toEqual(expected.content);
  });

  it('gives the same bytes from tiles', async () => {
    const { content } = await segment(given, `${prefix}-tiles`, given.tiled);
    expect(pixels(content)).toEqual(pixels(expected.content));
  });

  it('gives the same bytes when it goes on where it stood', async () => {
    await segment(given, `${prefix}-resumed`, { frames: [1, 2] });
    const { content, kept } = await segment(given, `${prefix}-resumed`);
    expect(kept).toBe(1);
    expect(content).toEqual(expected.content);
  });
});
