const TABLE = makeTable();

function makeTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0x82f63b78 ^ (c >>> 1) : c >>> 1;
    table[n] = c >>> 0;
  }
  return table;
}

/**
 * CRC-32C (Castagnoli) of bytes, unsigned.
 *
 * Source: RFC 3720, appendix B.4 (reflected polynomial 0x82f63b78).
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The bytes followed by their CRC-32C, little-endian. */
export function appendCrc32c(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 4);
  out.set(bytes);
  new DataView(out.buffer).setUint32(bytes.length, crc32c(bytes), true);
  return out;
}

/** The bytes without their last four, which must be their CRC-32C. @throws Error when they are not. */
export function stripCrc32c(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new Error(`crc32c: at least 4 bytes are needed, got ${bytes.length}`);
  const body = bytes.subarray(0, bytes.length - 4);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + body.length, 4).getUint32(0, true);
  const found = crc32c(body);
  if (stored !== found) {
    throw new Error(`crc32c: stored checksum ${stored.toString(16)} is not ${found.toString(16)}`);
  }
  return body;
}
