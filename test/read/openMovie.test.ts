import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeTiff, sha256Hex } from '../../src/codec/index.ts';
import { openMovie } from '../../src/read/index.ts';
import { put, withFolder } from '../codec/zarrFiles.ts';
import { valueAt, writeMovie } from './omeZarrFiles.ts';

const DATA = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');
const WANTED = 'expected an OME-Zarr folder (.zattrs or zarr.json), a TIFF file or a folder of TIFFs';
const TYX = { axes: ['t', 'y', 'x'] };
const PAGE = { data: Uint16Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };

describe('openMovie', () => {
  it('opens OME-Zarr folders, and by one of their documents', async () => {
    await withFolder(async (folder) => {
      await writeMovie(join(folder, 'a.zarr'), TYX);
      expect((await openMovie({ path: join(folder, 'a.zarr') })).info).toMatchObject({
        name: 'a',
        nFrames: 3,
      });
      expect((await openMovie({ path: `${join(folder, 'a.zarr')}/` })).info.name).toBe('a');
      expect((await openMovie({ path: join(folder, 'a.zarr/.zattrs') })).info.name).toBe('a');
    });
  });

  it('opens TIFF files, also with another suffix, and folders of them', async () => {
    await withFolder(async (folder) => {
      const bytes = encodeTiff([PAGE]);
      put(folder, 'stack.tif', encodeTiff([PAGE, PAGE]));
      put(folder, 'stack.lsm', encodeTiff([PAGE, PAGE]));
      put(folder, 'frames/t000.tif', bytes);
      put(folder, 'frames/t001.tif', bytes);
      for (const path of ['stack.tif', 'stack.lsm', 'frames']) {
        const movie = await openMovie({ path: join(folder, path) });
        expect(movie.info).toMatchObject({ nFrames: 2, shape: [1, 2, 3] });
        expect([...(await movie.readFrame(1)).image.data]).toEqual([1, 2, 3, 4, 5, 6]);
        await movie.close();
      }
    });
  });

  it('takes a folder with zarr documents for OME-Zarr, whatever TIFFs lie beside them', async () => {
    await withFolder(async (folder) => {
      await writeMovie(folder, TYX);
      put(folder, 'thumbnail.tif', encodeTiff([PAGE]));
      expect((await openMovie({ path: folder })).info.format).toBe('OME-Zarr 0.4 (zarr v2)');
    });
  });

  it('opens the one image inside a folder, with a warning', async () => {
    await withFolder(async (folder) => {
      await writeMovie(join(folder, 'inner.zarr'), TYX);
      mkdirSync(join(folder, 'other'));
      const { info, readFrame } = await openMovie({ path: folder });
      expect(info.warnings).toEqual(['the image "inner.zarr" inside the folder is read, 1 are there']);
      expect((await readFrame(1)).image.data[0]).toBe(valueAt({ t: 1 }));
      await writeMovie(join(folder, 'second.zarr'), TYX);
      await expect(openMovie({ path: folder })).rejects.toThrow(
        `read: ${folder} must be one movie, found 2; give one of them, such as inner.zarr, second.zarr`,
      );
    });
  });

  it('opens the first series of a bioformats2raw folder', async () => {
    await withFolder(async (folder) => {
      put(folder, '.zgroup', { zarr_format: 2 });
      put(folder, '.zattrs', { 'bioformats2raw.layout': 3 });
      for (const series of ['0', '1', '10']) await writeMovie(join(folder, series), TYX);
      const { info } = await openMovie({ path: folder });
      expect(info.warnings).toEqual(['the image "0" inside the folder is read, 3 are there']);
    });
  });

  it('says in one line what it found when there is no movie', async () => {
    await withFolder(async (folder) => {
      put(folder, 'notes.txt', 'hello');
      mkdirSync(join(folder, 'empty'));
      put(folder, 'plate/.zgroup', { zarr_format: 2 });
      put(folder, 'plate/.zattrs', { plate: {} });
      put(folder, 'array/zarr.json', '{}');
      await writeMovie(join(folder, 'movie'), TYX);
      const cases: [string, string][] = [
        [`${folder}/none`, `read: ${folder}/none is not a movie: ${WANTED}, found nothing there`],
        [
          `${folder}/notes.txt`,
          `read: ${folder}/notes.txt is not a movie: ${WANTED}, found a file of 5 bytes that is no TIFF`,
        ],
        [`${folder}/empty`, `read: ${folder}/empty is not a movie: ${WANTED}, found a folder without either`],
        [
          `${folder}/plate`,
          `read: ${folder}/plate must be an image, found a plate; give the folder of one of its fields, such as A/1/0`,
        ],
        [
          `${folder}/movie/0`,
          `read: ${folder}/movie/0 must be an OME-Zarr image, found a bare zarr array; give the folder above it`,
        ],
        [
          'gs://bucket/movie.zarr',
          'read: gs://bucket/movie.zarr must be a path, an http(s) address or s3://<bucket>/<path>',
        ],
      ];
      for (const [path, message] of cases) {
        await expect(openMovie({ path })).rejects.toMatchObject({ message, exit: 65 });
      }
      await expect(openMovie({ path: `${folder}/array` })).rejects.toMatchObject({ tag: 'invalid-metadata' });
    });
  });

  it('opens OME-Zarr over http', async () => {
    await withFolder(async (folder) => {
      await writeMovie(join(folder, 'remote.zarr'), { axes: ['t', 'c', 'z', 'y', 'x'], version: '0.5' });
      const server = createServer((request, response) => {
        const path = join(folder, decodeURIComponent(new URL(request.url ?? '', 'http://x').pathname));
        if (existsSync(path) && statSync(path).isFile()) createReadStream(path).pipe(response);
        else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      try {
        const movie = await openMovie({ path: `${address}/remote.zarr/` });
        expect(movie.info).toMatchObject({ name: 'remote', ndim: 3, format: 'OME-Zarr 0.5 (zarr v3)' });
        expect((await movie.readPlane(2, 1, 3)).data[0]).toBe(valueAt({ t: 2, c: 1, z: 3 }));
        await expect(openMovie({ path: `${address}/other.zarr` })).rejects.toThrow(
          `read: ${address}/other.zarr is not a movie: ${WANTED}, found no zarr metadata there`,
        );
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  });
});

// Digests of the pixels (uint16, little-endian) of every tenth frame by zarr-python 3.1.6.
const REAL = [
  [
    'hela-01.ome.zarr',
    { ndim: 2, nFrames: 92, shape: [1, 700, 1100], voxelSize: [1, 0.645, 0.645], timeStep: 1800 },
    '92fc1bf97073dd6add3f5cfb0737eb9ed93ba08c8085771f3818cfde649f8171',
  ],
  [
    'drosophila-crop.ome.zarr',
    { ndim: 3, nFrames: 31, shape: [29, 101, 151], voxelSize: [2.031, 0.406, 0.406], timeStep: 30 },
    'f9d0cf1b7eaafcdb16e9955358a4fc958d783328b4438b35f12fd3ff2ec29211',
  ],
] as const;

describe('openMovie on real movies (golden: zarr-python 3.1.6)', () => {
  it.for(REAL)('reads %s to the bit', async ([name, expected, digest], { skip }) => {
    const path = join(DATA, name);
    if (!existsSync(path)) skip(`${path} is not there`);
    const { info, readFrame } = await openMovie({ path });
    expect(info).toMatchObject({ ...expected, dtype: 'uint16', warnings: [] });
    const parts: Uint8Array[] = [];
    for (let t = 0; t < info.nFrames; t += 10) {
      const { data } = (await readFrame(t)).image;
      parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    expect(sha256Hex(...parts)).toBe(digest);
  });
});
