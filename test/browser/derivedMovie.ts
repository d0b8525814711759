import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TypedArray } from '../../src/array/index.ts';
import { createArray, createGroup, encodeTiff, openTiff } from '../../src/codec/index.ts';
import { openMovie } from '../../src/read/index.ts';
import { runMorula } from './page.ts';

/** Channels that a derived movie can have: the nuclei, a glow around them, their rims, and one that is the same everywhere. */
export type Stain = 'nuclei' | 'glow' | 'rims' | 'even';

/** What to make. */
export interface Derived {
  preset?: '2d' | '3d';
  frames: number;
  cells: number;
  seed: number;
  stains: readonly Stain[];
  /** Colours as six hex digits; null = the file names none. */
  colours?: readonly (string | null)[];
  /** Levels of resolution, each half of the one before along y and x. */
  levels?: number;
  /** Every pixel becomes a square of so many, so that planes are large. */
  magnify?: number;
  /** Largest side of a chunk, pixels. */
  chunk?: number;
}

interface Picture {
  data: Uint16Array;
  depth: number;
  height: number;
  width: number;
}

/**
 * A simulated movie with other channels and levels beside it, in `folder`; its truth is that of the simulated one.
 *
 * @returns path of a result that has the truth as its lineage
 */
export async function makeDerived(folder: string, wanted: Derived): Promise<string> {
  const { preset = '2d', frames, cells, seed, stains, levels = 1, magnify = 1, chunk = 1024 } = wanted;
  const plain = join(folder, 'plain.ome.zarr');
  const numbers = ['--frames', String(frames), '--cells', String(cells), '--seed', String(seed)];
  await runMorula('simulate', plain, '--preset', preset, ...numbers, '--quiet');
  const result = join(folder, 'derived.morula');
  const movie = await openMovie({ path: plain });
  const path = join(folder, 'derived.ome.zarr');
  const { voxelSize, timeStep, ndim } = movie.info;
  const axes = ndim === 2 ? ['y', 'x'] : ['z', 'y', 'x'];
  const fine = voxelSize.map((size, axis) => (axis === 0 ? size : size / magnify));
  await createGroup(path, {
    ome: {
      version: '0.5',
      multiscales: [
        {
          axes: [
            { name: 't', type: 'time', unit: 'second' },
            { name: 'c', type: 'channel' },
            ...axes.map((name) => ({ name, type: 'space', unit: 'micrometer' })),
          ],
          datasets: Array.from({ length: levels }, (_, level) => ({
            path: String(level),
            coordinateTransformations: [
              {
                type: 'scale',
                scale: [
                  timeStep,
                  1,
                  ...fine.map((size, axis) => (axis === 0 ? size : size * 2 ** level)).slice(-axes.length),
                ],
              },
            ],
          })),
        },
      ],
      omero: {
        channels: stains.map((label, c) => {
          const color = wanted.colours?.[c] ?? null;
          return color === null ? { label } : { label, color };
        }),
      },
    },
  });
  for (let level = 0; level < levels; level++) {
    const [depth, height, width] = movie.info.shape;
    const extent = [
      depth,
      Math.ceil((height * magnify) / 2 ** level),
      Math.ceil((width * magnify) / 2 ** level),
    ];
    const space = extent.slice(-axes.length);
    const chunks = space.map((side, axis) => (axis < axes.length - 2 ? side : Math.min(side, chunk)));
    const writer = await createArray(join(path, String(level)), {
      shape: [frames, stains.length, ...space],
      chunks: [1, 1, ...chunks],
      dtype: 'uint16',
      fillValue: 0,
      dimensionNames: ['t', 'c', ...axes],
    });
    for (let t = 0; t < frames; t++) {
      const { image } = await movie.readFrame(t);
      for (const [c, stain] of stains.entries()) {
        const picture = stained({ data: image.data as Uint16Array, depth, height, width }, stain);
        const data = resized(picture, magnify, 2 ** level);
        await writeChunks(writer, [t, c], data, space, chunks);
      }
    }
  }
  await movie.close();
  const truth = join(folder, 'plain_GT');
  if (magnify > 1) await magnifyMasks(join(truth, 'TRA'), magnify);
  await runMorula('import', truth, '--movie', path, '-o', result, '--quiet');
  return result;
}

