import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArray, createGroup } from '../../src/codec/index.ts';
import { openMovie } from '../../src/read/index.ts';
import { serveResult, type ViewServer } from '../../src/serve/index.ts';
import { coarseLabels, createMemo, openLevels } from '../../src/serve/levels.ts';
import { here } from '../cli/morula.ts';
import { type Client, openClient } from '../helpers/client.ts';
import { makePage } from '../helpers/editable.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const folder = tempFolder();
const movie = join(folder, 'm.ome.zarr');
const [HEIGHT, WIDTH] = [45, 70];
/** Levels in the file: half, a quarter, one whose size is no part of the first, one that is not there. */
const SIZES = [
  [HEIGHT, WIDTH],
  [23, 35],
  [12, 18],
  [5, 35],
];
const value = (level: number, t: number, y: number, x: number): number => 1000 * level + 100 * t + y + x;

beforeAll(async () => {
  const axes = [
    { name: 't', type: 'time', unit: 'second' },
    { name: 'y', type: 'space', unit: 'micrometer' },
    { name: 'x', type: 'space', unit: 'micrometer' },
  ];
  const scaled = (level: number) => [
    { type: 'scale', scale: [60, (0.5 * HEIGHT) / SIZES[level]![0]!, (0.5 * WIDTH) / SIZES[level]![1]!] },
  ];
  const datasets = [...SIZES.keys()].map((level) => ({
    path: String(level),
    coordinateTransformations: scaled(level),
  }));
  const gone = { path: 'gone', coordinateTransformations: scaled(0) };
  await createGroup(movie, {
    ome: { version: '0.5', multiscales: [{ axes, datasets: [...datasets, gone] }] },
  });
  for (const [level, [height, width]] of SIZES.entries()) {
    const writer = await createArray(join(movie, String(level)), {
      shape: [2, height!, width!],
      chunks: [1, height!, width!],
      dtype: 'uint16',
      fillValue: 0,
      dimensionNames: ['t', 'y', 'x'],
    });
    for (let t = 0; t < 2; t++) {
      const data = new Uint16Array(height! * width!);
      for (let i = 0; i < data.length; i++) data[i] = value(level, t, Math.floor(i / width!), i % width!);
      await writer.writeChunk([t, 0, 0], { data, shape: [1, height!, width!] });
    }
  }
});

describe('openLevels', () => {
  it('is the level read and the coarser ones that fit it, and leaves out what does not or cannot be read', async () => {
    const levels = await openLevels(await openMovie({ path: movie }));
    expect(levels.map(({ step, width, height }) => [step, width, height])).toEqual([
      [1, WIDTH, HEIGHT],
      [2, 35, 23],
      [4, 18, 12],
    ]);
    const second = await openLevels(await openMovie({ path: movie, level: 1 }));
    expect(second.map(({ step }) => step)).toEqual([1, 2]);
  });
});

describe('coarseLabels', () => {
  it('takes the label in the middle of each pixel, the last ones cut off', () => {
    const data = Uint32Array.from({ length: 15 }, (_, i) => i);
    const level = { step: 2, width: 3, height: 2 };
    expect([...coarseLabels({ data, shape: [3, 5] }, level).data]).toEqual([6, 8, 9, 11, 13, 14]);
  });
});

describe('createMemo', () => {
  it('makes each answer once, keeps the newest, and forgets failures', async () => {
    const memo = createMemo<number>(2);
    let made = 0;
    const make = async (): Promise<number> => ++made;
    expect([
      await memo('a', make),
      await memo('a', make),
      await memo('b', make),
      await memo('c', make),
    ]).toEqual([1, 1, 2, 3]);
    expect([await memo('a', make), await memo('c', make)]).toEqual([4, 3]);
    await expect(memo('d', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await memo('d', make)).toBe(5);
  });
});

describe('a movie of several levels, served', () => {
  let server: ViewServer;
  let client: Client;
  beforeAll(async () => {
    const result = join(folder, 'r');
    const done = await here('track', movie, '-o', result, '--workers', '1', '--quiet');
    expect(done.code).toBe(0);
    server = await serveResult(result, { port: 0, page: makePage(folder) });
    client = await openClient(server);
  });
  afterAll(() => server?.close());

  const pixels = async (query: string): Promise<{ shape: string | null; data: Uint16Array }> => {
    const response = await client.get(`/api/plane?t=1&c=0&z=0${query}`);
    expect(response.status).toBe(200);
    return { shape: response.headers.get('x-shape'), data: new Uint16Array(await response.arrayBuffer()) };
  };

  it('says so, and gives planes of each level, whole or in part', async () => {
    const info = (await (await client.get('/api/info')).json()) as { levels: unknown[] };
    expect(info.levels).toEqual([
      { step: 1, width: WIDTH, height: HEIGHT },
      { step: 2, width: 35, height: 23 },
      { step: 4, width: 18, height: 12 },
    ]);
    const coarse = await pixels('&level=2');
    expect(coarse.shape).toBe('12,18');
    expect(coarse.data[18 + 3]).toBe(value(2, 1, 1, 3));
    const part = await pixels('&part=10,12,60,63');
    expect(part.shape).toBe('2,3');
    expect([...part.data]).toEqual([10, 11].flatMap((y) => [60, 61, 62].map((x) => value(0, 1, y, x))));
    const both = await pixels('&level=1&part=22,23,34,35');
    expect([...both.data]).toEqual([value(1, 1, 22, 34)]);
  });

  it('gives labels of the same size', async () => {
    for (const [query, shape] of [
      ['', `${HEIGHT},${WIDTH}`],
      ['&level=1', '23,35'],
      ['&level=2&part=0,5,3,18', '5,15'],
    ]) {
      const response = await client.get(`/api/labels?t=0&z=0${query}`);
      expect(response.headers.get('x-shape')).toBe(shape);
    }
  });

  it('refuses levels and parts that there are none of', async () => {
    for (const query of [
      '&level=3',
      '&part=0,1,2',
      '&part=0,46,0,1',
      '&level=1&part=0,24,0,1',
      '&part=3,3,0,1',
      '&part=a',
    ])
      expect((await client.get(`/api/plane?t=0&c=0&z=0${query}`)).status, query).toBe(400);
  });
});
