import { MorulaError } from '../../errors/index.ts';
import type { JsonObject } from './json.ts';
import { type ArrayMeta, asDtype, checkSizes, fillNumber, integers } from './metadata.ts';
import type { ArraySpec, ZarrDtype } from './types.ts';
import { ZSTD_LEVEL } from './zstd.ts';

const V2_DTYPES: Record<ZarrDtype, string> = {
  bool: '|b1',
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  uint16: '<u2',
  int32: '<i4',
  uint32: '<u4',
  int64: '<i8',
  uint64: '<u8',
  float32: '<f4',
  float64: '<f8',
  string: '|O',
};

/** Refuses a spec that would write an array nobody can read. @throws `invalid-metadata`, `unsupported` */
export function checkSpec(spec: ArraySpec): void {
  const where = 'array to write';
  integers(spec.shape, where, 'shape', 0);
  integers(spec.chunks, where, 'chunks', 1, spec.shape.length);
  if (!asDtype(spec.dtype))
    throw new MorulaError('unsupported', `zarr: dtype ${spec.dtype} cannot be written`);
  fillNumber(fillJson(spec), spec.dtype, where);
  const names = spec.dimensionNames?.length ?? spec.shape.length;
  if (names !== spec.shape.length) {
    throw new MorulaError(
      'shape-mismatch',
      `zarr: ${spec.shape.length} dimension names needed, got ${names}`,
    );
  }
  const chunks = [...spec.chunks];
  checkSizes({ chunks, grid: chunks, dtype: spec.dtype }, where);
}

/** File names and contents of an array's metadata, in the order in which they are to be written. */
export function arrayDocuments(spec: ArraySpec): [string, JsonObject][] {
  if (spec.zarrFormat !== 2) return [['zarr.json', documentV3(spec)]];
  const names = spec.dimensionNames && { _ARRAY_DIMENSIONS: spec.dimensionNames };
  return [
    ['.zattrs', { ...names, ...spec.attributes }],
    ['.zarray', documentV2(spec)],
  ];
}

function documentV3(spec: ArraySpec): JsonObject {
  const { dtype, compression = 'zstd' } = spec;
  const serializer =
    dtype === 'string' ? { name: 'vlen-utf8' } : { name: 'bytes', configuration: { endian: 'little' } };
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: spec.shape,
    data_type: dtype,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: spec.chunks } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: fillJson(spec),
    codecs: [serializer, ...compressorV3(compression), { name: 'crc32c' }],
    attributes: spec.attributes ?? {},
    ...(spec.dimensionNames && { dimension_names: spec.dimensionNames }),
  };
}

function compressorV3(compression: NonNullable<ArraySpec['compression']>): JsonObject[] {
  switch (compression) {
    case 'none':
      return [];
    case 'zstd':
      return [{ name: 'zstd', configuration: { level: ZSTD_LEVEL, checksum: false } }];
    case 'gzip':
      return [{ name: 'gzip', configuration: { level: 5 } }];
    case 'blosc':
      return [
        {
          name: 'blosc',
          configuration: { cname: 'zstd', clevel: 5, shuffle: 'shuffle', typesize: 4, blocksize: 0 },
        },
      ];
  }
}

function documentV2(spec: ArraySpec): JsonObject {
  const compressors: Record<NonNullable<ArraySpec['compression']>, JsonObject | null> = {
    none: null,
    zstd: { id: 'zstd', level: ZSTD_LEVEL },
    gzip: { id: 'gzip', level: 5 },
    blosc: { id: 'blosc', cname: 'zstd', clevel: 5, shuffle: 1, blocksize: 0 },
  };
  return {
    zarr_format: 2,
    shape: spec.shape,
    chunks: spec.chunks,
    dtype: V2_DTYPES[spec.dtype],
    compressor: compressors[spec.compression ?? 'zstd'],
    fill_value: fillJson(spec),
    filters: spec.dtype === 'string' ? [{ id: 'vlen-utf8' }] : null,
    order: 'C',
    dimension_separator: '/',
  };
}

function fillJson(spec: ArraySpec): unknown {
  const value = spec.fillValue ?? 0;
  if (spec.dtype === 'string') return '';
  if (spec.dtype === 'bool') return value !== 0;
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return value;
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** The spec of an array that `createArray` wrote. @throws `unsupported` for any other */
export function specOf(meta: ArrayMeta, folder: string): ArraySpec {
  const compression = (['zstd', 'blosc', 'gzip', 'none'] as const).find((name) => {
    const spec: ArraySpec = { ...base(meta), compression: name };
    const wanted = spec.zarrFormat === 2 ? chainV2(spec) : chainV3(spec);
    return wanted === meta.codecs.map((codec) => codec.name).join(' ');
  });
  const probe = meta.keyOf(meta.shape.map((_, axis) => axis)).includes('.');
  const big = meta.codecs.some((codec) => codec.configuration.endian === 'big');
  if (!compression || meta.sharding || probe || big) {
    throw new MorulaError(
      'unsupported',
      `zarr: ${folder} must be an array written by morula, its codecs differ`,
    );
  }
  return { ...base(meta), compression };
}

function base(meta: ArrayMeta): ArraySpec {
  const names = meta.dimensionNames?.filter((name) => name !== null);
  return {
    shape: meta.shape,
    chunks: meta.chunks,
    dtype: meta.dtype,
    fillValue: meta.fill,
    zarrFormat: meta.zarrFormat,
    attributes: meta.attributes,
    ...(names?.length === meta.shape.length && { dimensionNames: names }),
  };
}

function serializer(spec: ArraySpec): string {
  return spec.dtype === 'string' ? 'vlen-utf8' : 'bytes';
}

function chainV3(spec: ArraySpec): string {
  return [serializer(spec), ...(spec.compression === 'none' ? [] : [spec.compression]), 'crc32c'].join(' ');
}

function chainV2(spec: ArraySpec): string {
  return [serializer(spec), ...(spec.compression === 'none' ? [] : [spec.compression])].join(' ');
}
