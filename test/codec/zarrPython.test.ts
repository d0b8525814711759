import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openArray, openStore, sha256Hex } from '../../src/codec/index.ts';
import { put, withFolder } from './zarrFiles.ts';

interface Sample {
  name: string;
  documents: Record<string, object>;
  chunks: Record<string, string>;
  /** All values in C order (NaN as null), or the SHA-256 of their decimal forms joined by commas. */
  values: (number | string | null)[] | string;
}

// Made by zarrSamples.py with zarr-python 3.1.6 and numcodecs 0.16.6.
const SAMPLES: Sample[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/zarr/python.json'), 'utf8'),
).cases;

async function readAll(folder: string): Promise<(number | string | null)[]> {
  const array = await openArray(await openStore(folder), '');
  if (array.dtype === 'string') return array.readStrings();
  const { data, shape } = await array.read();
  expect(shape).toEqual(array.shape);
  return Array.from(data, (value) => (Number.isNaN(value) ? null : value));
}

describe('openArray on files of zarr-python 3.1.6', () => {
  it.each(SAMPLES)('reads $name', async ({ documents, chunks, values }) => {
    await withFolder(async (folder) => {
      for (const [key, document] of Object.entries(documents)) put(folder, key, document);
      for (const [key, bytes] of Object.entries(chunks)) put(folder, key, Buffer.from(bytes, 'base64'));
      const found = await readAll(folder);
      expect(typeof values === 'string' ? sha256Hex(found.join(',')) : found).toEqual(values);
    });
  });

  it('reads a region of every sample as the same region of the whole', async () => {
    for (const { documents, chunks } of SAMPLES) {
      if (!JSON.stringify(documents).includes('[5,4,3]')) continue;
      await withFolder(async (folder) => {
        for (const [key, document] of Object.entries(documents)) put(folder, key, document);
        for (const [key, bytes] of Object.entries(chunks)) put(folder, key, Buffer.from(bytes, 'base64'));
        const array = await openArray(await openStore(folder), '');
        const whole = await array.read();
        const part = await array.read([[1, 4], 2, [0, 3]]);
        expect(part.shape).toEqual([3, 3]);
        const expected = [1, 2, 3].flatMap((a) => [0, 1, 2].map((c) => whole.data[a * 12 + 2 * 3 + c]));
        expect([...part.data]).toEqual(expected);
      });
    }
  });
});
