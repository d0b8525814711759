import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { copyIn, copyOut, lend } from './compiled.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const MAX_BLOCK = 128 * 1024;
const UNDECLARED_GRACE = 256 * 1024 ** 2;
/**
 * Of packing. Level 3, the usual one, takes half as long again for 16-bit pictures and gives 2 % more bytes (hela-01), five
 * times as long and 6 % fewer for a quiet embryo; labels and columns are the same size within 1 %.
 */
export const ZSTD_LEVEL = 2;
/** What the kernel needs beside the bytes. */
const DESK_BYTES = 160 * 1024;
/** Bytes of one frame, packed and plain, up to which the usual module has memory for it. */
const USUAL_BYTES = 512 * 1024 ** 2;

/** Decodes zstd frames of at most `limit` bytes. @throws Error when they are damaged, or declare more */
export async function decodeZstd(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const { frames, declared, blocks } = checkFrames(bytes, limit);
  if (frames > 1 || declared === null || declared + bytes.length > USUAL_BYTES) return decodeAny(bytes);
  const out = new Uint8Array(declared);
  // What is wrong with a damaged one the module knows better.
  if (blocks === null || !decodeBlocks(bytes.subarray(blocks), out)) decode(await usual(), bytes, out);
  return out;
}

/**
 * Decodes the blocks of one frame by the kernel: faster than the module, and compiled in a tenth of its time.
 *
 * @returns false where they do not fill `out` exactly, or are damaged
 */
export function decodeBlocks(blocks: Uint8Array, out: Uint8Array): boolean {
  const { kernels, places } = lend(blocks.length, out.length, DESK_BYTES);
  copyIn(kernels, blocks, places[0]);
  if (!kernels.decodeZstd(places[0], blocks.length, places[1], out.length, places[2])) return false;
  copyOut(kernels, places[1], out);
  return true;
}

/** Decodes a frame that must fill `out` exactly. @throws Error when it does not, or is damaged */
export type ZstdDecoder = (bytes: Uint8Array, out: Uint8Array) => void;

/** A decoder that does not wait. */
export async function openZstd(): Promise<ZstdDecoder> {
  const zstd = await usual();
  return (bytes, out) => {
    checkFrames(bytes, out.length);
    decode(zstd, bytes, out);
  };
}

/** One zstd frame which declares its size; the same bytes for the same ones. */
export async function encodeZstd(bytes: Uint8Array): Promise<Uint8Array> {
  const { zstd, packing } = await usual();
  const bound = zstd._ZSTD_compressBound(bytes.length);
  const from = zstd._malloc(bytes.length);
  const to = zstd._malloc(bound);
  try {
    if (from === 0 || to === 0) throw new Error(`zstd: there must be room for ${bytes.length} bytes`);
    zstd.HEAPU8.set(bytes, from);
    const size = zstd._ZSTD_compress_usingDict(packing, to, bound, from, bytes.length, 0, 0, ZSTD_LEVEL);
    if (zstd._ZSTD_isError(size)) throw new Error(`zstd: cannot pack ${bytes.length} bytes`);
    return zstd.HEAPU8.slice(to, to + size);
  } finally {
    zstd._free(from);
    zstd._free(to);
  }
}

/** What is used of the module that emscripten made: places are numbers of bytes in its memory. */
interface ZstdModule {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(place: number): void;
  _ZSTD_isError(size: number): number;
  _ZSTD_compressBound(bytes: number): number;
  _ZSTD_createCCtx(): number;
  _ZSTD_compress_usingDict(
    context: number,
    to: number,
    room: number,
    from: number,
    bytes: number,
    dictionary: number,
    dictionaryBytes: number,
    level: number,
  ): number;
  _ZSTD_createDCtx(): number;
  _ZSTD_decompress_usingDict(
    context: number,
    to: number,
    room: number,
    from: number,
    bytes: number,
    dictionary: number,
    dictionaryBytes: number,
  ): number;
}

/** The module, and its states for decoding and for packing. */
interface Zstd {
  zstd: ZstdModule;
  context: number;
  packing: number;
}

let opening: Promise<Zstd> | null = null;

/**
 * The module for single frames. Its package's own `compress` and `decompress` copy every array once more and make a new
 * state each time.
 */
