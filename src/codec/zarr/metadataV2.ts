import { isObject, type JsonObject } from './json.ts';
import {
  type ArrayMeta,
  asDtype,
  badField,
  type CodecSpec,
  checkSizes,
  fillNumber,
  integers,
  unsupportedField,
} from './metadata.ts';
import type { ZarrDtype } from './types.ts';

const KINDS: Record<string, string> = { b: 'bool', i: 'int', u: 'uint', f: 'float' };
const COMPRESSORS = new Set(['blosc', 'zstd', 'gzip', 'zlib', 'lz4']);
const FILTERS = new Set(['delta', 'shuffle', 'bitround', 'vlen-utf8']);

/**
 * Validates a zarr v2 `.zarray` document.
 *
 * Source: Zarr storage specification version 2.
 * @throws `invalid-metadata` naming the field, or `unsupported`
 */
export function parseArrayV2(document: JsonObject, attributes: JsonObject, where: string): ArrayMeta {
  if (document.zarr_format !== 2) throw badField(where, 'zarr_format', '2', document.zarr_format);
  const shape = integers(document.shape, where, 'shape', 0);
  const chunks = integers(document.chunks, where, 'chunks', 0, shape.length).map((extent, axis) => {
    if (extent === 0 && shape[axis] > 0) throw badField(where, 'chunks', 'at least 1', document.chunks);
    return Math.max(1, extent);
  });
  const { dtype, endian } = parseDtype(document.dtype, where);
  const separator = document.dimension_separator ?? '.';
  if (separator !== '.' && separator !== '/') {
    throw badField(where, 'dimension_separator', '"." or "/"', separator);
  }
  const codecs = codecChain(document, dtype, endian, where);
  checkSizes({ chunks, grid: chunks, dtype }, where);
  return {
    zarrFormat: 2,
    shape,
    dtype,
    grid: chunks,
    chunks,
    sharding: null,
    codecs,
    fill: fillNumber(document.fill_value, dtype, where),
    keyOf: (coords) => coords.join(separator) || '0',
    dimensionNames: dimensionNames(attributes, shape.length),
    attributes,
    document,
  };
}

function parseDtype(value: unknown, where: string): { dtype: ZarrDtype; endian: string } {
  if (Array.isArray(value)) throw unsupportedField(where, 'a structured dtype');
  if (typeof value !== 'string') throw badField(where, 'dtype', 'a numpy type string', value);
  if (value === '|O') return { dtype: 'string', endian: 'little' };
  const match = /^([<>|])([a-zA-Z])(\d+)$/.exec(value);
  if (!match) throw badField(where, 'dtype', 'a numpy type string', value);
  const [, order, kind, bytes] = match;
  const name = kind === 'b' && bytes === '1' ? 'bool' : `${KINDS[kind]}${Number(bytes) * 8}`;
  const dtype = asDtype(name);
  if (!dtype) throw unsupportedField(where, `dtype ${value}`);
  return { dtype, endian: order === '>' ? 'big' : 'little' };
}

function codecChain(document: JsonObject, dtype: ZarrDtype, endian: string, where: string): CodecSpec[] {
  const { order, filters, compressor } = document;
  if (order !== 'C' && order !== 'F') throw badField(where, 'order', '"C" or "F"', order);
  const chain: CodecSpec[] = [];
  if (order === 'F') chain.push({ name: 'transpose', configuration: { order: 'F' } });
  const list = filters ?? [];
  if (!Array.isArray(list)) throw badField(where, 'filters', 'null or a list', filters);
  for (const filter of list) chain.push(codecOf(filter, FILTERS, 'filter', where));
  const text = chain.some((codec) => codec.name === 'vlen-utf8');
  if (text !== (dtype === 'string')) {
    throw unsupportedField(where, text ? 'vlen-utf8 on numbers' : 'dtype |O without vlen-utf8');
  }
  if (!text) chain.push({ name: 'bytes', configuration: { endian } });
  if (compressor !== null && compressor !== undefined) {
    chain.push(codecOf(compressor, COMPRESSORS, 'compressor', where));
  }
  return chain;
}

function codecOf(value: unknown, known: Set<string>, field: string, where: string): CodecSpec {
  if (!isObject(value) || typeof value.id !== 'string') {
    throw badField(where, field, 'an object with an id', value);
  }
  const { id, ...configuration } = value;
  if (!known.has(id)) throw unsupportedField(where, `${field} ${id}`);
  const plain = COMPRESSORS.has(id) || id === 'vlen-utf8';
  return { name: plain ? id : `numcodecs.${id}`, configuration };
}

/** xarray's way to name the axes of a v2 array. */
function dimensionNames(attributes: JsonObject, rank: number): string[] | null {
  const names = attributes._ARRAY_DIMENSIONS;
  const good =
    Array.isArray(names) && names.length === rank && names.every((name) => typeof name === 'string');
  return good ? names : null;
}
