/** Bytes of a blosc 1 header. */
const HEADER = 16;

/**
 * The plain size of a blosc 1 chunk, after its header is held against the bytes that are there.
 *
 * Source: C-Blosc, README_CHUNK_FORMAT (BSD-3).
 * @throws Error when the header cannot be true
 */
export function checkBloscHeader(bytes: Uint8Array, limit: number): number {
  if (bytes.length < HEADER) throw new Error(`blosc: at least 16 bytes are needed, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const plain = view.getUint32(4, true);
  const packed = view.getUint32(12, true);
  if (bytes[0] !== 2) throw new Error(`blosc: format version 2 is read, found ${bytes[0]}`);
  if (packed !== bytes.length) throw new Error(`blosc: ${packed} bytes declared, ${bytes.length} found`);
  if (plain > limit) throw new Error(`blosc: declares ${plain} bytes, at most ${limit} are expected`);
  return plain;
}
