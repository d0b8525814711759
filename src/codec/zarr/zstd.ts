import Zstd from 'numcodecs/zstd';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const MAX_BLOCK = 128 * 1024;
const UNDECLARED_GRACE = 256 * 1024 ** 2;

const codec = Zstd.fromConfig({ id: 'zstd', level: 3 });

/** Decodes zstd frames of at most `limit` bytes. @throws Error when they are damaged, or declare more */
export async function decodeZstd(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  checkFrames(bytes, limit);
  return codec.decode(bytes);
}

/** One zstd frame, level 3. */
export async function encodeZstd(bytes: Uint8Array): Promise<Uint8Array> {
  return codec.encode(bytes);
}

/**
 * Refuses zstd frames that are cut off or would give more than `limit` bytes, before anything is inflated. A frame
 * that does not declare its size may give 128 KiB a block, so it has some grace.
 *
 * Source: RFC 8878, section 3.1.1 (frames, frame header, blocks).
 * @throws Error when the bytes are not whole zstd frames or give too much
 */
function checkFrames(bytes: Uint8Array, limit: number): void {
  let total = 0;
  let grace = 0;
  for (let at = 0; at === 0 || at < bytes.length; ) {
    const frame = readFrame(bytes, at);
    total += frame.declared ?? frame.most;
    if (frame.declared === null) grace = UNDECLARED_GRACE;
    if (total > limit + grace) throw new Error(`zstd: gives ${total} bytes, at most ${limit} are expected`);
    at = frame.end;
  }
}

/** One frame: where it ends, the size that it declares (or null), and the most that its blocks can give. */
function readFrame(bytes: Uint8Array, start: number): { end: number; declared: number | null; most: number } {
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
    return { end: start + 8 + number(start + 4, 4), declared: 0, most: 0 };
  }
  if (magic !== MAGIC) throw new Error('zstd: not a zstd frame');
  const descriptor = byte(start + 4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  let at = start + 5 + (singleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3];
  const declared = sizeBytes === 0 ? null : number(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  at += sizeBytes;
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
  return { end, declared, most };
}
