import { isObject, type JsonObject } from './json.ts';
import {
  type ArrayMeta,
  asDtype,
  badField,
  type CodecSpec,
  checkSizes,
  codecList,
  fillNumber,
  integers,
  type Sharding,
  unsupportedField,
} from './metadata.ts';
import type { ZarrDtype } from './types.ts';

const CODECS = new Set([
  'transpose',
  'bytes',
  'vlen-utf8',
  'blosc',
  'zstd',
  'gzip',
  'zlib',
  'lz4',
  'crc32c',
  'numcodecs.blosc',
  'numcodecs.zstd',
  'numcodecs.gzip',
  'numcodecs.zlib',
  'numcodecs.lz4',
  'numcodecs.shuffle',
  'numcodecs.delta',
  'numcodecs.bitround',
  'bitround',
]);

/**
 * Validates a zarr v3 array document (`zarr.json`).
 *
 * Source: Zarr core specification version 3.1, and its sharding-indexed codec, version 1.0.
 * @throws `invalid-metadata` naming the field, or `unsupported`
 */
export function parseArrayV3(document: JsonObject, where: string): ArrayMeta {
  if (document.zarr_format !== 3) throw badField(where, 'zarr_format', '3', document.zarr_format);
  const shape = integers(document.shape, where, 'shape', 0);
  const dtype = parseDtype(document.data_type, where);
  const grid = parseGrid(document.chunk_grid, shape.length, where);
  const transformers = document.storage_transformers ?? [];
  if (!Array.isArray(transformers) || transformers.length > 0) {
    throw unsupportedField(where, 'an array with storage transformers');
  }
  const codecs = codecList(document.codecs, where, 'codecs');
  const parts = codecs.some((codec) => codec.name === 'sharding_indexed')
    ? parseSharding(codecs, grid, where)
    : { chunks: grid, codecs, sharding: null };
  checkCodecs(parts.codecs, dtype, shape.length, where);
  checkSizes({ chunks: parts.chunks, grid, dtype }, where);
  const attributes = document.attributes ?? {};
  if (!isObject(attributes)) throw badField(where, 'attributes', 'an object', attributes);
  return {
    zarrFormat: 3,
    shape,
    dtype,
    grid,
    ...parts,
    fill: fillNumber(document.fill_value, dtype, where),
    keyOf: parseKeyEncoding(document.chunk_key_encoding, where),
    dimensionNames: parseNames(document.dimension_names, shape.length, where),
    attributes,
    document,
  };
}

function parseDtype(value: unknown, where: string): ZarrDtype {
  const dtype = asDtype(value);
  if (dtype) return dtype;
  if (typeof value !== 'string' && !isObject(value)) throw badField(where, 'data_type', 'a name', value);
  throw unsupportedField(where, `data_type ${typeof value === 'string' ? value : String(value.name)}`);
}

function parseGrid(value: unknown, rank: number, where: string): number[] {
  if (!isObject(value)) throw badField(where, 'chunk_grid', 'an object', value);
  if (value.name !== 'regular') throw unsupportedField(where, `chunk_grid ${String(value.name)}`);
  const configuration = isObject(value.configuration) ? value.configuration : {};
  return integers(configuration.chunk_shape, where, 'chunk_shape', 1, rank);
}

function parseKeyEncoding(value: unknown, where: string): ArrayMeta['keyOf'] {
  if (!isObject(value)) throw badField(where, 'chunk_key_encoding', 'an object', value);
  const { name, configuration } = value;
  if (name !== 'default' && name !== 'v2')
    throw unsupportedField(where, `chunk_key_encoding ${String(name)}`);
  const separator =
    (isObject(configuration) ? configuration.separator : undefined) ?? (name === 'v2' ? '.' : '/');
  if (separator !== '.' && separator !== '/') throw badField(where, 'separator', '"." or "/"', separator);
  if (name === 'v2') return (coords) => coords.join(separator) || '0';
  return (coords) => ['c', ...coords].join(separator);
}

function parseNames(value: unknown, rank: number, where: string): (string | null)[] | null {
  if (value === null || value === undefined) return null;
  const good =
    Array.isArray(value) && value.length === rank && value.every((n) => n === null || typeof n === 'string');
  if (!good) throw badField(where, 'dimension_names', `${rank} names or nulls`, value);
  return value;
}

function checkCodecs(codecs: CodecSpec[], dtype: ZarrDtype, rank: number, where: string): void {
  for (const { name, configuration } of codecs) {
    if (!CODECS.has(name)) throw unsupportedField(where, `codec ${name}`);
    if (name === 'transpose') checkTranspose(configuration.order, rank, where);
    const { endian } = configuration;
    if (name === 'bytes' && endian !== undefined && endian !== 'little' && endian !== 'big') {
      throw badField(where, 'endian of codec bytes', '"little" or "big"', endian);
    }
  }
  const serializers = codecs.filter(({ name }) => name === 'bytes' || name === 'vlen-utf8');
  const wanted = dtype === 'string' ? 'vlen-utf8' : 'bytes';
  if (serializers.length !== 1 || serializers[0].name !== wanted) {
    throw badField(
      where,
      'codecs',
      `a chain with one ${wanted} codec`,
      codecs.map(({ name }) => name),
    );
  }
}

function checkTranspose(order: unknown, rank: number, where: string): void {
  if (order === 'C' || order === 'F') return;
  const seen = new Set(integers(order, where, 'order of codec transpose', 0, rank));
  if (seen.size !== rank || Math.max(-1, ...seen) >= rank) {
    throw badField(where, 'order of codec transpose', 'a permutation', order);
  }
}

function parseSharding(
  outer: CodecSpec[],
  grid: number[],
  where: string,
): { chunks: number[]; codecs: CodecSpec[]; sharding: Sharding } {
  if (outer.length > 1) throw unsupportedField(where, 'a shard inside further codecs');
  const { configuration } = outer[0];
  const chunks = integers(configuration.chunk_shape, where, 'chunk_shape of the shard', 1, grid.length);
  if (grid.some((extent, axis) => extent % chunks[axis] !== 0)) {
    throw badField(where, 'chunk_shape of the shard', `a divisor of ${grid.join(' x ')}`, chunks);
  }
  const codecs = codecList(configuration.codecs, where, 'codecs of the shard');
  const index = codecList(configuration.index_codecs, where, 'index_codecs');
  const names = index.map(({ name }) => name).join(' ');
  if ((names !== 'bytes' && names !== 'bytes crc32c') || index[0].configuration.endian === 'big') {
    throw unsupportedField(where, `a shard index with codecs ${names}`);
  }
  const location = configuration.index_location ?? 'end';
  if (location !== 'start' && location !== 'end') {
    throw badField(where, 'index_location', '"start" or "end"', location);
  }
  return {
    chunks,
    codecs,
    sharding: { indexAtStart: location === 'start', indexChecked: index.length === 2 },
  };
}
