import { inflateSync } from 'node:zlib';
import { bytesAt, copyIn, copyOut, type Kernels, lend, type Place } from './compiled.ts';
import { decodeLz } from './lz.ts';
import { openZstd } from './zstd.ts';

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

/** The kernels, and the places where a stream, the block that streams give and the block in order go. */
interface Desk {
  kernels: Kernels;
  stream: Place;
  block: Place;
  ordered: Place;
  tile: Place;
}

/** Decodes a stream to `size` bytes at a place, which it must fill exactly; throws when it does not. */
type StreamDecoder = (desk: Desk, bytes: Uint8Array, to: Place, size: number) => void;

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
  const decode = await streamDecoder(header.compressor);
  // From here on nothing is awaited: the desk is lent.
  const out = new Uint8Array(header.plain);
  const nBlocks = Math.ceil(header.plain / header.block);
  if (HEADER + 4 * nBlocks > bytes.length) throw new Error('blosc: the table of blocks is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const most = Math.min(header.block, header.plain);
  const { kernels, places } = lend(most, most, most, 128 * header.item);
  const [stream, block, ordered, tile] = places;
  const desk = { kernels, stream, block, ordered, tile };
  for (let i = 0; i < nBlocks; i++) {
    const target = out.subarray(i * header.block, (i + 1) * header.block);
    decodeBlock(bytes, view, view.getInt32(HEADER + 4 * i, true), header, desk, target.length, decode);
    copyOut(kernels, putInOrder(header, desk, target.length), target);
  }
  return out;
}

/** The decoder of a compressor by its number. */
async function streamDecoder(compressor: number): Promise<StreamDecoder> {
  const lz = { 0: 'blosclz', 1: 'lz4' } as const;
  if (compressor === 0 || compressor === 1) {
    return ({ kernels, stream }, bytes, to, size) =>
      decodeLz(kernels, lz[compressor], bytes, stream, to, size);
  }
  if (compressor === 3) {
    return ({ kernels }, bytes, to, size) => {
      const plain = inflateSync(bytes, { maxOutputLength: Math.max(1, size) });
      if (plain.length !== size) throw new Error(`blosc: a zlib stream must give ${size} bytes`);
      copyIn(kernels, plain, to);
    };
  }
  if (compressor !== 4) throw new Error(`blosc: compressor ${compressor} is not known`);
  const decode = await openZstd();
  return ({ kernels }, bytes, to, size) => decode(bytes, bytesAt(kernels, to, size));
}

/** Decodes the streams of the block that begins at `start`. */
function decodeBlock(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  header: BloscHeader,
  desk: Desk,
  length: number,
  decode: StreamDecoder,
): void {
  const whole = length === header.block;
  const wide = header.item <= MAX_SPLITS && length / header.item >= MIN_SPLIT_BYTES;
  const splits = header.split && whole && wide ? header.item : 1;
  const size = Math.floor(length / splits);
  let at = start;
  for (let k = 0; k < splits; k++) {
    if (at < HEADER || at + 4 > bytes.length) throw new Error('blosc: a block starts outside the chunk');
    const packed = view.getInt32(at, true);
    at += 4;
    if (packed <= 0 || at + packed > bytes.length) throw new Error('blosc: a block ends outside the chunk');
    // What would not get smaller is stored as it is.
    if (packed > size) throw new Error(`blosc: a stream of ${size} bytes is packed in ${packed}`);
    const part = bytes.subarray(at, at + packed);
    const to = desk.block + k * size;
    if (packed === size) copyIn(desk.kernels, part, to);
    else decode(desk, part, to, size);
    at += packed;
  }
}

/** Undoes the shuffle of the block; returns where its bytes stand now. */
function putInOrder(header: BloscHeader, { kernels, block, ordered, tile }: Desk, length: number): Place {
  if (header.byteShuffle) kernels.unshuffleBytes(block, length, header.item, ordered);
  else if (header.bitShuffle) kernels.unshuffleBits(block, length, header.item, ordered, tile);
  else return block;
  return ordered;
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
