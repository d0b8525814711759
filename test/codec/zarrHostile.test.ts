import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NdArray } from '../../src/array/index.ts';
import { openArray, writeArray } from '../../src/codec/index.ts';
import { isMorulaError } from '../../src/errors/index.ts';
import { type Files, hostileCopy, memoryStore } from '../helpers/hostileZarr.ts';
import { withFolder } from './zarrFiles.ts';

const SHAPE = [5, 33, 20];
const data = Uint16Array.from({ length: 5 * 33 * 20 }, (_, i) => (i * i) % 60_000);

/** How many hostile copies of each array are read; more with MORULA_HOSTILE=10000. */
const COPIES = Number(process.env.MORULA_HOSTILE ?? 250);

async function filesOf(zarrFormat: 2 | 3, compression: 'zstd' | 'gzip' | 'blosc' | 'none'): Promise<Files> {
  return withFolder(async (folder) => {
    const spec = { shape: SHAPE, chunks: [1, 16, 20], dtype: 'uint16' as const, zarrFormat, compression };
    await writeArray(folder, spec, data);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    );
    const paths = names.filter((path) => statSync(path).isFile());
    return new Map(paths.map((path) => [relative(folder, path), new Uint8Array(readFileSync(path))]));
  });
}

/** Reads a hostile array as the pipeline would: a frame of it at most, since it may say that it is huge. */
async function readSome(files: Files): Promise<NdArray[]> {
  const array = await openArray(memoryStore(files), '');
  if (array.shape.length !== 3) return [await array.read(array.shape.map(() => 0))];
  const frames: NdArray[] = [];
  for (let t = 0; t < Math.min(array.shape[0]!, 5); t++) {
    const rows = Math.min(array.shape[1]!, 64);
    const columns = Math.min(array.shape[2]!, 64);
    frames.push(await array.read([t, [0, rows], [0, columns]]));
  }
  return frames;
}

const same = (frames: NdArray[]): boolean =>
  frames.length === 5 &&
  frames.every(({ data: found }, t) => {
    const frame = data.subarray(t * 660, (t + 1) * 660);
    return found.length === 660 && frame.every((value, i) => value === found[i]);
  });

describe('openArray on hostile copies', () => {
  it.each([
    [3, 'zstd'],
    [3, 'gzip'],
    [3, 'blosc'],
    [3, 'none'],
    [2, 'zstd'],
    [2, 'blosc'],
  ] as const)(
    'of v%i %s reads or refuses each one, and never gives other pixels where a checksum stands',
    async (format, compression) => {
      const files = await filesOf(format, compression);
      expect(same(await readSome(files))).toBe(true);
      const count = { same: 0, refused: 0, other: 0 };
      for (let seed = 0; seed < COPIES; seed++) {
        const hostile = hostileCopy(files, seed);
        try {
          const frames = await readSome(hostile.files);
          if (same(frames)) count.same++;
          else {
            count.other++;
            // Metadata can say something else and be valid; chunks of v3 carry a checksum.
            const checked = format === 3 && !hostile.metadata;
            expect([seed, hostile.key, checked]).toEqual([seed, hostile.key, false]);
          }
        } catch (error) {
          if (!isMorulaError(error)) throw error;
          expect([seed, error.exit]).toEqual([seed, 65]);
          expect(error.message.length < 600 || error.message.slice(0, 300)).toBe(true);
          count.refused++;
        }
      }
      console.log(`v${format} ${compression}: ${JSON.stringify(count)} of ${COPIES}`);
      expect(count.refused).toBeGreaterThan(COPIES / 2);
    },
  );
});
