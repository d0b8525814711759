import Zstd from 'numcodecs/zstd';

interface Codec {
  decode(data: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

const codec: Codec = Zstd.fromConfig({ id: 'zstd' });
const MAGIC = 0xfd2fb528;
const MAX_BLOCK = 128 * 1024;

/**
 * Decodes one zstd frame of at most `limit` bytes.
 *
 * The decoder takes the size that the frame declares on trust, so the frame's header is read first, and where it
 * declares none, the sizes of its blocks.
 *
 * Source: RFC 8878, section 3.1.1. @throws Error when the frame is damaged or larger than `limit`
 */
export async function decodeZstd(input: Uint8Array, limit: number): Promise<Uint8Array> {
  const size = frameSize(input);
  if (size > limit)
    throw new Error(`the zstd frame declares up to ${size} bytes, at most ${limit} are expected`);
  return codec.decode(input);
}

/** Decoded bytes of a frame: as declared, else the most that its blocks can hold. */
function frameSize(input: Uint8Array): number {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 9 || view.getUint32(0, true) !== MAGIC) throw new Error('the data are no zstd frame');
  const descriptor = input[4];
  const single = (descriptor >> 5) & 1;
  const sizeBytes = [single, 2, 4, 8][descriptor >> 6];
  const at = 5 + (1 - single) + [0, 1, 2, 4][descriptor & 3];
  if (at + sizeBytes + 3 > input.length) throw new Error('the zstd frame is cut off');
  if (sizeBytes === 1) return view.getUint8(at);
  if (sizeBytes === 2) return view.getUint16(at, true) + 256;
  if (sizeBytes === 4) return view.getUint32(at, true);
  if (sizeBytes === 8) return Number(view.getBigUint64(at, true));
  return blocksSize(input, at);
}

function blocksSize(input: Uint8Array, first: number): number {
  let total = 0;
  for (let at = first; ; ) {
    if (at + 3 > input.length) throw new Error('the zstd frame is cut off');
    const header = input[at] | (input[at + 1] << 8) | (input[at + 2] << 16);
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    total += kind === 2 ? MAX_BLOCK : size;
    if ((header & 1) === 1) return total;
    at += 3 + (kind === 1 ? 1 : size);
  }
}