/** True masks at the size of the derived movie. */
async function magnifyMasks(folder: string, magnify: number): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.tif'))) {
    const file = join(folder, name);
    const tiff = await openTiff(file);
    const planes = [];
    for (let page = 0; page < tiff.nPages; page++) {
      const { data, shape } = await tiff.readPage(page);
      const [height, width] = shape as [number, number];
      const picture = { data: data as Uint16Array, depth: 1, height, width };
      planes.push({ data: resized(picture, magnify, 1), shape: [height * magnify, width * magnify] });
    }
    await tiff.close();
    await writeFile(file, encodeTiff(planes, { compression: 'deflate' }));
  }
}

type Writer = Awaited<ReturnType<typeof createArray>>;

/** Cuts a frame into its chunks. */
async function writeChunks(
  writer: Writer,
  first: readonly number[],
  data: Uint16Array,
  space: readonly number[],
  chunks: readonly number[],
): Promise<void> {
  const [height, width] = space.slice(-2) as [number, number];
  const [rows, columns] = chunks.slice(-2) as [number, number];
  const depth = space.length === 3 ? space[0]! : 1;
  for (let y = 0; y < height; y += rows) {
    for (let x = 0; x < width; x += columns) {
      const [h, w] = [Math.min(rows, height - y), Math.min(columns, width - x)];
      const part = new Uint16Array(depth * h * w);
      for (let z = 0; z < depth; z++)
        for (let row = 0; row < h; row++) {
          const from = (z * height + y + row) * width + x;
          part.set(data.subarray(from, from + w), (z * h + row) * w);
        }
      const at = [...first, ...(space.length === 3 ? [0] : []), y / rows, x / columns];
      const shape = [1, 1, ...(space.length === 3 ? [depth] : []), h, w];
      await writer.writeChunk(at, { data: part as TypedArray, shape });
    }
  }
}

/** A channel made of the nuclei. */
function stained(nuclei: Picture, stain: Stain): Picture {
  const { data, depth, height, width } = nuclei;
  if (stain === 'nuclei') return nuclei;
  const out = new Uint16Array(data.length);
  if (stain === 'even') return { ...nuclei, data: out.fill(700) };
  const reach = stain === 'glow' ? 9 : 2;
  for (let z = 0; z < depth; z++) {
    const plane = data.subarray(z * height * width, (z + 1) * height * width);
    const wide = blurred(blurred(plane, width, height, reach), width, height, reach);
    for (let i = 0; i < plane.length; i++)
      out[z * plane.length + i] = stain === 'glow' ? wide[i]! : Math.abs(plane[i]! - wide[i]!) + 100;
  }
  return { ...nuclei, data: out };
}

/** Means of squares of side `2 * reach + 1`. */
function blurred(plane: Uint16Array, width: number, height: number, reach: number): Uint16Array {
  const rows = new Float64Array(plane.length);
  const out = new Uint16Array(plane.length);
  const along = (
    get: (i: number) => number,
    put: (i: number, v: number) => void,
    from: number,
    step: number,
    n: number,
  ): void => {
    let [sum, count] = [0, 0];
    for (let k = -reach; k < n; k++) {
      if (k + reach < n) [sum, count] = [sum + get(from + (k + reach) * step), count + 1];
      if (k - reach - 1 >= 0) [sum, count] = [sum - get(from + (k - reach - 1) * step), count - 1];
      if (k >= 0) put(from + k * step, sum / count);
    }
  };
  for (let y = 0; y < height; y++)
    along(
      (i) => plane[i]!,
      (i, v) => (rows[i] = v),
      y * width,
      1,
      width,
    );
  for (let x = 0; x < width; x++)
    along(
      (i) => rows[i]!,
      (i, v) => (out[i] = Math.round(v)),
      x,
      width,
      height,
    );
  return out;
}

/** Every pixel as `magnify` squared, of which every `step`-th is kept. */
function resized({ data, depth, height, width }: Picture, magnify: number, step: number): Uint16Array {
  const [h, w] = [Math.ceil((height * magnify) / step), Math.ceil((width * magnify) / step)];
  const out = new Uint16Array(depth * h * w);
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < h; y++) {
      const row = (z * height + Math.floor((y * step) / magnify)) * width;
      const to = (z * h + y) * w;
      for (let x = 0; x < w; x++) out[to + x] = data[row + Math.floor((x * step) / magnify)]!;
    }
  return out;
}
