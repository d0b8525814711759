import { describe, expect, it } from 'vitest';
import { type ArraySpec, openArray, openStore, writeArray, type ZarrStore } from '../../src/codec/index.ts';
import { withFolder } from './zarrFiles.ts';

/** A store over a folder that notes every key asked for, and how many were on their way at once. */
async function countingStore(
  folder: string,
): Promise<{ store: ZarrStore; keys: string[]; peak: () => number }> {
  const inner = await openStore(folder);
  const keys: string[] = [];
  let flying = 0;
  let peak = 0;
  const store: ZarrStore = {
    location: inner.location,
    async get(key, range, maxBytes) {
      keys.push(key);
      peak = Math.max(peak, ++flying);
      try {
        return await inner.get(key, range, maxBytes);
      } finally {
        flying--;
      }
    },
  };
  return { store, keys, peak: () => peak };
}

const SPEC: ArraySpec = { shape: [6, 4, 4], chunks: [3, 2, 2], dtype: 'uint8' };
const DATA = Uint8Array.from({ length: 96 }, (_, i) => i);

describe('read of an array', () => {
  it('fetches only the chunks that the region touches, at most four at once', async () => {
    await withFolder(async (folder) => {
      await writeArray(folder, SPEC, DATA);
      const { store, keys, peak } = await countingStore(folder);
      const array = await openArray(store, '');
      keys.length = 0;
      expect(await array.read([[3, 6], [0, 1], null])).toEqual({
        data: Uint8Array.of(48, 49, 50, 51, 64, 65, 66, 67, 80, 81, 82, 83),
        shape: [3, 1, 4],
      });
      expect(keys).toEqual(['c/1/0/0', 'c/1/0/1']);
      keys.length = 0;
      expect((await array.read()).data).toEqual(DATA);
      expect(keys).toHaveLength(8 - 2);
      expect(peak()).toBeLessThanOrEqual(4);
    });
  });

  it('fetches a chunk that spans several frames once', async () => {
    await withFolder(async (folder) => {
      await writeArray(folder, SPEC, DATA);
      const { store, keys } = await countingStore(folder);
      const array = await openArray(store, '');
      keys.length = 0;
      for (let t = 0; t < 6; t++) {
        expect((await array.read([t, null, null])).data).toEqual(DATA.subarray(t * 16, t * 16 + 16));
      }
      expect(keys).toHaveLength(8);
    });
  });

  it('gives what it read as memory of its own', async () => {
    await withFolder(async (folder) => {
      await writeArray(folder, SPEC, DATA);
      const array = await openArray(await openStore(folder), '');
      const first = await array.read([0, null, null]);
      first.data.fill(255);
      expect((await array.read([0, null, null])).data).toEqual(DATA.subarray(0, 16));
    });
  });

  it('refuses a selection that does not fit', async () => {
    await withFolder(async (folder) => {
      await writeArray(folder, SPEC, DATA);
      const array = await openArray(await openStore(folder), '');
      await expect(array.read([0])).rejects.toThrow('must lie in shape 6 x 4 x 4, got 1 axes');
      await expect(array.read([6, null, null])).rejects.toThrow('got 6:7 on axis 0');
      await expect(array.read([[2, 1], null, null])).rejects.toThrow('got 2:1 on axis 0');
      await expect(array.read([0.5, null, null])).rejects.toMatchObject({ tag: 'invalid-option' });
      expect((await array.read([[2, 2], null, null])).shape).toEqual([0, 4, 4]);
      await expect(array.readStrings()).rejects.toThrow('dtype uint8 as strings');
    });
  });
});
