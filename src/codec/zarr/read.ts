import { allocate, type NdArray, sizeOf, type TypedArray } from '../../array/index.ts';
import { isMorulaError } from '../../errors/index.ts';
import { createChunkCache } from './chunkCache.ts';
import { chunkError, createDecoder, type DecodedChunk } from './decode.ts';
import { type ArrayMeta, itemBytes, unsupportedField } from './metadata.ts';
import { boxPoints, copyBox, cStride, type Region, resolveSelection } from './region.ts';
import { createSource } from './shard.ts';
import { isRemoteLocation } from './store.ts';
import type { ChunkRule, Selection, ZarrStore } from './types.ts';

const CONCURRENT_CHUNKS = 4;
/** How often a chunk of a remote store is fetched that does not decode. */
const REMOTE_TRIES = 3;
const MAX_REGION_BYTES = 8 * 1024 ** 3;

/** Reads regions of one array. */
export interface RegionReader {
  readNumbers(selection?: Selection, rule?: ChunkRule): Promise<NdArray>;
  readStrings(): Promise<string[]>;
}

/** A reader of the array at `path`; chunks arrive four at a time, missing ones are the fill value. */
export function createReader(store: ZarrStore, path: string, meta: ArrayMeta): RegionReader {
  const source = createSource(store, path, meta);
  const decode = createDecoder(meta);
  const cache = createChunkCache();
  // A network may have brought other bytes than lie there.
  const tries = isRemoteLocation(store.location) ? REMOTE_TRIES : 1;
  const where = path === '' ? 'the root array' : `array "${path}"`;

  const load = async (
    coords: readonly number[],
    { damaged, required }: ChunkRule,
  ): Promise<DecodedChunk | undefined> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const { bytes, name } = await source(coords);
        if (required && bytes === undefined) throw chunkError(name, new Error('it is not there'));
        return bytes && (await decode(bytes, name));
      } catch (error) {
        if (!isMorulaError(error) || error.tag !== 'invalid-data') throw error;
        if (attempt < tries) continue;
        if (damaged === undefined) throw error;
        damaged(error);
        return undefined;
      }
    }
  };
  const chunkAt = (
    coords: readonly number[],
    keep: boolean,
    rule: ChunkRule,
  ): Promise<DecodedChunk | undefined> => cache(coords.join('/'), keep, () => load(coords, rule));

  const fill = async (region: Region, out: TypedArray | string[], rule: ChunkRule = {}): Promise<void> => {
    const first = region.start.map((from, axis) => Math.floor(from / meta.chunks[axis]));
    const end = region.stop.map((to, axis) => Math.ceil(to / meta.chunks[axis]));
    const points = boxPoints(first, region.extent.includes(0) ? first.map(() => 0) : end);
    const worker = async (): Promise<void> => {
      for (const coords of points) {
        const partial = coords.some((c, axis) => {
          const low = c * meta.chunks[axis];
          const high = Math.min(meta.shape[axis], low + meta.chunks[axis]);
          return region.start[axis] > low || region.stop[axis] < high;
        });
        const chunk = await chunkAt(coords, partial, rule);
        if (chunk) paste(chunk, coords, meta, region, out);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_CHUNKS }, worker));
  };

  return {
    async readNumbers(selection, rule = {}) {
      if (meta.dtype === 'string') throw unsupportedField(where, 'a string array as numbers');
      const region = resolveSelection(selection, meta.shape, where);
      const size = sizeOf(region.extent);
      if (!(size * itemBytes(meta.dtype) <= MAX_REGION_BYTES)) {
        throw unsupportedField(
          where,
          `a region of ${region.extent.join(' x ')} elements at once (over 8 GiB)`,
        );
      }
      const coords = chunkOf(region, meta);
      const chunk = coords && (await load(coords, rule));
      // Nobody else has it: there is no need for a copy.
      if (chunk && inOrder(chunk, meta)) return { data: chunk.data as TypedArray, shape: region.shape };
      const data = allocate(outputDtype(meta.dtype), size);
      if (meta.fill !== 0) data.fill(meta.fill);
      // What is not there was told, and is fill values by now.
      if (!coords || chunk) await fill(region, data, rule);
      return { data, shape: region.shape };
    },
    async readStrings() {
      if (meta.dtype !== 'string') throw unsupportedField(where, `dtype ${meta.dtype} as strings`);
      const region = resolveSelection(undefined, meta.shape, where);
      const out = new Array<string>(sizeOf(region.extent)).fill('');
      await fill(region, out);
      return out;
    },
  };
}

/** The chunk that the region is all of, or null. */
function chunkOf(region: Region, { chunks }: ArrayMeta): number[] | null {
  const whole = region.extent.every((n, axis) => n === chunks[axis] && region.start[axis] % n === 0);
  return whole ? region.start.map((from, axis) => from / chunks[axis]) : null;
}

/** Whether the elements of a chunk lie in C order, last axis fastest. */
function inOrder({ stride }: DecodedChunk, { chunks }: ArrayMeta): boolean {
  return cStride(chunks).every((step, axis) => step === stride[axis]);
}

function outputDtype(dtype: Exclude<ArrayMeta['dtype'], 'string'>) {
  if (dtype === 'bool') return 'uint8';
  return dtype === 'int64' || dtype === 'uint64' ? 'float64' : dtype;
}

/** Copies the part of a chunk that lies in the region. */
function paste(
  chunk: DecodedChunk,
  coords: readonly number[],
  meta: ArrayMeta,
  region: Region,
  out: TypedArray | string[],
): void {
  const outStride = cStride(region.extent);
  const extent: number[] = [];
  let from = 0;
  let to = 0;
  coords.forEach((c, axis) => {
    const origin = c * meta.chunks[axis];
    const low = Math.max(origin, region.start[axis]);
    const high = Math.min(origin + meta.chunks[axis], region.stop[axis]);
    extent.push(high - low);
    from += (low - origin) * chunk.stride[axis];
    to += (low - region.start[axis]) * outStride[axis];
  });
  const source = chunk.data as ArrayLike<number>;
  copyBox(extent, source, chunk.stride, from, out as TypedArray, outStride, to);
}
