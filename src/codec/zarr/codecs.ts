import { promisify } from 'node:util';
import { gunzip, gzip, inflate } from 'node:zlib';
import { registry } from 'zarrita';
import { sizeOf } from '../../array/index.ts';
import { decodeBlosc } from './blosc.ts';
import { appendCrc32c, stripCrc32c } from './crc32c.ts';
import { decodeLz4Block } from './lz.ts';
import { asDtype, itemBytes, MAX_CHUNK_BYTES } from './metadata.ts';
import { cStride } from './region.ts';
import { decodeVlenUtf8 } from './vlenUtf8.ts';
import { decodeZstd, encodeZstd } from './zstd.ts';

/** What zarrita tells a codec about the array it serves. */
interface ChunkMeta {
  dataType: string;
  shape: number[];
}

/** Turns stored bytes to plainer bytes, at most `limit` of them. Throws when they do not decode. */
type Decoder = (bytes: Uint8Array, limit: number) => Uint8Array | Promise<Uint8Array>;

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);
const gzipAsync = promisify(gzip);

/** Bytes that one chunk may decode to at any step of its chain: its own size, and room for checksums and headers. */
function limitOf(meta: ChunkMeta): number {
  const dtype = asDtype(meta.dataType);
  if (dtype === null || dtype === 'string') return MAX_CHUNK_BYTES;
  const plain = sizeOf(meta.shape) * itemBytes(dtype);
  return plain + (plain >>> 6) + 4096;
}

const decodeGzip: Decoder = (bytes, limit) => gunzipAsync(bytes, { maxOutputLength: limit });
const decodeZlib: Decoder = (bytes, limit) => inflateAsync(bytes, { maxOutputLength: limit });

/** numcodecs' lz4: the plain length as uint32, then one block. */
const decodeLz4: Decoder = (bytes, limit) => {
  if (bytes.length < 5) throw new Error(`lz4: at least 5 bytes are needed, got ${bytes.length}`);
  const expected = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (expected > limit) throw new Error(`lz4: declares ${expected} bytes, at most ${limit} are expected`);
  return decodeLz4Block(bytes.subarray(4), expected);
};

const DECODERS: Record<string, Decoder> = {
  blosc: decodeBlosc,
  zstd: decodeZstd,
  gzip: decodeGzip,
  zlib: decodeZlib,
  lz4: decodeLz4,
};

function refuseEncode(): never {
  throw new Error('encoding goes through encodeChunk');
}

function vlenUtf8Codec(_config: unknown, { shape }: ChunkMeta) {
  const stride = cStride(shape);
  const decode = (bytes: Uint8Array) => ({ data: decodeVlenUtf8(bytes), shape, stride });
  // The registry's type knows byte codecs only; zarrita tells the kinds apart by `kind`.
  return { kind: 'array_to_bytes' as const, encode: refuseEncode, decode: decode as never };
}

/** Puts the checked decoders in the place of zarrita's own; several calls do no harm. */
export function registerCodecs(): void {
  for (const [name, decoder] of Object.entries(DECODERS)) {
    const entry = {
      kind: 'bytes_to_bytes' as const,
      fromConfig: (_config: unknown, meta: ChunkMeta) => ({
        kind: 'bytes_to_bytes' as const,
        encode: refuseEncode,
        decode: async (bytes: Uint8Array) => decoder(bytes, limitOf(meta)),
      }),
    };
    registry.set(name, async () => entry);
    registry.set(`numcodecs.${name}`, async () => entry);
  }
  const crc = { kind: 'bytes_to_bytes' as const, encode: appendCrc32c, decode: stripCrc32c };
  registry.set('crc32c', async () => ({ kind: crc.kind, fromConfig: () => crc }));
  registry.set('vlen-utf8', async () => ({ kind: 'array_to_bytes', fromConfig: vlenUtf8Codec }));
}

/** Packs the bytes of one chunk. */
export type Compress = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Compressors of the writer by name; `gzip` carries a CRC-32 of its own. */
export const COMPRESSORS: Record<'zstd' | 'blosc' | 'gzip' | 'none', Compress> = {
  zstd: encodeZstd,
  blosc: async (bytes) => {
    const { default: Blosc } = await import('numcodecs/blosc');
    return Blosc.fromConfig({ id: 'blosc', cname: 'zstd', clevel: 5, shuffle: 1, blocksize: 0 }).encode(
      bytes,
    );
  },
  gzip: (bytes) => gzipAsync(bytes, { level: 5 }),
  none: async (bytes) => bytes,
};
