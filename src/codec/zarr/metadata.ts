import { sizeOf } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ZarrDtype } from './types.ts';

/** One step of a codec chain, as zarr v3 writes it. */
export interface CodecSpec {
  name: string;
  configuration: JsonObject;
}

/** Where the inner chunks of a shard are found. */
export interface Sharding {
  indexAtStart: boolean;
  /** True when the index carries a CRC-32C. */
  indexChecked: boolean;
}

/** A validated array document of either zarr version, in one form. */
export interface ArrayMeta {
  zarrFormat: 2 | 3;
  shape: number[];
  dtype: ZarrDtype;
  /** Shape of one stored object: the shard where sharded, else the chunk. */
  grid: number[];
  /** Shape of the smallest unit that decodes alone. */
  chunks: number[];
  sharding: Sharding | null;
  /** Codecs of one chunk, in the order of encoding. */
  codecs: CodecSpec[];
  /** Fill value as a number; 0 for strings. */
  fill: number;
  /** Key, below the array, of a stored object. */
  keyOf(coords: readonly number[]): string;
  dimensionNames: (string | null)[] | null;
  attributes: JsonObject;
  document: JsonObject;
}

/** Largest chunk that is decoded, bytes. */
export const MAX_CHUNK_BYTES = 1024 ** 3;
const MAX_RANK = 32;
const MAX_SHARD_CHUNKS = 1 << 22;

const ITEM_BYTES: Record<ZarrDtype, number> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
  string: 4,
};

/** Bytes per element; for strings a nominal 4. */
export function itemBytes(dtype: ZarrDtype): number {
  return ITEM_BYTES[dtype];
}

/** The dtype of that name, or null when it is not one that is read. */
export function asDtype(name: unknown): ZarrDtype | null {
  return typeof name === 'string' && Object.hasOwn(ITEM_BYTES, name) ? (name as ZarrDtype) : null;
}

/** An `invalid-metadata` error about one field of the document `where`. */
export function badField(where: string, field: string, must: string, found: unknown): MorulaError {
  const text = JSON.stringify(found)?.slice(0, 80) ?? 'nothing';
  const name = field.slice(0, 80);
  return new MorulaError('invalid-metadata', `zarr: ${where}: ${name} must be ${must}, found ${text}`);
}

/** An `unsupported` error about the document `where`. */
export function unsupportedField(where: string, what: string): MorulaError {
  // What stands there is a stranger's: it may be long.
  const said = what.length > 120 ? `${what.slice(0, 120)}...` : what;
  return new MorulaError('unsupported', `zarr: ${where}: ${said} cannot be read; convert the array first`);
}

/** A list of integers >= `minimum`, of the given rank when one is given. */
export function integers(
  value: unknown,
  where: string,
  field: string,
  minimum: number,
  rank?: number,
): number[] {
  const good =
    Array.isArray(value) &&
    value.length <= MAX_RANK &&
    value.every((n) => Number.isSafeInteger(n) && n >= minimum);
  if (!good) throw badField(where, field, `a list of integers >= ${minimum}`, value);
  if (rank !== undefined && value.length !== rank) {
    throw badField(where, field, `of rank ${rank} like shape`, value);
  }
  return value;
}

const FLOAT_WORDS: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** The fill value as a number: null is 0, float words and v3 hexadecimal bit patterns are understood. */
export function fillNumber(value: unknown, dtype: ZarrDtype, where: string): number {
  if (value === null || value === undefined || dtype === 'string') return 0;
  const wrong = badField(where, 'fill_value', `a value of ${dtype}`, value);
  if (dtype === 'bool' && typeof value === 'boolean') return value ? 1 : 0;
  if (dtype === 'float32' || dtype === 'float64') {
    if (typeof value === 'string') return floatWord(value, dtype, wrong);
    if (typeof value !== 'number') throw wrong;
    return value;
  }
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong;
  const bits = dtype === 'bool' ? 1 : ITEM_BYTES[dtype] * 8;
  const signed = dtype.startsWith('int');
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  if (value < low || value > high) throw wrong;
  if (bits === 64 && !Number.isSafeInteger(value)) throw wrong;
  return value;
}

function floatWord(word: string, dtype: 'float32' | 'float64', wrong: MorulaError): number {
  if (Object.hasOwn(FLOAT_WORDS, word)) return FLOAT_WORDS[word];
  const digits = dtype === 'float32' ? 8 : 16;
  if (!new RegExp(`^0x[0-9a-fA-F]{${digits}}$`).test(word)) throw wrong;
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(word) << (dtype === 'float32' ? 32n : 0n));
  return dtype === 'float32' ? view.getFloat32(0) : view.getFloat64(0);
}

/** Refuses chunks and shards too large to decode, before anything is allocated. */
export function checkSizes(meta: Pick<ArrayMeta, 'chunks' | 'grid' | 'dtype'>, where: string): void {
  const bytes = sizeOf(meta.chunks) * ITEM_BYTES[meta.dtype];
  if (!(bytes <= MAX_CHUNK_BYTES)) {
    throw unsupportedField(where, `a chunk of ${bytes} bytes (${meta.chunks.join(' x ')}, at most 1 GiB)`);
  }
  const inner = sizeOf(meta.grid.map((extent, axis) => extent / meta.chunks[axis]));
  if (!(inner <= MAX_SHARD_CHUNKS)) throw unsupportedField(where, `a shard of ${inner} chunks`);
}

/** A list of codec specs; v3 also allows a bare name. */
export function codecList(value: unknown, where: string, field: string): CodecSpec[] {
  if (!Array.isArray(value)) throw badField(where, field, 'a list of codecs', value);
  return value.map((entry) => {
    const spec = typeof entry === 'string' ? { name: entry } : entry;
    if (!isObject(spec) || typeof spec.name !== 'string') {
      throw badField(where, field, 'a list of codecs with names', entry);
    }
    const configuration = spec.configuration ?? {};
    if (!isObject(configuration)) {
      throw badField(where, `${field} (${spec.name})`, 'with an object as configuration', configuration);
    }
    return { name: spec.name, configuration };
  });
}
