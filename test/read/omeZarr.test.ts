import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGroup, writeArray } from '../../src/codec/index.ts';
import { openMovie } from '../../src/read/index.ts';
import { withFolder } from '../codec/zarrFiles.ts';
import { attributesOf, EXTENT, type MovieLayout, valueAt, writeMovie } from './omeZarrFiles.ts';

/** Writes a movie in that layout and opens it. */
async function withMovie<T>(
  layout: MovieLayout,
  body: (movie: Awaited<ReturnType<typeof openMovie>>, folder: string) => Promise<T>,
  source: object = {},
): Promise<T> {
  return withFolder(async (parent) => {
    const folder = join(parent, 'cells.ome.zarr');
    await writeMovie(folder, layout);
    return body(await openMovie({ path: folder, ...source }), folder);
  });
}

/** What `openMovie` says about a movie in that layout. */
async function failure(layout: MovieLayout, source: object = {}): Promise<string> {
  return withMovie(layout, async () => 'opened', source).catch((error: Error) => error.message);
}

const TZYX: MovieLayout = { axes: ['t', 'z', 'y', 'x'] };

describe('readFrame of an OME-Zarr', () => {
  it('gives the same frames and planes whatever the order of the axes, chunks and version', async () => {
    const layouts = fc
      .subarray(['c', 'z'])
      .chain((extra) => fc.shuffledSubarray(['t', 'y', 'x', ...extra], { minLength: 3 + extra.length }))
      .chain((axes) =>
        fc.record({
          axes: fc.constant(axes),
          version: fc.constantFrom<'0.4' | '0.5'>('0.4', '0.5'),
          chunks: fc.array(fc.integer({ min: 2, max: 6 }), {
            minLength: axes.length,
            maxLength: axes.length,
          }),
        }),
      );
    const property = fc.asyncProperty(layouts, async (layout) => {
      const has = (axis: string): boolean => layout.axes.includes(axis);
      await withMovie(layout, async (movie) => {
        const [nz, ny, nx] = [has('z') ? EXTENT.z : 1, EXTENT.y, EXTENT.x];
        expect(movie.info).toMatchObject({
          ndim: nz > 1 ? 3 : 2,
          nFrames: 3,
          shape: [nz, ny, nx],
          dtype: 'uint16',
        });
        expect(movie.info.channels).toHaveLength(has('c') ? 2 : 1);
        const t = 2;
        const c = has('c') ? 1 : 0;
        const { image } = await movie.readFrame(t, c);
        const expected: number[] = [];
        for (let z = 0; z < nz; z++) {
          for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) expected.push(valueAt({ t, c, z, y, x }));
        }
        expect(image.shape).toEqual(nz > 1 ? [nz, ny, nx] : [ny, nx]);
        expect([...image.data]).toEqual(expected);
        const plane = await movie.readPlane(t, c, nz - 1);
        expect(plane.shape).toEqual([ny, nx]);
        expect([...plane.data]).toEqual(expected.slice((nz - 1) * ny * nx));
        const slab = await movie.readSlab(t, c, Math.min(1, nz - 1), nz);
        expect(slab.shape).toEqual([Math.max(1, nz - 1), ny, nx]);
        expect([...slab.data]).toEqual(expected.slice(Math.min(1, nz - 1) * ny * nx));
      });
    });
    await fc.assert(property, { numRuns: 20 });
  });

  it('names frame, array and chunk when one does not decode, and reads the others', async () => {
    await withMovie({ axes: ['t', 'y', 'x'], chunks: [1, 6, 5] }, async (movie, folder) => {
      truncateSync(join(folder, '0/1/0/0'), 12);
      const found = await movie.readFrame(1).catch((error: unknown) => error);
      expect(found).toMatchObject({ tag: 'invalid-data', exit: 65 });
      expect(String(found)).toContain(
        `read: frame 1: zarr: array "0" of ${folder}, chunk 1/0/0 must decode, zstd:`,
      );
      expect((await movie.readFrame(2)).image.data[0]).toBe(valueAt({ t: 2 }));
    });
  });

  it('takes missing chunks for the fill value', async () => {
    await withMovie(
      { axes: ['t', 'y', 'x'], chunks: [1, 6, 5], spec: { fillValue: 8 } },
      async (movie, folder) => {
        rmSync(join(folder, '0/1'), { recursive: true });
        expect([...(await movie.readFrame(1)).image.data]).toEqual(new Array(30).fill(8));
      },
    );
  });

  it('refuses a frame, channel or plane that is not there', async () => {
    await withMovie(TZYX, async (movie) => {
      await expect(movie.readFrame(3)).rejects.toThrow('read: frame must lie in 0:3, got 3 (cells)');
      await expect(movie.readFrame(-1)).rejects.toMatchObject({ tag: 'invalid-option' });
      await expect(movie.readFrame(0, 1)).rejects.toThrow('channel must lie in 0:1, got 1');
      await expect(movie.readPlane(0, 0, 4)).rejects.toThrow('plane must lie in 0:4, got 4');
    });
  });

  it('gives bool as uint8 and 64-bit integers as float64', async () => {
    await withFolder(async (folder) => {
      await createGroup(folder, attributesOf({ axes: ['t', 'y', 'x'] }), 2);
      const grid = { shape: [1, 1, 2], chunks: [1, 1, 2], zarrFormat: 2 } as const;
      await writeArray(join(folder, '0'), { ...grid, dtype: 'int64' }, BigInt64Array.of(-3n, 4n));
      const wide = await openMovie({ path: folder });
      expect(wide.info.dtype).toBe('float64');
      expect((await wide.readFrame(0)).image.data).toEqual(Float64Array.of(-3, 4));
      await writeArray(join(folder, '0'), { ...grid, dtype: 'bool' }, Uint8Array.of(1, 0));
      const mask = await openMovie({ path: folder });
      expect(mask.info.dtype).toBe('uint8');
      expect((await mask.readFrame(0)).image.data).toEqual(Uint8Array.of(1, 0));
    });
  });
});

