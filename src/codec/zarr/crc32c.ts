/** Eight tables of 256: table k advances a byte's contribution over k more bytes. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0x82f63b78 ^ (c >>> 1) : c >>> 1;
    tables[n] = c;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256];
    tables[i] = tables[before & 0xff] ^ (before >>> 8);
  }
  return tables;
}

/**
 * CRC-32C (Castagnoli) of bytes, unsigned; eight bytes at a time.
 *
 * Source: RFC 3720, appendix B.4 (reflected polynomial 0x82f63b78); slicing by eight after Kounavis and Berry 2008,
 * doi 10.1109/TC.2008.85.
 */
export function crc32c(bytes: Uint8Array): number {
  const t = TABLES;
  const whole = bytes.length & ~7;
  let crc = -1;
  for (let i = 0; i < whole; i += 8) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc =
      t[0x700 + (crc & 0xff)] ^
      t[0x600 + ((crc >>> 8) & 0xff)] ^
      t[0x500 + ((crc >>> 16) & 0xff)] ^
      t[0x400 + (crc >>> 24)] ^
      t[0x300 + bytes[i + 4]] ^
      t[0x200 + bytes[i + 5]] ^
      t[0x100 + bytes[i + 6]] ^
      t[bytes[i + 7]];
  }
  for (let i = whole; i < bytes.length; i++) crc = t[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
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