function usual(): Promise<Zstd> {
  opening ??= import('@bokuweb/zstd-wasm').then(async ({ init }) => {
    await init();
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('@bokuweb/zstd-wasm'));
    const { Module: zstd } = require(join(folder, 'module.js')) as { Module: ZstdModule };
    return { zstd, context: zstd._ZSTD_createDCtx(), packing: zstd._ZSTD_createCCtx() };
  });
  return opening;
}

function decode({ zstd, context }: Zstd, bytes: Uint8Array, out: Uint8Array): void {
  const from = zstd._malloc(bytes.length);
  const to = zstd._malloc(out.length);
  try {
    if (from === 0 || to === 0) throw new Error(`zstd: there must be room for ${out.length} bytes`);
    zstd.HEAPU8.set(bytes, from);
    const size = zstd._ZSTD_decompress_usingDict(context, to, out.length, from, bytes.length, 0, 0);
    if (size !== out.length) throw new Error('zstd: the frame is damaged');
    out.set(zstd.HEAPU8.subarray(to, to + size));
  } finally {
    zstd._free(from);
    zstd._free(to);
  }
}

/** Any frames, one after another. */
async function decodeAny(bytes: Uint8Array): Promise<Uint8Array> {
  const { default: Zstd } = await import('numcodecs/zstd');
  return Zstd.fromConfig({ id: 'zstd', level: ZSTD_LEVEL }).decode(bytes);
}

/**
 * Refuses zstd frames that are cut off or would give more than `limit` bytes, before anything is inflated. A frame
 * that does not declare its size may give 128 KiB a block, so it has some grace.
 *
 * Source: RFC 8878, section 3.1.1 (frames, frame header, blocks).
 * @returns how many frames there are, the size that the last one declares, and where its blocks begin (null where a
 *   dictionary or a checksum belongs to them)
 * @throws Error when the bytes are not whole zstd frames or give too much
 */
function checkFrames(
  bytes: Uint8Array,
  limit: number,
): { frames: number; declared: number | null; blocks: number | null } {
  let total = 0;
  let grace = 0;
  let frames = 0;
  let declared: number | null = null;
  let blocks: number | null = null;
  for (let at = 0; at === 0 || at < bytes.length; ) {
    const frame = readFrame(bytes, at);
    total += frame.declared ?? frame.most;
    if (frame.declared === null) grace = UNDECLARED_GRACE;
    if (total > limit + grace) throw new Error(`zstd: gives ${total} bytes, at most ${limit} are expected`);
    at = frame.end;
    declared = frame.declared;
    blocks = frame.blocks;
    frames++;
  }
  return { frames, declared, blocks };
}

/** One frame: where it ends, the size that it declares (or null), the most that its blocks can give, where these begin. */
function readFrame(
  bytes: Uint8Array,
  start: number,
): { end: number; declared: number | null; most: number; blocks: number | null } {
  const byte = (at: number): number => {
    if (at >= bytes.length) throw new Error('zstd: the frame is cut off');
    return bytes[at];
  };
  const number = (at: number, length: number): number => {
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + byte(at + i);
    return value;
  };
  const magic = number(start, 4);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
    return { end: start + 8 + number(start + 4, 4), declared: 0, most: 0, blocks: null };
  }
  if (magic !== MAGIC) throw new Error('zstd: not a zstd frame');
  const descriptor = byte(start + 4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  let at = start + 5 + (singleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  const declared = sizeBytes === 0 ? null : number(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  at += sizeBytes;
  // Neither dictionary nor checksum, nor a bit that has no meaning yet.
  const blocks = (descriptor & 0x0f) === 0 ? at : null;
  let most = 0;
  for (let last = false; !last; ) {
    const header = number(at, 3);
    const size = header >> 3;
    const kind = (header >> 1) & 3;
    last = (header & 1) === 1;
    most += kind === 2 ? MAX_BLOCK : size;
    at += 3 + (kind === 1 ? 1 : size);
  }
  const end = at + ((descriptor & 4) !== 0 ? 4 : 0);
  if (end > bytes.length) throw new Error('zstd: the frame is cut off');
  return { end, declared, most, blocks };
}
