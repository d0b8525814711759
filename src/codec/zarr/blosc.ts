import { inflateSync } from 'node:zlib';
import { decodeBlosclz, decodeLz4Block } from './lz.ts';
import { unshuffleBits, unshuffleBytes } from './unshuffle.ts';
import { decodeZstd } from './zstd.ts';

/** Bytes of a blosc 1 header. */
const HEADER = 16;
const MAX_SPLITS = 16;
const MIN_SPLIT_BYTES = 128;

/** What a blosc 1 header says. */
interface BloscHeader {
  byteShuffle: boolean;
  bitShuffle: boolean;
  stored: boolean;
  split: boolean;
  compressor: number;
  item: number;
  plain: number;
  block: number;
}

/** Decodes one stream that must fill `out` exactly; throws when it does not. */
type StreamDecoder = (bytes: Uint8Array, out: Uint8Array) => void | Promise<void>;

const STREAMS: Record<number, StreamDecoder> = {
  0: decodeBlosclz,
  1: decodeLz4Block,
  3: (bytes, out) => fill('zlib', inflateSync(bytes, { maxOutputLength: Math.max(1, out.length) }), out),
  4: async (bytes, out) => fill('zstd', await decodeZstd(bytes, out.length), out),
};

function fill(name: string, plain: Uint8Array, out: Uint8Array): void {
  if (plain.length !== out.length) {
    throw new Error(`blosc: a ${name} stream must give ${out.length} bytes, got ${plain.length}`);
  }
  out.set(plain);
}

/**
 * Decodes a blosc 1 buffer: blocks of compressed, shuffled bytes. Blosc has no checksum; but every length and stream
 * is checked here, where the wasm build of C-Blosc hands back whatever memory held when a stream does not decode.
 *
 * Source: C-Blosc 1.21, README_CHUNK_FORMAT and blosc.c (BSD-3).
 * @param limit most bytes that may come out
 * @throws Error when the bytes are damaged or too many
 */
export async function decodeBlosc(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const header = readHeader(bytes, limit);
  if (header.stored) {
    if (bytes.length !== HEADER + header.plain) throw new Error('blosc: the stored bytes are cut off');
    return bytes.slice(HEADER);
  }
  const stream = STREAMS[header.compressor];
  if (!stream) throw new Error(`blosc: compressor ${header.compressor} is not known`);
  const out = new Uint8Array(header.plain);
  const nBlocks = Math.ceil(header.plain / header.block);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (HEADER + 4 * nBlocks > bytes.length) throw new Error('blosc: the table of blocks is cut off');
  const scratch = new Uint8Array(Math.min(header.block, header.plain));
  for (let i = 0; i < nBlocks; i++) {
    const target = out.subarray(i * header.block, (i + 1) * header.block);
    const shuffled = header.byteShuffle || header.bitShuffle;
    const block = shuffled ? scratch.subarray(0, target.length) : target;
    await decodeBlock(bytes, view, view.getInt32(HEADER + 4 * i, true), header, block, stream);
    if (header.byteShuffle) unshuffleBytes(block, header.item, target);
    else if (header.bitShuffle) unshuffleBits(block, header.item, target);
  }
  return out;
}

async function decodeBlock(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  header: BloscHeader,
  block: Uint8Array,
  stream: StreamDecoder,
): Promise<void> {
  const whole = block.length === header.block;
  const wide = header.item <= MAX_SPLITS && block.length / header.item >= MIN_SPLIT_BYTES;
  const splits = header.split && whole && wide ? header.item : 1;
  const size = Math.floor(block.length / splits);
  let at = start;
  for (let k = 0; k < splits; k++) {
    if (at < HEADER || at + 4 > bytes.length) throw new Error('blosc: a block starts outside the chunk');
    const packed = view.getInt32(at, true);
    at += 4;
    if (packed <= 0 || at + packed > bytes.length) throw new Error('blosc: a block ends outside the chunk');
    const part = bytes.subarray(at, at + packed);
    const out = block.subarray(k * size, (k + 1) * size);
    if (packed === size) out.set(part);
    else await stream(part, out);
    at += packed;
  }
}

function readHeader(bytes: Uint8Array, limit: number): BloscHeader {
  if (bytes.length < HEADER) throw new Error(`blosc: at least 16 bytes are needed, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = bytes[2];
  const item = Math.max(1, bytes[3]);
  const plain = view.getUint32(4, true);
  const block = view.getUint32(8, true);
  const packed = view.getUint32(12, true);
  if (bytes[0] !== 2) throw new Error(`blosc: format version 2 is read, found ${bytes[0]}`);
  if (packed !== bytes.length) throw new Error(`blosc: ${packed} bytes declared, ${bytes.length} found`);
  if (plain > limit) throw new Error(`blosc: declares ${plain} bytes, at most ${limit} are expected`);
  if (block === 0 && plain > 0) throw new Error('blosc: declares blocks of 0 bytes');
  return {
    byteShuffle: (flags & 1) !== 0 && item > 1,
    bitShuffle: (flags & 4) !== 0 && (flags & 1) === 0,
    stored: (flags & 2) !== 0,
    split: (flags & 16) === 0,
    compressor: flags >> 5,
    item,
    plain,
    block,
  };
}
