import type { TypedArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { COMPRESSORS } from './codecs.ts';
import { appendCrc32c } from './crc32c.ts';
import { itemBytes } from './metadata.ts';
import type { ArraySpec, ZarrDtype } from './types.ts';
import { encodeVlenUtf8 } from './vlenUtf8.ts';

/** Elements as they are stored. */
export type PlainData = TypedArray | BigInt64Array | BigUint64Array;

const STORED: Record<Exclude<ZarrDtype, 'string'>, string> = {
  bool: 'Uint8Array',
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  int16: 'Int16Array',
  uint16: 'Uint16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
  int64: 'BigInt64Array',
  uint64: 'BigUint64Array',
  float32: 'Float32Array',
  float64: 'Float64Array',
};

/**
 * The elements in the type that `dtype` stores. 64-bit integers may also come as whole numbers in any other array.
 *
 * @throws `shape-mismatch` when the types do not fit
 */
export function viewPlain(data: PlainData, dtype: ZarrDtype): PlainData {
  const wanted = dtype === 'string' ? 'strings' : STORED[dtype];
  if (data.constructor.name === wanted) return data;
  const numbers = !(data instanceof BigInt64Array || data instanceof BigUint64Array);
  if (numbers && (dtype === 'int64' || dtype === 'uint64')) {
    const low = dtype === 'uint64' ? 0 : Number.MIN_SAFE_INTEGER;
    const out = dtype === 'int64' ? new BigInt64Array(data.length) : new BigUint64Array(data.length);
    for (let i = 0; i < data.length; i++) {
      if (!Number.isSafeInteger(data[i]) || data[i] < low) throw mismatch(`a ${dtype}`, String(data[i]));
      out[i] = BigInt(data[i]);
    }
    return out;
  }
  throw mismatch(wanted, data.constructor.name);
}

function mismatch(wanted: string, found: string): MorulaError {
  return new MorulaError('shape-mismatch', `zarr: the data must be ${wanted}, got ${found}`);
}

/** Stored bytes of one whole chunk of numbers. */
export async function encodeNumbers(chunk: PlainData, spec: ArraySpec): Promise<Uint8Array> {
  const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return pack(littleEndian(bytes, itemBytes(spec.dtype)), spec);
}

/** Stored bytes of one whole chunk of strings. */
export async function encodeStrings(chunk: readonly string[], spec: ArraySpec): Promise<Uint8Array> {
  return pack(encodeVlenUtf8(chunk), spec);
}

async function pack(bytes: Uint8Array, spec: ArraySpec): Promise<Uint8Array> {
  const packed = await COMPRESSORS[spec.compression ?? 'zstd'](bytes);
  return spec.zarrFormat === 2 ? packed : appendCrc32c(packed);
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes in little-endian order, as all arrays are written. */
function littleEndian(bytes: Uint8Array, item: number): Uint8Array {
  if (LITTLE_ENDIAN || item === 1) return bytes;
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i - (i % item) + item - 1 - (i % item)];
  return out;
}
