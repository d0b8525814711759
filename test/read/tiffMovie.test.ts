import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NdArray } from '../../src/array/index.ts';
import { encodeTiff } from '../../src/codec/tiff/index.ts';
import { looksLikeTiffFolder, openTiffMovie } from '../../src/read/tiffMovie.ts';
import type { Movie, MovieSource } from '../../src/read/types.ts';
import { sampleBytes } from '../codec/tiffFiles.ts';
import type { SAMPLES } from '../codec/tiffSamples.ts';

const DATA = process.env.MORULA_DATA ?? join(import.meta.dirname, '../../../shared/data');

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'morula-movie-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A 2 x 3 page whose six values are equal. */
const page = (value: number): NdArray => ({ data: new Uint16Array(6).fill(value), shape: [2, 3] });

/** Writes files into a folder under the scratch folder; pages are given by their values. */
function folder(name: string, files: Record<string, number[]>): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, values] of Object.entries(files))
    writeFileSync(join(path, file), encodeTiff(values.map(page)));
  return path;
}

/** Writes one file under the scratch folder. */
function file(name: string, bytes: Uint8Array): string {
  const path = join(root, name);
  writeFileSync(path, bytes);
  return path;
}

const sample = (name: keyof typeof SAMPLES): string => file(`${name}.tif`, sampleBytes(name));

async function withMovie<T>(source: MovieSource | string, use: (movie: Movie) => Promise<T> | T): Promise<T> {
  const movie = await openTiffMovie(typeof source === 'string' ? { path: source } : source);
  try {
    return await use(movie);
  } finally {
    await movie.close();
  }
}

const fails = (source: MovieSource | string, tag: string, message: RegExp): Promise<void> =>
  expect(withMovie(source, () => 'opened')).rejects.toMatchObject({
    tag,
    message: expect.stringMatching(message),
  });

