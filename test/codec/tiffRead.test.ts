import { open, truncate } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Dtype } from '../../src/array/index.ts';
import { encodeTiff, openTiff } from '../../src/codec/tiff/index.ts';
import { createScratch, sampleBytes, sampleValues, withTiff } from './tiffFiles.ts';
import { SAMPLES } from './tiffSamples.ts';

const DTYPES: Record<string, Dtype> = {
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  f4: 'float32',
  f8: 'float64',
};

const scratch = createScratch();
afterAll(() => scratch.remove());

type Name = keyof typeof SAMPLES;
const write = (name: Name): string => scratch.write(`${name}.tif`, sampleBytes(name));
const except = ['lzwWidths_u1', 'packbits_u1'];
const plain = (Object.keys(SAMPLES) as Name[]).filter(
  (name) => !name.startsWith('rgb') && !except.includes(name),
);

describe('openTiff on files of tifffile 2026.3.3', () => {
  it.each(plain)('reads every value of every page of %s', async (name) => {
    const dtype = DTYPES[name.split('_')[1]];
    await withTiff(write(name), async (file) => {
      const { width, height } = file.page(0);
      const expected = sampleValues(dtype, file.nPages * width * height);
      const pages =
        name.startsWith('imagej_') || name.startsWith('ome') ? 12 : /^shaped|Single/.test(name) ? 4 : null;
      expect(file.nPages).toBe(pages ?? (name === 'bigTiff_u2' ? 3 : name === 'thumbnails_u2' ? 2 : 1));
      expect(width * height).toBe(name.startsWith('tiled') ? 700 : 35);
      for (let i = 0; i < file.nPages; i++) {
        expect(file.page(i)).toEqual({ width, height, dtype, samplesPerPixel: 1 });
        const { data, shape } = await file.readPage(i);
        expect(shape).toEqual([height, width]);
        expect([...data]).toEqual(expected.slice(i * width * height, (i + 1) * width * height));
      }
    });
  });

  it('reads PackBits runs', async () => {
    const expected = sampleValues('uint8', 35).flatMap((value) => new Array<number>(9).fill(value));
    await withTiff(write('packbits_u1'), async (file) => {
      expect([...(await file.readPage(0)).data]).toEqual(expected);
    });
  });

  it('reads LZW through all code widths and a table reset', async () => {
    const expected = Array.from(
      { length: 128 * 160 },
      (_, i) => (Math.imul(Math.imul(i, i), 2654435761) >>> 13) & 7,
    );
    await withTiff(write('lzwWidths_u1'), async (file) => {
      expect([...(await file.readPage(0)).data]).toEqual(expected);
    });
  });

  it.each([
    ['rgb_u1', 'uint8', 3, 1],
    ['rgbTiledPredictor_u2', 'uint16', 3, 1],
    ['rgbPlanar_u1', 'uint8', 1, 35],
  ] as const)('reads each sample of %s by its number', async (name, dtype, step, plane) => {
    const values = sampleValues(dtype, 105);
    await withTiff(write(name), async (file) => {
      expect(file.page(0)).toEqual({ width: 7, height: 5, dtype, samplesPerPixel: 3 });
      for (let sample = 0; sample < 3; sample++) {
        const expected = Array.from({ length: 35 }, (_, i) => values[i * step + sample * plane]);
        expect([...(await file.readPage(0, sample)).data]).toEqual(expected);
      }
      await expect(file.readPage(0, 3)).rejects.toMatchObject({ tag: 'invalid-option' });
    });
  });
});

describe('openTiff on large files', () => {
  it('reads the last page of an ImageJ stack over 4 GiB that has one directory', async () => {
    const side = 1024;
    const images = 2500;
    const data = new Uint16Array(side * side).fill(7);
    const bytes = encodeTiff([{ data, shape: [side, side] }], {
      description: `ImageJ=1.53t\nimages=${images}\n`,
    });
    const path = scratch.write('large.tif', bytes);
    const start = bytes.length - data.byteLength;
    // A hole: takes no room on the disk.
    const handle = await open(path, 'r+');
    await handle.write(
      new Uint8Array(new Uint16Array([41, 42, 43]).buffer),
      0,
      6,
      start + (images - 1) * data.byteLength,
    );
    await handle.truncate(start + images * data.byteLength);
    await handle.close();
    await withTiff(path, async (file) => {
      expect(file.size).toBeGreaterThan(2 ** 32);
      expect(file.nPages).toBe(images);
      expect([...(await file.readPage(images - 1)).data.subarray(0, 4)]).toEqual([41, 42, 43, 0]);
      expect((await file.readPage(0)).data[5]).toBe(7);
    });
    await truncate(path, start + images * data.byteLength - 1);
    await expect(openTiff(path)).rejects.toMatchObject({ tag: 'invalid-data' });
  });
});

describe('TiffFile metadata', () => {
  it('gives ImageJ axes, spacing and resolution', async () => {
    await withTiff(write('imagej_u2'), (file) => {
      expect(file.imagej).toEqual({
        images: 12,
        frames: 2,
        slices: 3,
        channels: 2,
        spacing: 2.5,
        finterval: 30,
        unit: 'um',
        unitUm: 1,
      });
      expect(file.resolution).toEqual([0.5, 0.25]);
      expect(file.ome).toBeNull();
    });
  });

  it('gives OME sizes in micrometres and seconds', async () => {
    await withTiff(write('ome_u2'), (file) => {
      expect(file.imagej).toBeNull();
      expect(file.ome).toMatchObject({
        sizeX: 7,
        sizeY: 5,
        sizeZ: 3,
        sizeC: 2,
        sizeT: 2,
        dimensionOrder: 'XYCZT',
        physicalSize: [2, 0.25, 0.5],
        timeIncrement: 120,
        channels: [{ name: 'nuclei' }, { name: 'membrane' }],
        nImages: 1,
      });
    });
  });

  it('gives null for what a plain file does not say', async () => {
    await withTiff(write('plain_u1'), (file) => {
      expect([file.description, file.software, file.resolution, file.imagej, file.ome]).toEqual([
        null,
        null,
        null,
        null,
        null,
      ]);
    });
  });
});
