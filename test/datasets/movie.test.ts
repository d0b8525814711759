import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createMovieArrays,
  renderFrame,
  resolveOptions,
  type SimulationRequest,
  simulateLife,
  truthPaths,
  writeMovieFrames,
} from '../../datasets/simulator/index.ts';
import { openArray, openStore, openTiff, readGroup } from '../../src/codec/index.ts';
import { sameBytes } from './bytes.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'morula-simulate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('truthPaths', () => {
  it('puts the truth beside the movie, without its suffix', () => {
    const paths = truthPaths('/data/a.ome.zarr/', 40);
    expect(paths.folder).toBe('/data/a_GT');
    expect(paths.trackTable).toBe('/data/a_GT/TRA/man_track.txt');
    expect(paths.points).toBe('/data/a.points.csv');
    expect(paths.masks(7)).toEqual(['/data/a_GT/TRA/man_track007.tif', '/data/a_GT/SEG/man_seg007.tif']);
  });

  it('takes as many digits as the last frame needs', () => {
    expect(truthPaths('b.zarr', 1000).masks(999)[0]).toBe('b_GT/TRA/man_track999.tif');
    expect(truthPaths('b.zarr', 1001).masks(7)[0]).toBe('b_GT/TRA/man_track0007.tif');
  });
});

describe('writeMovieFrames', () => {
  const requests: SimulationRequest[] = [
    { preset: '2d', seed: 2, frames: 3, cells: 3 },
    { preset: '3d', seed: 2, frames: 2, cells: 2 },
  ];

  it.each(requests)('writes what renderFrame gives, frame ranges in any order: %o', async (request) => {
    const options = resolveOptions(request);
    const life = simulateLife(options);
    const path = join(folder, `${options.preset}.ome.zarr`);
    await createMovieArrays(path, options);
    await writeMovieFrames(life, path, options, [1, options.frames]);
    await writeMovieFrames(life, path, options, [0, 1]);

    const array = await openArray(await openStore(path), '0');
    const truth = truthPaths(path, options.frames);
    for (let t = 0; t < options.frames; t++) {
      const { image, labels } = renderFrame(life, t, options);
      const stored = await array.read([t, 0, ...image.shape.map(() => null)]);
      expect(stored.shape).toEqual(image.shape);
      expect(sameBytes(stored.data, image.data)).toBe(true);
      const [tracking, segmentation] = truth.masks(t);
      const tiff = await openTiff(tracking);
      const plane = options.shape[1] * options.shape[2];
      expect(tiff.nPages).toBe(options.shape[0]);
      for (let z = 0; z < tiff.nPages; z++) {
        const page = await tiff.readPage(z);
        expect(sameBytes(page.data, labels.data.subarray(z * plane, (z + 1) * plane))).toBe(true);
      }
      await tiff.close();
      expect(sameBytes(await readFile(segmentation), await readFile(tracking))).toBe(true);
    }
    for (const kind of ['TRA', 'SEG'])
      expect(await readdir(join(truth.folder, kind))).toHaveLength(options.frames);
  });

  it('cuts a frame that is too large for one chunk into slabs', async () => {
    const options = resolveOptions({ preset: '2d', size: [2150, 2000], cells: 2, frames: 1 });
    const path = join(folder, 'large.ome.zarr');
    await createMovieArrays(path, options);
    const life = simulateLife(options);
    await writeMovieFrames(life, path, options, [0, 1]);
    const array = await openArray(await openStore(path), '0');
    expect(array.chunks[2]).toBeLessThan(2150);
    const stored = await array.read([0, 0, null, null]);
    expect(sameBytes(stored.data, renderFrame(life, 0, options).image.data)).toBe(true);
  });
});

describe('createMovieArrays', () => {
  it('writes OME-Zarr 0.5 metadata with units and scale', async () => {
    const options = resolveOptions({ preset: '3d', frames: 2 });
    const path = join(folder, 'metadata.ome.zarr');
    await createMovieArrays(path, options);
    const group = await readGroup(await openStore(path), '');
    const ome = group?.attributes.ome as {
      version: string;
      multiscales: { axes: unknown; datasets: unknown }[];
    };
    expect(ome.version).toBe('0.5');
    expect(ome.multiscales[0].axes).toEqual([
      { name: 't', type: 'time', unit: 'second' },
      { name: 'c', type: 'channel' },
      { name: 'z', type: 'space', unit: 'micrometer' },
      { name: 'y', type: 'space', unit: 'micrometer' },
      { name: 'x', type: 'space', unit: 'micrometer' },
    ]);
    expect(ome.multiscales[0].datasets).toEqual([
      { path: '0', coordinateTransformations: [{ type: 'scale', scale: [300, 1, 2, 0.65, 0.65] }] },
    ]);
    const array = JSON.parse(await readFile(join(path, '0', 'zarr.json'), 'utf8'));
    expect(array.shape).toEqual([2, 1, ...options.shape]);
    expect(array.dimension_names).toEqual(['t', 'c', 'z', 'y', 'x']);
  });
});
