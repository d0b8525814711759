import Zstd from 'numcodecs/zstd';

const MAGIC = 0xfd2fb528;

const codec = Zstd.fromConfig({ id: 'zstd', level: 3 });

/** Decodes zstd frames of at most `limit` bytes. @throws Error when they are damaged, or declare more */
export async function decodeZstd(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  checkFrame(bytes, limit);
  return codec.decode(bytes);
}

/** One zstd frame, level 3. */
export async function encodeZstd(bytes: Uint8Array): Promise<Uint8Array> {
  return codec.encode(bytes);
}

/**
 * Refuses a zstd frame that declares more than `limit` bytes, before anything is inflated.
 *
 * Source: RFC 8878, section 3.1.1 (frame header).
 * @throws Error when the bytes are no zstd frame or declare too much
 */
function checkFrame(bytes: Uint8Array, limit: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 9 || view.getUint32(0, true) !== MAGIC) throw new Error('zstd: not a zstd frame');
  const descriptor = bytes[4];
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const at = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  if (sizeBytes === 0) return;
  if (at + sizeBytes > bytes.length) throw new Error('zstd: the frame header is cut off');
  let size = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) size = size * 256 + bytes[at + i];
  if (sizeBytes === 2) size += 256;
  if (size > limit) throw new Error(`zstd: declares ${size} bytes, at most ${limit} are expected`);
}
