import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGroup, writeArray } from '../../src/codec/index.ts';
import { loadModel } from '../../src/model/index.ts';
import { type SegmentJob, segmentMovie } from '../../src/pipeline/index.ts';
import { resolveSettings } from '../../src/pipeline/segmentJob.ts';
import type { MovieInfo } from '../../src/read/index.ts';
import { readLabels } from '../../src/store/index.ts';
import { handMadeTiff } from '../codec/tiffFiles.ts';
import { type StarOptions, starNetwork } from '../helpers/onnx.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
const [HEIGHT, WIDTH] = [48, 64];
const CENTRES: [number, number][] = [
  [14, 14],
  [14, 44],
  [34, 30],
];
const PALE = [230, 200, 240];
const DARK = [90, 20, 250];

/** Network whose prob is high where the mean of the normalised channels is. */
function network(name: string, options: StarOptions): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), starNetwork(options));
  return folder;
}

/** Interleaved RGB pixels of bright discs; the blue channel is the same throughout. */
function stained(t: number): Uint8Array {
  const pixels = new Uint8Array(HEIGHT * WIDTH * 3);
  for (let i = 0; i < HEIGHT * WIDTH; i++) {
    const [y, x] = [Math.floor(i / WIDTH), (i % WIDTH) - t];
    const inside = CENTRES.some(([cy, cx]) => (y - cy) ** 2 + (x - cx) ** 2 <= 2);
    pixels.set(inside ? PALE : DARK, 3 * i);
  }
  return pixels;
}

function rgbFolder(): string {
  const folder = join(root, 'rgb');
  mkdirSync(folder, { recursive: true });
  for (const t of [0, 1]) {
    const pixels = stained(t);
    const tags = { 256: WIDTH, 257: HEIGHT, 258: [8, 8, 8], 259: 1, 262: 2, 273: 8, 277: 3, 278: HEIGHT };
    writeFileSync(join(folder, `t${t}.tif`), handMadeTiff({ ...tags, 279: pixels.length }, pixels));
  }
  return folder;
}

async function zarr(order: readonly number[], name: string): Promise<string> {
  const folder = join(root, `${name}.ome.zarr`);
  const axes = ['t', 'c', 'y', 'x'].map((axis) => ({
    name: axis,
    type: axis === 't' ? 'time' : axis === 'c' ? 'channel' : 'space',
  }));
  const scale = [{ type: 'scale', scale: [1, 1, 1, 1] }];
  const multiscales = [{ axes, datasets: [{ path: '0', coordinateTransformations: scale }] }];
  const channels = order.map((c) => ({ label: ['red', 'green', 'blue, far'][c] }));
  await createGroup(folder, { ome: { version: '0.5', multiscales, omero: { channels } } });
  const data = new Uint8Array(2 * 3 * HEIGHT * WIDTH);
  for (const t of [0, 1]) {
    const pixels = stained(t);
    for (const [k, c] of order.entries())
      for (let i = 0; i < HEIGHT * WIDTH; i++) data[(t * 3 + k) * HEIGHT * WIDTH + i] = pixels[3 * i + c]!;
  }
  const shape = [2, 3, HEIGHT, WIDTH];
  await writeArray(
    join(folder, '0'),
    { shape, chunks: [1, 1, HEIGHT, WIDTH], dtype: 'uint8' as const },
    data,
  );
  return folder;
}

const job = (path: string, model: string, name: string, channel?: number | string): SegmentJob => ({
  source: { path, pixelSize: [1, 1], timeStep: 60 },
  folder: join(root, name),
  model,
  device: 'cpu',
  workers: 1,
  threads: 1,
  omeZarr: '0.5',
  overwrite: false,
  ...(channel === undefined ? {} : { channel }),
});

/** Labels of both frames of a segmentation. */
async function labelsOf(task: SegmentJob): Promise<Uint32Array[]> {
  const { detections } = await segmentMovie(task);
  expect(detections).toBe(2 * CENTRES.length);
  return [(await readLabels(task.folder, 0)).data, (await readLabels(task.folder, 1)).data];
}

describe('segmentMovie with a network of three channels', () => {
  it('gives the same objects from RGB files and from OME-Zarr, channels first and last', async () => {
    const first = network('first', { channels: 3, grid: 2 });
    const last = network('last', { channels: 3, grid: 2, layout: 'NHWC' });
    const expected = await labelsOf(job(rgbFolder(), last, 'a'));
    const turned = await zarr([2, 0, 1], 'turned');
    expect(await labelsOf(job(turned, first, 'b', 'red, green, 0'))).toEqual(expected);
  }, 120_000);
});

describe('resolveSettings', () => {
  const info = (...names: string[]): MovieInfo =>
    ({
      name: 'movie',
      ndim: 2,
      shape: [1, 8, 8],
      channels: names.map((name, index) => ({ index, name, color: null })),
      voxelSizeKnown: true,
    }) as unknown as MovieInfo;
  const rgb = info('red', 'green', 'blue, far');
  const settle = async (
    channels: number,
    movie: MovieInfo,
    channel?: number | string,
  ): Promise<number | readonly number[]> => {
    const model = await loadModel(network(`takes${channels}`, { channels }));
    return resolveSettings(job('x', 'y', 'z', channel), movie, model).channel;
  };

  it.each([
    ['takes the first channel by default', 1, rgb, undefined, 0],
    ['takes all channels of a movie that has as many as the network', 3, rgb, undefined, [0, 1, 2]],
    ['keeps the order asked for', 3, rgb, '2,0,1', [2, 0, 1]],
    ['takes names, and spaces between them', 2, rgb, 'green, red', [1, 0]],
    ['takes a name with a comma in it', 1, rgb, 'blue, far', 2],
    ['takes one channel three times', 3, info('grey'), '0,0,0', [0, 0, 0]],
  ] as [string, number, MovieInfo, string | undefined, number | number[]][])(
    '%s',
    async (_, channels, movie, wanted, expected) => {
      expect(await settle(channels, movie, wanted)).toEqual(expected);
    },
  );

  it.each([
    [
      3,
      info('nuclei', 'actin'),
      undefined,
      'model: takes3 takes 3 channels, movie has 0 (nuclei), 1 (actin); name 3, in the order of its training: --channel 0,1,0',
    ],
    [1, rgb, '0,1', '--channel: takes1 takes 1 channel, got "0,1"; name one: --channel 0'],
    [3, rgb, 0, /takes 3 channels, got "0"; name 3/],
    [3, rgb, '0,1,cyan', '--channel: "cyan" is not in movie; it has 0 (red), 1 (green), 2 (blue, far)'],
  ] as [number, MovieInfo, string | number | undefined, string | RegExp][])(
    'refuses for %i channels, as the model where none is asked for',
    async (channels, movie, wanted, line) => {
      await expect(settle(channels, movie, wanted)).rejects.toThrow(line);
      await expect(settle(channels, movie, wanted)).rejects.toMatchObject({
        exit: wanted === undefined ? 65 : 64,
      });
    },
  );
});
