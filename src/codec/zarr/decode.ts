import { isZarritaError, Array as ZarritaArray } from 'zarrita';
import { sizeOf, type TypedArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { registerCodecs } from './codecs.ts';
import type { ArrayMeta } from './metadata.ts';

/** A decoded chunk: elements of the full chunk shape, with the stride of each axis in elements. */
export interface DecodedChunk {
  data: TypedArray | readonly string[];
  stride: readonly number[];
}

/** Turns the stored bytes of one chunk into elements. `name` tells array and key in messages. */
export type ChunkDecoder = (bytes: Uint8Array, name: string) => Promise<DecodedChunk>;

/**
 * The decoder of one array: zarrita's codec chain, fed with bytes that we have read.
 *
 * zarrita hands back whatever a chain decodes to and fills the rest with zeros, so the element count is checked here.
 * @throws (the decoder) `invalid-data` when the bytes do not decode to exactly one chunk
 */
export function createDecoder(meta: ArrayMeta): ChunkDecoder {
  registerCodecs();
  // A rank of at least one, so that every call can have a key of its own.
  const chunkShape = meta.chunks.length > 0 ? [...meta.chunks] : [1];
  const size = sizeOf(chunkShape);
  const pending = new Map<string, Uint8Array>();
  const array = new ZarritaArray(pending, '/', {
    zarr_format: 3,
    node_type: 'array',
    shape: chunkShape,
    data_type: meta.dtype === 'bool' ? 'uint8' : meta.dtype,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunkShape } },
    chunk_key_encoding: { name: 'default' },
    codecs: meta.codecs,
    fill_value: null,
    attributes: {},
  });
  const rest = chunkShape.slice(1).map(() => 0);
  let calls = 0;
  return async (bytes, name) => {
    const call = calls++;
    const key = `/${['c', call, ...rest].join('/')}`;
    pending.set(key, bytes);
    try {
      const chunk = await array.getChunk([call, ...rest]);
      const data = toNumbers(chunk.data, name);
      if (data.length !== size) throw new Error(`${size} elements expected, got ${data.length}`);
      return { data, stride: meta.chunks.length > 0 ? chunk.stride : [] };
    } catch (error) {
      throw chunkError(name, error);
    } finally {
      pending.delete(key);
    }
  };
}

/** The error for a chunk that does not decode. */
export function chunkError(name: string, error: unknown): MorulaError {
  if (error instanceof MorulaError) return error;
  const cause = isZarritaError(error) && error.cause instanceof Error ? error.cause : error;
  const why = (cause instanceof Error ? cause.message : String(cause))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  return new MorulaError('invalid-data', `zarr: ${name} must decode, ${why}; copy the data again`, {
    cause: error,
  });
}

/** 64-bit integers as doubles, when each is exact. */
function toNumbers(data: unknown, name: string): DecodedChunk['data'] {
  if (!(data instanceof BigInt64Array) && !(data instanceof BigUint64Array))
    return data as DecodedChunk['data'];
  const out = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isSafeInteger(value)) {
      throw new MorulaError(
        'invalid-data',
        `zarr: ${name}: 64-bit integers must lie within 2^53 of 0, found ${data[i]}`,
      );
    }
    out[i] = value;
  }
  return out;
}
