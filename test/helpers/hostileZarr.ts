import { createRandom } from '../../src/array/index.ts';
import type { ZarrStore } from '../../src/codec/index.ts';
import { below, mutateBytes, pick } from './mutate.ts';

/** Files of a zarr array by key, and a copy of it with one thing wrong. */
export type Files = ReadonlyMap<string, Uint8Array>;

type Random = ReturnType<typeof createRandom>;

/** Values that stand where others are expected. */
const HOSTILE: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 255, 70_000, 2 ** 31, 2 ** 53, 1e300, -1e300],
  ...['', 'NaN', '4', '../x', '<u2', '|V8', 'bytes', 'C', 'x'.repeat(10_000), '\u0000', '__proto__'],
  ...[[], {}, [[]], [0], [1e15], [-1, -1], [4.5, 4], [2 ** 53, 2 ** 53], ['4', '4'], new Array(40).fill(1)],
  ...[
    { name: 'gzip' },
    { name: 'regular' },
    { id: 'zstd' },
    [{ name: 'sharding_indexed' }],
    { constructor: 1 },
  ],
];

/** A JSON value with one of its parts replaced, removed, repeated or added to. */
function mutateJson(random: Random, value: unknown, depth = 0): unknown {
  const inner = value !== null && typeof value === 'object' && depth < 5;
  if (!inner || random.uniform() < 0.25) return pick(random, HOSTILE);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.uniform() < 0.2) return [...value, pick(random, HOSTILE)];
    const at = below(random, value.length);
    if (random.uniform() < 0.2) return value.toSpliced(at, 1);
    return value.with(at, mutateJson(random, value[at], depth + 1));
  }
  const fields = Object.entries(value as Record<string, unknown>);
  if (fields.length === 0 || random.uniform() < 0.1) return { ...value, extra: pick(random, HOSTILE) };
  const at = below(random, fields.length);
  const [name, content] = fields[at]!;
  if (random.uniform() < 0.15) return Object.fromEntries(fields.toSpliced(at, 1));
  return Object.fromEntries(fields.with(at, [name, mutateJson(random, content, depth + 1)]));
}

const DOCUMENT = /(^|\/)(zarr\.json|\.zarray|\.zattrs)$/;

/** One hostile copy, equal for equal seeds; `what` says which file was touched, and whether it is metadata. */
export function hostileCopy(files: Files, seed: number): { files: Files; key: string; metadata: boolean } {
  const random = createRandom(seed);
  const [documents, chunks] = [true, false].map((wanted) =>
    [...files.keys()].filter((name) => DOCUMENT.test(name) === wanted).sort(),
  ) as [string[], string[]];
  const metadata = random.uniform() < 0.5;
  const key = pick(random, metadata ? documents : chunks);
  const bytes = files.get(key)!;
  const mutated =
    metadata && random.uniform() < 0.8
      ? new TextEncoder().encode(
          JSON.stringify(mutateJson(random, JSON.parse(new TextDecoder().decode(bytes)))),
        )
      : mutateBytes(random, bytes);
  return { files: new Map([...files, [key, mutated]]), key, metadata };
}

/** Files in memory as a store. */
export function memoryStore(files: Files): ZarrStore {
  return {
    location: 'memory',
    async get(key, range) {
      const bytes = files.get(key);
      if (bytes === undefined || range === undefined) return bytes;
      if ('suffix' in range) return bytes.slice(Math.max(0, bytes.length - range.suffix));
      return bytes.slice(range.offset, range.offset + range.length);
    },
  };
}
