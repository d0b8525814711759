import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, sizeOf } from '../../src/array/index.ts';
import {
  type ArraySpec,
  createArray,
  createGroup,
  openArray,
  openStore,
  openWriter,
  readGroup,
  writeArray,
} from '../../src/codec/index.ts';
import { chunkFiles, withFolder } from './zarrFiles.ts';

const NUMERIC = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'] as const;

const arrays = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 2, max: 5 })), { maxLength: 3 })
  .map((axes) => ({ shape: axes.map(([extent]) => extent), chunks: axes.map(([, chunk]) => chunk) }));
const formats = fc.record({
  zarrFormat: fc.constantFrom<2 | 3>(2, 3),
  compression: fc.constantFrom('zstd', 'blosc', 'gzip', 'none'),
});

describe('writeArray', () => {
  it('is read back by `openArray` for any dtype, shape, chunk shape, version and compression', async () => {
    const property = fc.asyncProperty(
      arrays,
      formats,
      fc.constantFrom(...NUMERIC),
      fc.integer(),
      async (grid, format, dtype, seed) => {
        await withFolder(async (folder) => {
          const data = allocate(dtype, sizeOf(grid.shape));
          for (let i = 0; i < data.length; i++)
            data[i] = (seed + i * 2654435761) / (dtype[0] === 'f' ? 7 : 1);
          await writeArray(folder, { ...grid, ...format, dtype }, data);
          const array = await openArray(await openStore(folder), '');
          expect(array.dtype).toBe(dtype);
          expect(await array.read()).toEqual({ data, shape: grid.shape });
        });
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });

  it('keeps bool, 64-bit integers and strings', async () => {
    const kinds: [
      Pick<ArraySpec, 'dtype'>,
      Uint8Array | BigInt64Array | BigUint64Array | string[],
      unknown[],
    ][] = [
      [{ dtype: 'bool' }, Uint8Array.of(1, 0, 1), [1, 0, 1]],
      [{ dtype: 'int64' }, BigInt64Array.of(-(2n ** 53n) + 1n, 0n, 5n), [-(2 ** 53) + 1, 0, 5]],
      [{ dtype: 'uint64' }, BigUint64Array.of(2n ** 53n - 1n, 0n, 5n), [2 ** 53 - 1, 0, 5]],
      [{ dtype: 'string' }, ['', 'zwölf', '細胞'], ['', 'zwölf', '細胞']],
    ];
    for (const zarrFormat of [2, 3] as const) {
      for (const [kind, data, expected] of kinds) {
        await withFolder(async (folder) => {
          await writeArray(folder, { ...kind, zarrFormat, shape: [3], chunks: [2] }, data);
          const array = await openArray(await openStore(folder), '');
          const found = kind.dtype === 'string' ? await array.readStrings() : [...(await array.read()).data];
          expect(found).toEqual(expected);
        });
      }
    }
  });

  it('refuses data of another length or type', async () => {
    await withFolder(async (folder) => {
      const spec: ArraySpec = { shape: [3], chunks: [2], dtype: 'uint16' };
      await expect(writeArray(folder, spec, new Uint16Array(2))).rejects.toThrow(
        '3 elements must be given, got 2',
      );
      await expect(writeArray(folder, spec, new Uint8Array(3))).rejects.toThrow(
        'the data must be Uint16Array, got Uint8Array',
      );
      await expect(writeArray(folder, spec, ['a', 'b', 'c'])).rejects.toMatchObject({
        tag: 'shape-mismatch',
      });
    });
  });
});

describe('createArray', () => {
  it('writes edge chunks whole, with the fill value beyond the end', async () => {
    for (const zarrFormat of [2, 3] as const) {
      await withFolder(async (folder) => {
        const spec: ArraySpec = {
          shape: [3, 2],
          chunks: [2, 2],
          dtype: 'uint16',
          fillValue: 9,
          compression: 'none',
          zarrFormat,
        };
        const writer = await createArray(folder, spec);
        const { key, bytes } = await writer.writeChunk([1, 0], { data: Uint16Array.of(5, 6), shape: [1, 2] });
        expect(key).toBe(zarrFormat === 2 ? '1/0' : 'c/1/0');
        expect(bytes).toBe(zarrFormat === 2 ? 8 : 12);
        expect([...readFileSync(join(folder, key)).subarray(0, 8)]).toEqual([5, 0, 6, 0, 9, 0, 9, 0]);
        const { data } = await (await openArray(await openStore(folder), '')).read();
        expect([...data]).toEqual([9, 9, 9, 9, 5, 6]);
      });
    }
  });

  it('refuses a chunk outside the array, or of another shape or type', async () => {
    await withFolder(async (folder) => {
      const writer = await createArray(folder, { shape: [3, 2], chunks: [2, 2], dtype: 'uint16' });
      const data = new Uint16Array(4);
      await expect(writer.writeChunk([2, 0], { data, shape: [2, 2] })).rejects.toMatchObject({
        tag: 'shape-mismatch',
      });
      await expect(writer.writeChunk([0, 0], { data, shape: [4, 1] })).rejects.toThrow(
        'a chunk of 2 x 2 must',
      );
      const bytes = { data: new Uint8Array(4), shape: [2, 2] };
      await expect(writer.writeChunk([0, 0], bytes)).rejects.toThrow('must be Uint16Array, got Uint8Array');
      expect(chunkFiles(folder)).toEqual([]);
    });
  });

  it('refuses a spec that cannot be stored', async () => {
    await withFolder(async (folder) => {
      const spec: ArraySpec = { shape: [4], chunks: [2], dtype: 'uint8' };
      await expect(createArray(folder, { ...spec, chunks: [0] })).rejects.toMatchObject({
        tag: 'invalid-metadata',
      });
      await expect(createArray(folder, { ...spec, chunks: [2, 2] })).rejects.toThrow(
        'chunks must be of rank 1',
      );
      await expect(createArray(folder, { ...spec, fillValue: 256 })).rejects.toThrow(
        'a value of uint8, found 256',
      );
      await expect(createArray(folder, { ...spec, chunks: [2 ** 31] })).rejects.toMatchObject({
        tag: 'unsupported',
      });
      expect(existsSync(join(folder, 'zarr.json'))).toBe(false);
    });
  });
});

describe('openWriter', () => {
  it('goes on writing the same array', async () => {
    for (const zarrFormat of [2, 3] as const) {
      for (const compression of ['zstd', 'blosc', 'gzip', 'none'] as const) {
        await withFolder(async (folder) => {
          const spec: ArraySpec = {
            shape: [2, 2],
            chunks: [1, 2],
            dtype: 'float32',
            zarrFormat,
            compression,
          };
          const first = await createArray(folder, {
            ...spec,
            dimensionNames: ['y', 'x'],
            fillValue: Number.NaN,
          });
          const data = Float32Array.of(0.5, 2);
          const one = await first.writeChunk([0, 0], { data, shape: [1, 2] });
          const second = await openWriter(folder);
          const two = await second.writeChunk([1, 0], { data, shape: [1, 2] });
          expect(two.sha256).toBe(one.sha256);
          expect(second.spec).toMatchObject({ ...spec, dimensionNames: ['y', 'x'] });
          const array = await openArray(await openStore(folder), '');
          expect([...(await array.read()).data]).toEqual([0.5, 2, 0.5, 2]);
          expect(array.dimensionNames).toEqual(['y', 'x']);
        });
      }
    }
  });
});

describe('createGroup', () => {
  it('keeps attributes in both versions', async () => {
    for (const zarrFormat of [2, 3] as const) {
      await withFolder(async (folder) => {
        const attributes = { ome: { version: '0.5' }, list: [1, null, 'a'] };
        await createGroup(join(folder, 'inner'), attributes, zarrFormat);
        const store = await openStore(folder);
        expect(await readGroup(store, 'inner')).toEqual({ zarrFormat, attributes });
        expect(await readGroup(store, '')).toBeNull();
      });
    }
  });
});