describe('openTiffMovie on a folder', () => {
  it('reads one frame a file, in the order of the numbers', async () => {
    const path = folder('set/01', { 't010.tif': [10], 't009.tif': [9], 't011.tif': [11], '._t009.tif': [0] });
    await withMovie(path, async ({ info, readFrame }) => {
      expect(info).toMatchObject({
        name: 'set-01',
        path,
        format: 'TIFF folder',
        ndim: 2,
        nFrames: 3,
        shape: [1, 2, 3],
        dtype: 'uint16',
        channels: [{ index: 0, name: 'channel 0', color: null }],
        voxelSize: [1, 1, 1],
        voxelSizeKnown: false,
        timeStep: 1,
        timeStepKnown: false,
        level: 0,
        warnings: [],
      });
      for (let t = 0; t < 3; t++) expect(await readFrame(t)).toEqual({ t, channel: 0, image: page(9 + t) });
    });
  });

  it('takes the pages of a file for z-planes', async () => {
    const path = folder('volumes', { 'v1.tif': [1, 2], 'v2.tif': [3, 4] });
    await withMovie(path, async ({ info, readFrame, readPlane }) => {
      expect(info).toMatchObject({ name: 'volumes', ndim: 3, nFrames: 2, shape: [2, 2, 3] });
      const { image } = await readFrame(1);
      expect(image.shape).toEqual([2, 2, 3]);
      expect([...image.data]).toEqual([3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4]);
      expect(await readPlane(0, 0, 1)).toEqual(page(2));
    });
  });

  it('names the file that is missing, of another shape, damaged, or holds several time points', async () => {
    await fails(folder('gap', { 't0.tif': [1], 't2.tif': [1] }), 'invalid-data', /gap: .*t1\.tif is missing/);
    await fails(
      folder('depth', { 't0.tif': [1], 't1.tif': [1, 2] }),
      'shape-mismatch',
      /t1\.tif: must be 3 x 2 uint16, 1 page as the first frame, found 3 x 2 uint16, 2 pages/,
    );
    const other = folder('other', { 't0.tif': [1] });
    writeFileSync(join(other, 't1.tif'), encodeTiff([{ data: new Uint8Array(6), shape: [2, 3] }]));
    await fails(other, 'shape-mismatch', /t1\.tif: must be .* found 3 x 2 uint8/);
    const damaged = folder('damaged', { 't0.tif': [1] });
    writeFileSync(join(damaged, 't1.tif'), 'nothing');
    await fails(damaged, 'invalid-data', /t1\.tif: is not a TIFF file/);
    const many = folder('many', {});
    writeFileSync(
      join(many, 't0.tif'),
      encodeTiff([page(1), page(2)], { description: 'ImageJ=1\nimages=2\nframes=2\n' }),
    );
    await fails(many, 'unsupported', /t0\.tif: holds 2 time points/);
  });

  it('notices a file that changes its shape after opening', async () => {
    const path = folder('changing', { 't0.tif': [1], 't1.tif': [2] });
    await withMovie(path, async ({ readFrame }) => {
      writeFileSync(join(path, 't1.tif'), encodeTiff([page(2), page(3)]));
      await expect(readFrame(1)).rejects.toMatchObject({ tag: 'shape-mismatch' });
    });
  });

  it('says what a folder without TIFF files is not, and where the movie may be', async () => {
    folder('dataset/01', { 't000.tif': [1] });
    await fails(
      join(root, 'dataset'),
      'not-found',
      /read: .*dataset is not a movie: no TIFF file in it; it has the folder 01/,
    );
    await fails(
      join(root, 'absent'),
      'not-found',
      /read: .*absent is not a movie: there is no such file or folder/,
    );
  });

  it('has a fingerprint of names, sizes and shapes that leaves times out', async () => {
    const print = (path: string): Promise<string> => withMovie(path, ({ info }) => info.fingerprint);
    const path = folder('print', { 't0.tif': [1], 't1.tif': [2] });
    const before = await print(path);
    utimesSync(join(path, 't0.tif'), 1, 1);
    expect(await print(path)).toBe(before);
    folder('print', { 't2.tif': [3] });
    expect(await print(path)).not.toBe(before);
  });
});

