import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArraySpec, openArray, openStore, writeArray } from '../../src/codec/index.ts';
import { crc32c } from '../../src/codec/zarr/crc32c.ts';
import { chunkFiles, put, withFolder } from './zarrFiles.ts';

const SPEC: ArraySpec = { shape: [6, 50], chunks: [6, 50], dtype: 'uint16' };
const DATA = Uint16Array.from({ length: 300 }, (_, i) => (i * i) % 211);

async function readNumbers(folder: string): Promise<number[]> {
  return [...(await (await openArray(await openStore(folder), '')).read()).data];
}

/** A v3 array document of one uint8 chunk of 4 x 4, with some fields replaced. */
const v3 = (over: object = {}): object => ({
  zarr_format: 3,
  node_type: 'array',
  shape: [4, 4],
  data_type: 'uint8',
  chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 4] } },
  chunk_key_encoding: { name: 'default' },
  fill_value: 0,
  codecs: [{ name: 'bytes' }],
  ...over,
});

const v2 = (over: object = {}): object => ({
  zarr_format: 2,
  shape: [4, 4],
  chunks: [4, 4],
  dtype: '|u1',
  compressor: null,
  fill_value: 0,
  order: 'C',
  filters: null,
  ...over,
});

describe('read of a damaged chunk', () => {
  const kinds = ([2, 3] as const).flatMap((zarrFormat) =>
    (['zstd', 'blosc', 'gzip', 'none'] as const).map((compression) => ({ zarrFormat, compression })),
  );

  it.each(kinds)('refuses v$zarrFormat $compression cut at any length', async (kind) => {
    await withFolder(async (folder) => {
      await writeArray(folder, { ...SPEC, ...kind }, DATA);
      const [[key, bytes]] = chunkFiles(folder);
      const array = await openArray(await openStore(folder), '');
      for (let length = 0; length < bytes.length; length++) {
        writeFileSync(join(folder, key), bytes.subarray(0, length));
        await expect(array.read(), `${length} of ${bytes.length}`).rejects.toMatchObject({
          tag: 'invalid-data',
          exit: 65,
        });
      }
      writeFileSync(join(folder, key), bytes);
      expect((await array.read()).data).toEqual(DATA);
    });
  });

  it.each(kinds)('refuses v$zarrFormat $compression with bytes added or replaced by text', async (kind) => {
    await withFolder(async (folder) => {
      await writeArray(folder, { ...SPEC, ...kind }, DATA);
      const [[key, bytes]] = chunkFiles(folder);
      // gzip allows zeros as padding behind its members, which changes nothing.
      writeFileSync(join(folder, key), Buffer.concat([bytes, Buffer.from('more')]));
      await expect(readNumbers(folder)).rejects.toMatchObject({ tag: 'invalid-data' });
      writeFileSync(join(folder, key), '<html>Please log in</html>');
      await expect(readNumbers(folder)).rejects.toMatchObject({ tag: 'invalid-data' });
    });
  });

  it('refuses every flipped bit of what this writer stores in v3', async () => {
    await withFolder(async (folder) => {
      await writeArray(folder, SPEC, DATA);
      const [[key, bytes]] = chunkFiles(folder);
      const array = await openArray(await openStore(folder), '');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const damaged = bytes.slice();
        damaged[bit >> 3] ^= 1 << (bit & 7);
        writeFileSync(join(folder, key), damaged);
        await expect(array.read(), `bit ${bit}`).rejects.toThrow('crc32c: stored checksum');
      }
    });
  });

  it('names array, store, chunk and reason', async () => {
    await withFolder(async (folder) => {
      await writeArray(
        join(folder, 'a/b'),
        { ...SPEC, chunks: [3, 50], compression: 'none', zarrFormat: 2 },
        DATA,
      );
      truncateSync(join(folder, 'a/b/1/0'), 298);
      const array = await openArray(await openStore(folder), '/a/b/');
      await expect(array.read()).rejects.toThrow(
        `zarr: array "a/b" of ${folder}, chunk 1/0 must decode, 150 elements expected, got 149`,
      );
      expect([...(await array.read([2, null])).data]).toEqual([...DATA.subarray(100, 150)]);
    });
  });

  it('takes a missing chunk for the fill value', async () => {
    await withFolder(async (folder) => {
      await writeArray(folder, { ...SPEC, chunks: [3, 50], fillValue: 7 }, DATA);
      rmSync(join(folder, 'c/0/0'));
      expect(await readNumbers(folder)).toEqual([...new Array<number>(150).fill(7), ...DATA.subarray(150)]);
    });
  });

  it('refuses 64-bit integers that a double cannot hold', async () => {
    await withFolder(async (folder) => {
      await writeArray(folder, { shape: [1], chunks: [1], dtype: 'int64' }, BigInt64Array.of(2n ** 53n));
      await expect(readNumbers(folder)).rejects.toThrow('must lie within 2^53 of 0, found 9007199254740992');
    });
  });

  it('stops inflating a bomb at the size of the chunk', async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    const bombs: [object, Uint8Array][] = [
      [{ id: 'gzip' }, gzipSync(zeros)],
      [{ id: 'zlib' }, deflateSync(zeros)],
    ];
    for (const [compressor, bytes] of bombs) {
      await withFolder(async (folder) => {
        put(folder, '.zarray', v2({ compressor }));
        put(folder, '0.0', bytes);
        await expect(readNumbers(folder)).rejects.toThrow('Cannot create a Buffer larger than');
      });
    }
  });

  it('refuses headers that promise more than the chunk', async () => {
    const blosc = new Uint8Array(32);
    blosc.set([2, 1, 2, 1]);
    new DataView(blosc.buffer).setUint32(4, 2 ** 31, true);
    new DataView(blosc.buffer).setUint32(8, 2 ** 31, true);
    new DataView(blosc.buffer).setUint32(12, 32, true);
    const zstd = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x80, 1, 0, 0);
    const lz4 = Uint8Array.of(0, 0, 0, 0x80, 0, 0);
    const liars: [string, Uint8Array, string][] = [
      ['blosc', blosc, 'blosc: declares 2147483648 bytes'],
      ['zstd', zstd, 'zstd: gives 2147483648 bytes'],
      ['lz4', lz4, 'lz4: declares 2147483648 bytes'],
    ];
    for (const [id, bytes, message] of liars) {
      await withFolder(async (folder) => {
        put(folder, '.zarray', v2({ compressor: { id } }));
        put(folder, '0.0', bytes);
        await expect(readNumbers(folder)).rejects.toThrow(message);
      });
    }
  });

  it('never gives pixels for random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('blosc', 'zstd', 'gzip', 'zlib', 'lz4'),
        fc.uint8Array({ maxLength: 64 }),
        async (id, bytes) => {
          await withFolder(async (folder) => {
            put(folder, '.zarray', v2({ compressor: { id } }));
            put(folder, '0.0', bytes);
            await expect(readNumbers(folder)).rejects.toMatchObject({ tag: 'invalid-data' });
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('read of a shard', () => {
  /** Two raw inner chunks of 2 x 4 in one shard; the index holds what the caller says. */
  const shardOf = (index: bigint[], options: { flip?: boolean; location?: string } = {}): Uint8Array => {
    const body = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
    const table = new Uint8Array(36);
    table.set(new Uint8Array(BigUint64Array.from(index).buffer));
    new DataView(table.buffer).setUint32(32, crc32c(table.subarray(0, 32)), true);
    if (options.flip) table[0] ^= 1;
    return options.location === 'start' ? Buffer.concat([table, body]) : Buffer.concat([body, table]);
  };
  const document = (location: string): object =>
    v3({
      codecs: [
        {
          name: 'sharding_indexed',
          configuration: {
            chunk_shape: [2, 4],
            codecs: [{ name: 'bytes' }],
            index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, { name: 'crc32c' }],
            index_location: location,
          },
        },
      ],
    });
  const NONE = 2n ** 64n - 1n;

  const readShard = (bytes: Uint8Array, location = 'end'): Promise<number[]> =>
    withFolder(async (folder) => {
      put(folder, 'zarr.json', document(location));
      put(folder, 'c/0/0', bytes);
      return readNumbers(folder);
    });

  it('follows an index at either end, in any order, with absent chunks as fill', async () => {
    const all = Array.from({ length: 16 }, (_, i) => i + 1);
    expect(await readShard(shardOf([0n, 8n, 8n, 8n]))).toEqual(all);
    expect(await readShard(shardOf([8n, 8n, 0n, 8n]))).toEqual([...all.slice(8), ...all.slice(0, 8)]);
    expect(await readShard(shardOf([36n, 8n, 44n, 8n], { location: 'start' }), 'start')).toEqual(all);
    expect(await readShard(shardOf([NONE, NONE, 0n, 8n]))).toEqual([
      ...new Array<number>(8).fill(0),
      ...all.slice(0, 8),
    ]);
  });

  it('refuses an index that is cut off, flipped or leads outside', async () => {
    await expect(readShard(shardOf([0n, 8n, 8n, 8n], { flip: true }))).rejects.toThrow(
      'crc32c: stored checksum',
    );
    await expect(readShard(new Uint8Array(20))).rejects.toThrow('the shard index has 20 of 36 bytes');
    await expect(readShard(new Uint8Array(0))).rejects.toThrow('the shard index has 0 of 36 bytes');
    await expect(readShard(shardOf([48n, 8n, 8n, 8n]))).rejects.toThrow('says 8 bytes at 48, found 4');
    await expect(readShard(shardOf([999n, 8n, 8n, 8n]))).rejects.toThrow('says 8 bytes at 999, found 0');
    await expect(readShard(shardOf([0n, 2n ** 40n, 8n, 8n]))).rejects.toThrow(
      'says 1099511627776 bytes at 0',
    );
    await expect(readShard(shardOf([NONE, 8n, 8n, 8n]))).rejects.toMatchObject({ tag: 'invalid-data' });
    await expect(readShard(shardOf([0n, 7n, 8n, 8n]))).rejects.toThrow('8 elements expected, got 7');
  });
});

describe('openArray', () => {
  const open = (name: string, content: object | string): Promise<unknown> =>
    withFolder(async (folder) => {
      put(folder, name, content);
      return openArray(await openStore(folder), '');
    });

  it.each([
    ['an empty file', '', 'found an empty file'],
    ['no JSON', '{"zarr_format": 3,', 'does not parse'],
    ['a list', '[]', 'found a list'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid', 'Git LFS pointer'],
    ['deep nesting', v3({ attributes: JSON.parse('['.repeat(99) + ']'.repeat(99)) }), 'nested levels'],
    ['a fractional shape', v3({ shape: [4.5, 4] }), 'shape must be a list of integers >= 0, found [4.5,4]'],
    ['a shape of strings', v3({ shape: ['4', '4'] }), 'shape must be a list of integers'],
    ['a negative shape', v3({ shape: [-1, 4] }), 'shape must be a list of integers'],
    ['a shape too large', v3({ shape: [2 ** 60, 4] }), 'shape must be a list of integers'],
    ['another rank of chunks', v3({ shape: [4] }), 'chunk_shape must be of rank 1 like shape'],
    [
      'a fill value out of range',
      v3({ fill_value: 70000 }),
      'fill_value must be a value of uint8, found 70000',
    ],
    ['another zarr version', v3({ zarr_format: 4 }), 'zarr_format must be 3'],
    ['no codec that makes bytes', v3({ codecs: [] }), 'a chain with one bytes codec'],
    ['codecs without names', v3({ codecs: [{}] }), 'codecs must be a list of codecs with names'],
    [
      'a wrong permutation',
      v3({ codecs: [{ name: 'transpose', configuration: { order: [0, 0] } }, 'bytes'] }),
      'a permutation',
    ],
  ])('refuses %s', async (_, content, message) => {
    await expect(open('zarr.json', content)).rejects.toThrow(message);
    await expect(open('zarr.json', content)).rejects.toMatchObject({ tag: 'invalid-metadata', exit: 65 });
  });

  it.each([
    [
      'a chunk over 1 GiB',
      v3({ chunk_grid: { name: 'regular', configuration: { chunk_shape: [65536, 65536] } } }),
      'a chunk of 4294967296 bytes',
    ],
    ['complex numbers', v3({ data_type: 'complex64' }), 'data_type complex64'],
    ['float16', v3({ data_type: 'float16' }), 'data_type float16'],
    ['an unknown codec', v3({ codecs: ['bytes', 'magic'] }), 'codec magic'],
    ['an irregular grid', v3({ chunk_grid: { name: 'rectilinear' } }), 'chunk_grid rectilinear'],
    ['storage transformers', v3({ storage_transformers: [{}] }), 'storage transformers'],
  ])('does not support %s', async (_, content, message) => {
    await expect(open('zarr.json', content)).rejects.toThrow(message);
    await expect(open('zarr.json', content)).rejects.toMatchObject({ tag: 'unsupported', exit: 65 });
  });

  it.each([
    ['a chunk of 0', v2({ chunks: [0, 4] }), 'chunks must be at least 1'],
    ['no dtype', v2({ dtype: 7 }), 'dtype must be a numpy type string, found 7'],
    ['complex numbers', v2({ dtype: '<c8' }), 'dtype <c8 cannot be read'],
    ['half floats', v2({ dtype: '<f2' }), 'dtype <f2 cannot be read'],
    ['fixed strings', v2({ dtype: '<U8' }), 'dtype <U8 cannot be read'],
    ['dates', v2({ dtype: '<M8[ns]' }), 'dtype must be a numpy type string'],
    ['records', v2({ dtype: [['a', '<u2']] }), 'a structured dtype'],
    ['another order', v2({ order: 'K' }), 'order must be "C" or "F", found "K"'],
    ['an unknown compressor', v2({ compressor: { id: 'lzma' } }), 'compressor lzma'],
    ['an unknown filter', v2({ filters: [{ id: 'quantize' }] }), 'filter quantize'],
    ['another separator', v2({ dimension_separator: '-' }), 'dimension_separator must be "." or "/"'],
  ])('refuses v2 with %s', async (_, content, message) => {
    await expect(open('.zarray', content)).rejects.toThrow(message);
  });

  it('says what is there when there is no array', async () => {
    await expect(open('other', 'x')).rejects.toThrow('must be there, found neither zarr.json nor .zarray');
    await expect(open('zarr.json', { zarr_format: 3, node_type: 'group' })).rejects.toThrow('found a group');
  });

  it('reads arrays with an extent of zero, and of rank 0', async () => {
    await withFolder(async (folder) => {
      put(folder, '0/zarr.json', v3({ shape: [0, 4] }));
      put(
        folder,
        '1/zarr.json',
        v3({ shape: [], chunk_grid: { name: 'regular', configuration: { chunk_shape: [] } } }),
      );
      put(folder, '1/c', Uint8Array.of(42));
      const store = await openStore(folder);
      expect(await (await openArray(store, '0')).read()).toEqual({ data: new Uint8Array(0), shape: [0, 4] });
      expect(await (await openArray(store, '1')).read()).toEqual({ data: Uint8Array.of(42), shape: [] });
    });
  });

  it('reads fill values given as words and bit patterns', async () => {
    const float = (fill_value: unknown): Promise<number[]> =>
      withFolder(async (folder) => {
        put(folder, 'zarr.json', v3({ data_type: 'float32', fill_value, shape: [1, 1] }));
        return readNumbers(folder);
      });
    expect(await float('NaN')).toEqual([Number.NaN]);
    expect(await float('-Infinity')).toEqual([Number.NEGATIVE_INFINITY]);
    expect(await float('0x3fc00000')).toEqual([1.5]);
    expect(await float(null)).toEqual([0]);
    await expect(float('0x3fc0')).rejects.toThrow('fill_value must be a value of float32');
  });
});

describe('openStore on a folder', () => {
  it('keeps to regular files inside the folder', async () => {
    await withFolder(async (folder) => {
      put(folder, 'secret', 'secret');
      put(folder, 'store/inner/file', 'abc');
      symlinkSync('../secret', join(folder, 'store/link'));
      symlinkSync('inner', join(folder, 'store/again'));
      execFileSync('mkfifo', [join(folder, 'store/pipe')]);
      const store = await openStore(join(folder, 'store'));
      expect(Buffer.from((await store.get('again/file')) ?? []).toString()).toBe('abc');
      await expect(store.get('../secret')).rejects.toThrow('must stay inside');
      await expect(store.get('link')).rejects.toThrow('must stay inside');
      await expect(store.get('inner')).rejects.toThrow('must be a regular file');
      await expect(store.get('pipe')).rejects.toThrow('must be a regular file');
      expect(await store.get('inner/none')).toBeUndefined();
      expect(await store.get('inner/file/none')).toBeUndefined();
    });
  });

  it('gives the part of a range that is there', async () => {
    await withFolder(async (folder) => {
      put(folder, 'k', Uint8Array.of(1, 2, 3, 4));
      const store = await openStore(folder);
      expect([...((await store.get('k', { suffix: 3 })) ?? [])]).toEqual([2, 3, 4]);
      expect([...((await store.get('k', { suffix: 9 })) ?? [])]).toEqual([1, 2, 3, 4]);
      expect([...((await store.get('k', { offset: 3, length: 5 })) ?? [])]).toEqual([4]);
      expect([...((await store.get('k', { offset: 1, length: 2 })) ?? [])]).toEqual([2, 3]);
      await expect(store.get('k', undefined, 3)).rejects.toThrow('must have at most 3 bytes, found 4');
    });
  });

  it('refuses a folder that is not there, or is a file', async () => {
    await expect(openStore('/nonexistent/x.zarr')).rejects.toMatchObject({ tag: 'not-found', exit: 65 });
    await withFolder(async (folder) => {
      put(folder, 'file', 'x');
      await expect(openStore(join(folder, 'file'))).rejects.toThrow('must be a folder, found a file');
      expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('x');
    });
  });
});

describe('crc32c', () => {
  it('gives the check values of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });

  it('is the bitwise definition at every length, whole eights and what is left over', () => {
    for (let length = 0; length < 40; length++) {
      const bytes = Uint8Array.from({ length: length + 1 }, (_, i) => (i * 151 + 77) % 256).subarray(1);
      let crc = -1;
      for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
      }
      expect(crc32c(bytes)).toBe(~crc >>> 0);
    }
  });
});
