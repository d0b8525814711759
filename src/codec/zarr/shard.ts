import { sizeOf } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { stripCrc32c } from './crc32c.ts';
import { chunkError } from './decode.ts';
import { type ArrayMeta, itemBytes, MAX_CHUNK_BYTES } from './metadata.ts';
import { cStride } from './region.ts';
import type { ByteRange, ZarrStore } from './types.ts';

/** The stored bytes of a chunk and its name for messages; undefined bytes mean a missing chunk. */
export interface StoredChunk {
  bytes: Uint8Array | undefined;
  name: string;
}

/** Fetches the stored bytes of the chunk at `coords` of the chunk grid. */
export type ChunkSource = (coords: readonly number[]) => Promise<StoredChunk>;

const KEPT_INDEXES = 16;
const ABSENT = 2n ** 64n - 1n;

/** The chunk source of an array at `path`. */
export function createSource(store: ZarrStore, path: string, meta: ArrayMeta): ChunkSource {
  const plain = sizeOf(meta.chunks) * itemBytes(meta.dtype);
  const cap = meta.dtype === 'string' ? MAX_CHUNK_BYTES : plain + (plain >>> 3) + (1 << 20);
  return meta.sharding ? shardSource(store, path, meta, cap) : plainSource(store, path, meta, cap);
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}/${key}`);

function nameOf(store: ZarrStore, path: string, chunk: string): string {
  return `array "${path}" of ${store.location}, chunk ${chunk}`;
}

function plainSource(store: ZarrStore, path: string, meta: ArrayMeta, cap: number): ChunkSource {
  return async (coords) => {
    const key = meta.keyOf(coords);
    return { bytes: await store.get(joined(path, key), undefined, cap), name: nameOf(store, path, key) };
  };
}

/**
 * Inner chunks of shards. The index holds offset and length of every inner chunk as uint64, little-endian.
 *
 * Source: Zarr codec "sharding-indexed", version 1.0.
 */
function shardSource(store: ZarrStore, path: string, meta: ArrayMeta, cap: number): ChunkSource {
  const perShard = meta.grid.map((extent, axis) => extent / meta.chunks[axis]);
  const stride = cStride(perShard);
  const indexes = new Map<string, Promise<BigUint64Array | undefined>>();

  const indexOf = (key: string, name: string): Promise<BigUint64Array | undefined> => {
    const known = indexes.get(key);
    if (known) return known;
    if (indexes.size >= KEPT_INDEXES) indexes.delete(indexes.keys().next().value ?? '');
    const index = readIndex(store, joined(path, key), meta, sizeOf(perShard), name);
    indexes.set(key, index);
    index.catch(() => indexes.delete(key));
    return index;
  };

  return async (coords) => {
    const key = meta.keyOf(coords.map((c, axis) => Math.floor(c / perShard[axis])));
    const name = nameOf(store, path, `${coords.join('/')} in shard ${key}`);
    const index = await indexOf(key, name);
    const at = coords.reduce((sum, c, axis) => sum + (c % perShard[axis]) * stride[axis], 0);
    if (!index || (index[2 * at] === ABSENT && index[2 * at + 1] === ABSENT))
      return { bytes: undefined, name };
    const offset = Number(index[2 * at]);
    const length = Number(index[2 * at + 1]);
    if (!Number.isSafeInteger(offset) || !(length <= cap)) {
      throw chunkError(name, new Error(`its shard index says ${length} bytes at ${offset}`));
    }
    const bytes = await store.get(joined(path, key), { offset, length }, cap);
    if (bytes?.length !== length) {
      const found = bytes?.length ?? 0;
      throw chunkError(name, new Error(`its shard index says ${length} bytes at ${offset}, found ${found}`));
    }
    return { bytes, name };
  };
}

async function readIndex(
  store: ZarrStore,
  key: string,
  meta: ArrayMeta,
  count: number,
  name: string,
): Promise<BigUint64Array | undefined> {
  const sharding = meta.sharding ?? { indexAtStart: false, indexChecked: false };
  const length = count * 16 + (sharding.indexChecked ? 4 : 0);
  const range: ByteRange = sharding.indexAtStart ? { offset: 0, length } : { suffix: length };
  const bytes = await store.get(key, range, length);
  if (!bytes) return undefined;
  if (bytes.length !== length) {
    throw new MorulaError(
      'invalid-data',
      `zarr: ${name} must decode, the shard index has ${bytes.length} of ${length} bytes; copy the data again`,
    );
  }
  let body = bytes;
  if (sharding.indexChecked) {
    try {
      body = stripCrc32c(bytes);
    } catch (error) {
      throw chunkError(name, error);
    }
  }
  return new BigUint64Array(body.slice().buffer);
}