describe('openTiffMovie on a stack', () => {
  it('reads an ImageJ hyperstack by its axes', async () => {
    await withMovie(sample('imagej_u2'), async ({ info, readFrame, readPlane, readSlab }) => {
      expect(info).toMatchObject({
        name: 'imagej_u2',
        format: 'ImageJ TIFF stack',
        ndim: 3,
        nFrames: 2,
        shape: [3, 5, 7],
        voxelSize: [2.5, 0.5, 0.25],
        voxelSizeKnown: true,
        timeStep: 30,
        timeStepKnown: true,
        warnings: [],
      });
      expect(info.channels).toHaveLength(2);
      // Pages are t, z, c with c fastest: frame 1, plane 2, channel 1 is page 11.
      const plane = await readPlane(1, 1, 2);
      expect(plane.data[0]).toBe(((11 * 35 * 37) % 251) * 257);
      const { image } = await readFrame(1, 1);
      expect(image.shape).toEqual([3, 5, 7]);
      expect(image.data.subarray(70)).toEqual(plane.data);
      expect(await readSlab(1, 1, 1, 3)).toEqual({ data: image.data.slice(35), shape: [2, 5, 7] });
    });
  });

  it('reads an OME-TIFF by its axes, units and channel names', async () => {
    await withMovie(sample('ome_u2'), async ({ info, readPlane }) => {
      expect(info).toMatchObject({
        format: 'OME-TIFF stack',
        nFrames: 2,
        shape: [3, 5, 7],
        voxelSize: [2, 0.25, 0.5],
        timeStep: 120,
        channels: [{ name: 'nuclei' }, { name: 'membrane' }],
      });
      expect((await readPlane(1, 0, 2)).data[0]).toBe(((10 * 35 * 37) % 251) * 257);
    });
  });

  it('follows OME-XML that puts planes on other pages', async () => {
    const xml = (pixels: string): string =>
      `<OME><Image><Pixels DimensionOrder="XYZCT" SizeX="3" SizeY="2" SizeZ="1" SizeC="1" SizeT="3">${pixels}</Pixels></Image></OME>`;
    const pages = [page(0), page(1), page(2)];
    const turned = xml('<TiffData IFD="2" FirstT="0"/><TiffData IFD="0" FirstT="1" PlaneCount="2"/>');
    await withMovie(
      file('turned.ome.tif', encodeTiff(pages, { description: turned })),
      async ({ info, readFrame }) => {
        expect(info.name).toBe('turned');
        const values: number[] = [];
        for (let t = 0; t < 3; t++) values.push((await readFrame(t)).image.data[0]);
        expect(values).toEqual([2, 0, 1]);
      },
    );
    const lost = xml('<TiffData IFD="0" FirstT="1"/>');
    await fails(
      file('lost.tif', encodeTiff(pages, { description: lost })),
      'invalid-data',
      /lost\.tif: .*plane 0/,
    );
    const others =
      '<TiffData IFD="0"><UUID FileName="a.tif"/></TiffData><TiffData FirstT="1"><UUID FileName="b.tif"/></TiffData>';
    const split = encodeTiff([page(0)], { description: xml(others) });
    await fails(file('a.tif', split), 'unsupported', /other files \(b\.tif\)/);
    const set = folder('set-of-files', {});
    for (let t = 0; t < 3; t++) writeFileSync(join(set, `t${t}.tif`), split);
    await withMovie(set, ({ info }) => expect(info).toMatchObject({ nFrames: 3, ndim: 2 }));
  });

  it('takes pages without axes for time points and warns', async () => {
    await withMovie(file('plain.tif', encodeTiff([page(5), page(6)])), async ({ info, readFrame }) => {
      expect(info).toMatchObject({ format: 'TIFF stack', ndim: 2, nFrames: 2 });
      expect(info.warnings).toEqual(['the file does not say what its 2 pages are: taken as time points']);
      expect((await readFrame(1)).image).toEqual(page(6));
    });
  });

  it("reads tifffile's axes, and ImageJ's single directory for many pages", async () => {
    for (const name of ['shaped_u2', 'imagejSingleIfd_u2'] as const) {
      await withMovie(sample(name), async ({ info, readFrame }) => {
        expect(info).toMatchObject({ nFrames: 4, ndim: 2, warnings: [] });
        expect((await readFrame(3)).image.data[0]).toBe(((3 * 35 * 37) % 251) * 257);
      });
    }
  });

  it('offers the samples of an RGB image as channels', async () => {
    await withMovie(sample('rgb_u1'), async ({ info, readFrame }) => {
      expect(info.channels.map(({ name }) => name)).toEqual(['red', 'green', 'blue']);
      expect([...(await readFrame(0, 2)).image.data.subarray(0, 2)]).toEqual([74, 185]);
    });
  });

  it('warns of many planes in one frame, which may be time points', async () => {
    const bytes = encodeTiff([page(1), page(2)], { description: 'ImageJ=1.53t\nimages=2\nslices=2\n' });
    await withMovie(file('slices.tif', bytes), ({ info }) => {
      expect(info).toMatchObject({ nFrames: 1, ndim: 3 });
      expect(info.warnings[0]).toContain('one frame of 2 z-planes');
    });
  });

  it('names the page that differs, and axes that do not fit the pages', async () => {
    const mixed = encodeTiff([page(1), { data: new Uint16Array(4), shape: [2, 2] }]);
    await fails(file('mixed.tif', mixed), 'shape-mismatch', /mixed\.tif: .*page 1 is 2 x 2 uint16/);
    const short = encodeTiff([page(1), page(2)], { description: 'ImageJ=1.53t\nimages=3\nframes=3\n' });
    await fails(file('short.tif', short), 'invalid-data', /declares 3 frames, .* the file has 2 pages/);
    await fails(
      file('notes.txt', Buffer.from('a note, not a movie')),
      'invalid-data',
      /notes\.txt: is not a TIFF file/,
    );
  });
});