describe('info of an OME-Zarr', () => {
  it('has name, format, sizes in micrometres and seconds, and no warning when all is said', async () => {
    const units = { t: 'minute', z: 'nanometer', y: 'millimeter', x: 'micrometer' };
    await withMovie({ ...TZYX, scale: [5, 2000, 0.0005, 0.25], units, version: '0.5' }, async ({ info }) => {
      expect(info).toMatchObject({
        name: 'cells',
        format: 'OME-Zarr 0.5 (zarr v3)',
        voxelSize: [2, 0.5, 0.25],
        voxelSizeKnown: true,
        timeStep: 300,
        timeStepKnown: true,
        levels: [{ path: '0', shape: [3, 4, 6, 5] }],
        level: 0,
        warnings: [],
      });
      expect(info.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    });
  });

  it('combines the scales of dataset and image, and leaves translations out', async () => {
    const common = [
      { type: 'translation', translation: [0, 9, 9, 9] },
      { type: 'scale', scale: [60, 2, 1, 1] },
    ];
    const layout: MovieLayout = {
      ...TZYX,
      scale: [1, 1, 0.5, 0.5],
      image: { coordinateTransformations: common },
    };
    await withMovie(layout, async ({ info }) => {
      expect(info.voxelSize).toEqual([2, 0.5, 0.5]);
      expect(info.timeStep).toBe(60);
    });
  });

  it.each([
    ['micrometre', 1],
    ['angstrom', 1e-4],
    ['nm', 1e-3],
    ['µm', 1],
    ['centimeter', 1e4],
    ['inch', 25400],
  ])('converts %s', async (unit, size) => {
    await withMovie(
      { axes: ['t', 'y', 'x'], scale: [1, 1, 1], units: { y: unit, x: unit } },
      async ({ info }) => {
        expect(info.voxelSize).toEqual([1, size, size]);
      },
    );
  });

  it.each([
    ['millisecond', 0.001],
    ['s', 1],
    ['hour', 3600],
    ['day', 86400],
  ])('converts %s', async (unit, step) => {
    await withMovie({ axes: ['t', 'y', 'x'], scale: [1, 1, 1], units: { t: unit } }, async ({ info }) => {
      expect([info.timeStep, info.timeStepKnown]).toEqual([step, true]);
    });
  });

  it('warns and takes 1 where scale or unit is unknown', async () => {
    const unknown = { voxelSize: [1, 1, 1], voxelSizeKnown: false, timeStep: 1, timeStepKnown: false };
    const say = ['the pixel size is not known', 'the time step is not known'];
    await withMovie({ ...TZYX, scale: null }, async ({ info }) => {
      expect(info).toMatchObject(unknown);
      expect(info.warnings.map((line) => line.replace(/,.*/, ''))).toEqual(say);
    });
    await withMovie({ ...TZYX, scale: [1, 1, 1, 1], units: {} }, async ({ info }) => {
      expect(info).toMatchObject(unknown);
    });
    await withMovie(
      { ...TZYX, scale: [2, 2, 2, 2], units: { t: 'parrot', y: 'pixel' } },
      async ({ info }) => {
        expect(info).toMatchObject(unknown);
        expect(info.warnings.join()).toContain('unit "pixel" of axis y is not understood');
      },
    );
    await withMovie({ ...TZYX, scale: [9, 2, 3, 4], units: {} }, async ({ info }) => {
      expect(info).toMatchObject({
        voxelSize: [2, 3, 4],
        voxelSizeKnown: true,
        timeStep: 9,
        timeStepKnown: true,
      });
      expect(info.warnings).toEqual([
        'axes z, y, x have no unit, micrometer is taken',
        'axes t have no unit, second is taken',
      ]);
    });
  });

  it('puts pixel size and time step of the user first, without warnings', async () => {
    const layout: MovieLayout = { ...TZYX, scale: null };
    await withMovie(
      layout,
      async ({ info }) => {
        expect(info).toMatchObject({
          voxelSize: [3, 2, 1],
          voxelSizeKnown: true,
          timeStep: 7,
          timeStepKnown: true,
        });
        expect(info.warnings).toEqual([]);
      },
      { pixelSize: [3, 2, 1], timeStep: 7 },
    );
    expect(await failure(layout, { pixelSize: [2, 1] })).toContain('three positive numbers z,y,x, got 2,1');
    expect(await failure(layout, { pixelSize: [0, 2, 1] })).toContain('got 0,2,1');
    expect(await failure(layout, { timeStep: 0 })).toContain('timeStep must be a positive number, got 0');
  });

  it('names channels from omero, and numbers the rest', async () => {
    const omero = {
      channels: [
        { label: 'H2B', color: '00FF00' },
        { label: ' ', color: 'green' },
      ],
    };
    await withMovie({ axes: ['t', 'c', 'y', 'x'], ome: { omero } }, async ({ info }) => {
      expect(info.channels).toEqual([
        { index: 0, name: 'H2B', color: '00ff00' },
        { index: 1, name: 'channel 1', color: null },
      ]);
    });
  });

  it('opens a level with its own shape and scale, and warns of a missing other one', async () => {
    const scaled = (path: string, y: number): object => ({
      path,
      coordinateTransformations: [{ type: 'scale', scale: [30, y, y] }],
    });
    const datasets = [scaled('0', 0.5), scaled('half', 1), scaled('gone', 2)];
    await withMovie({ axes: ['t', 'y', 'x'], image: { datasets } }, async (full, folder) => {
      expect(full.info.warnings[0]).toContain('level 1 cannot be read: zarr: array "half"');
      const half = { shape: [3, 3, 2], chunks: [1, 3, 2], dtype: 'uint8', zarrFormat: 2 } as const;
      await writeArray(
        join(folder, 'half'),
        half,
        Uint8Array.from({ length: 18 }, (_, i) => i),
      );
      const { info, readFrame } = await openMovie({ path: folder, level: 1 });
      expect(info).toMatchObject({ level: 1, shape: [1, 3, 2], dtype: 'uint8', voxelSize: [1, 1, 1] });
      expect(info.levels.map(({ shape }) => shape)).toEqual([[3, 6, 5], [3, 3, 2], []]);
      expect([...(await readFrame(2)).image.data]).toEqual([12, 13, 14, 15, 16, 17]);
      await expect(openMovie({ path: folder, level: 2 })).rejects.toMatchObject({
        tag: 'not-found',
        exit: 65,
      });
      await expect(openMovie({ path: folder, level: 3 })).rejects.toThrow(
        'level must be one of 0 to 2, got 3',
      );
    });
  });

  it('has a fingerprint that follows shape, scale and storage, and nothing else', async () => {
    const print = (layout: MovieLayout): Promise<string> =>
      withMovie(layout, async ({ info }) => info.fingerprint);
    const base = await print(TZYX);
    expect(await print({ ...TZYX, ome: { omero: { channels: [{ label: 'a' }] }, extra: 1 } })).toBe(base);
    expect(await print({ ...TZYX, scale: [1, 1, 1, 2] })).not.toBe(base);
    expect(await print({ ...TZYX, units: { x: 'nanometer' } })).not.toBe(base);
    expect(await print({ ...TZYX, chunks: [3, 4, 4, 4] })).not.toBe(base);
    expect(await print({ axes: ['t', 'y', 'x'] })).not.toBe(base);
  });

  it('reads the axes of older versions: names (0.3), and none (0.1)', async () => {
    await withMovie({ ...TZYX, image: { version: '0.3', axes: ['t', 'z', 'y', 'x'] } }, async ({ info }) => {
      expect(info).toMatchObject({ format: 'OME-Zarr 0.3 (zarr v2)', ndim: 3, shape: [4, 6, 5] });
    });
    const old: MovieLayout = { axes: ['t', 'c', 'z', 'y', 'x'], scale: null };
    await withMovie({ ...old, image: { version: '0.1', axes: undefined } }, async ({ info }) => {
      expect(info).toMatchObject({ format: 'OME-Zarr 0.1 (zarr v2)', nFrames: 3, voxelSizeKnown: false });
      expect(info.channels).toHaveLength(2);
    });
  });

  it('takes the first of several images, with a warning', async () => {
    const [image] = attributesOf(TZYX).multiscales as object[];
    await withMovie({ ...TZYX, ome: { multiscales: [image, image] } }, async ({ info }) => {
      expect(info.warnings).toEqual(['2 multiscale images are there, the first is read']);
    });
  });

  it('reads label images', async () => {
    await withMovie({ ...TZYX, version: '0.5', ome: { 'image-label': { colors: [] } } }, async (movie) => {
      expect((await movie.readPlane(0, 0, 0)).data[0]).toBe(1);
    });
  });
});

describe('openMovie on a faulty OME-Zarr', () => {
  it.each<[string, MovieLayout, string]>([
    ['axes without t', { axes: ['c', 'y', 'x'] }, 'read: axes "c y x" have no t, a time-lapse is needed'],
    ['axes without x', { axes: ['t', 'z', 'y'] }, 'read: axes "t z y" have no x, an image is needed'],
    ['doubled axes', { ...TZYX, image: { axes: ['t', 'y', 'y', 'x'] } }, 'axes must differ, found "t y y x"'],
    ['an unknown axis', { ...TZYX, image: { axes: ['t', 'angle', 'y', 'x'] } }, 'found "angle"'],
    [
      'an axis without name',
      { ...TZYX, image: { axes: [{}, 'z', 'y', 'x'] } },
      'every axis must have a name',
    ],
    ['no axes', { ...TZYX, image: { axes: [] } }, 'axes must be a list, found []'],
    [
      'too few axes',
      { ...TZYX, image: { axes: ['t', 'y', 'x'] }, scale: [1, 1, 1] },
      'must have axes "t y x", found shape 3 x 4 x 6 x 5',
    ],
    ['a scale of 0', { ...TZYX, scale: [1, 0, 1, 1] }, 'scale of axis z must be a positive number, found 0'],
    [
      'a negative scale',
      { ...TZYX, scale: [-1, 1, 1, 1] },
      'scale of axis t must be a positive number, found -1',
    ],
    [
      'a scale of words',
      { ...TZYX, scale: [1, 1, 'NaN', 1] },
      'scale of axis y must be a positive number, found "NaN"',
    ],
    ['a short scale', { ...TZYX, scale: [1, 1] }, 'scale must have 4 numbers, found [1,1]'],
    [
      'an affine',
      { ...TZYX, image: { coordinateTransformations: [{ type: 'affine' }] } },
      'must be scale or translation, found "affine"',
    ],
    [
      'no images',
      { ...TZYX, ome: { multiscales: [] } },
      'multiscales must be a list with an image, found []',
    ],
    ['no datasets', { ...TZYX, image: { datasets: [] } }, 'datasets must be a list with a level, found []'],
    [
      'a dataset without path',
      { ...TZYX, image: { datasets: [{}] } },
      'every dataset must have a path, found {}',
    ],
    [
      'a missing array',
      { ...TZYX, image: { datasets: [{ path: '7' }] } },
      'must be there, found neither zarr.json nor .zarray',
    ],
    ['an array outside', { ...TZYX, image: { datasets: [{ path: '../0' }] } }, 'must stay inside'],
    ['a later version', { ...TZYX, image: { version: '0.7' } }, 'OME-Zarr must be 0.6 or older, found 0.7'],
  ])('refuses %s', async (_, layout, message) => {
    const found = await withMovie(layout, async () => null).catch((error: unknown) => error);
    expect(found).toMatchObject({ exit: 65 });
    expect(String(found)).toContain(message);
  });

  it('refuses no frames, strings, and metadata that is no JSON', async () => {
    await withFolder(async (folder) => {
      await createGroup(folder, attributesOf({ axes: ['t', 'y', 'x'] }), 2);
      const grid = { shape: [0, 1, 1], chunks: [1, 1, 1], zarrFormat: 2 } as const;
      await writeArray(join(folder, '0'), { ...grid, dtype: 'uint8' }, new Uint8Array(0));
      await expect(openMovie({ path: folder })).rejects.toThrow('must have pixels, found 0 along axis t');
      await writeArray(join(folder, '0'), { ...grid, shape: [1, 1, 1], dtype: 'string' }, ['a']);
      await expect(openMovie({ path: folder })).rejects.toThrow('pixels must be numbers, found strings');
      const text = readFileSync(join(folder, '.zattrs'), 'utf8');
      writeFileSync(join(folder, '.zattrs'), text.slice(0, 50));
      await expect(openMovie({ path: folder })).rejects.toMatchObject({ tag: 'invalid-metadata', exit: 65 });
    });
  });
});
