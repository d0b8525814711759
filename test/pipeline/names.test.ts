import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { absolute, baseName, defaultResultFolder } from '../../src/pipeline/names.ts';

describe('absolute', () => {
  it('resolves paths and leaves addresses', () => {
    expect(absolute('a/b')).toBe(resolve('a/b'));
    expect(absolute('https://host/a.zarr')).toBe('https://host/a.zarr');
    expect(absolute('s3://lab/a.zarr')).toBe('s3://lab/a.zarr');
  });
});

describe('baseName', () => {
  it.each([
    ['/data/embryo.ome.zarr', 'embryo'],
    ['/data/embryo.zarr/', 'embryo'],
    ['/data/stack.OME.TIF', 'stack'],
    ['/data/Fluo-N2DH/01', '01'],
    ['https://host/a/b.ome.zarr/', 'b'],
    ['https://host/a/b.ome.zarr?token=secret', 'b'],
    ['s3://lab/b.ome.zarr', 'b'],
    ['/data/v1.2 final.tiff', 'v1.2 final'],
    ['/', 'movie'],
  ])('names %s %s', (path, name) => {
    expect(baseName(path)).toBe(name);
  });
});

describe('defaultResultFolder', () => {
  it('lies in the working folder', () => {
    expect(defaultResultFolder('/data/embryo.ome.zarr')).toBe('embryo.morula');
  });
});