describe('openTiffMovie options', () => {
  it('sets pixel size and time step over the metadata', async () => {
    const path = sample('imagej_u2');
    await withMovie({ path, pixelSize: [3, 0.7, 0.6], timeStep: 5 }, ({ info }) => {
      expect(info).toMatchObject({
        voxelSize: [3, 0.7, 0.6],
        voxelSizeKnown: true,
        timeStep: 5,
        timeStepKnown: true,
      });
    });
    const flat = file('flat.tif', encodeTiff([page(1)], { resolution: [0.5, 0.25] }));
    const plain = await withMovie(flat, ({ info }) => info);
    expect(plain.voxelSize[1]).toBeCloseTo(0.5, 8);
    await withMovie({ path: flat, pixelSize: [0.7, 0.6] }, ({ info }) => {
      expect(info).toMatchObject({ voxelSize: [1, 0.7, 0.6], voxelSizeKnown: true });
      expect(info.fingerprint).toBe(plain.fingerprint);
    });
  });

  it('refuses options that do not fit', async () => {
    const path = sample('imagej_u2');
    await fails({ path, level: 1 }, 'invalid-option', /level must be 0/);
    await fails({ path, pixelSize: [1, 1] }, 'invalid-option', /3D movie must be z,y,x/);
    await fails({ path, pixelSize: [1] }, 'invalid-option', /pixelSize/);
    await fails({ path, pixelSize: [1, 0, 1] }, 'invalid-option', /greater than 0/);
    await fails({ path, timeStep: Number.NaN }, 'invalid-option', /timeStep/);
    await fails(
      { path: 'https://example.org/a.tif' },
      'unsupported',
      /is not a movie: TIFF files are read from disk/,
    );
  });

  it('refuses frames, channels and planes that are not there', async () => {
    await withMovie(sample('imagej_u2'), async ({ readFrame, readPlane }) => {
      for (const read of [readFrame(2), readFrame(-1), readFrame(0, 2), readPlane(0, 0, 3), readFrame(0.5)]) {
        await expect(read).rejects.toMatchObject({ tag: 'invalid-option' });
      }
    });
  });
});

describe('looksLikeTiffFolder', () => {
  it('is true only for a folder with a TIFF file directly in it', async () => {
    const path = folder('look/01', { 't000.tif': [1] });
    const found = await Promise.all(
      [path, join(root, 'look'), join(path, 't000.tif'), join(root, 'none')].map(looksLikeTiffFolder),
    );
    expect(found).toEqual([true, false, false, false]);
  });
});

describe('openTiffMovie on real movies', () => {
  it('opens a Cell Tracking Challenge movie and an ImageJ movie', async ({ skip }) => {
    skip(!existsSync(join(DATA, 'sim-plus-01')), `${DATA} is not there (MORULA_DATA)`);
    await withMovie(join(DATA, 'sim-plus-01/01'), async ({ info, readFrame }) => {
      expect(info).toMatchObject({
        name: 'sim-plus-01-01',
        nFrames: 65,
        shape: [1, 690, 628],
        dtype: 'uint16',
        ndim: 2,
      });
      expect((await readFrame(64)).image.shape).toEqual([690, 628]);
    });
    await withMovie(join(DATA, 'fixtures/mastodon/FakeTracks.tif'), ({ info }) => {
      expect(info).toMatchObject({
        name: 'FakeTracks',
        nFrames: 50,
        shape: [1, 128, 128],
        dtype: 'uint8',
        timeStep: 1,
      });
    });
  });
});
