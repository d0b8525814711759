/**
 * The vlen-utf8 byte form of a list of strings: uint32 count, then for each a uint32 byte length and UTF-8 bytes,
 * all little-endian.
 *
 * Source: numcodecs' VLenUTF8 as registered for zarr v3 (zarr-extensions, codecs/vlen-utf8).
 */
export function encodeVlenUtf8(strings: readonly string[]): Uint8Array {
  const parts = strings.map((text) => Buffer.from(text, 'utf8'));
  const out = Buffer.alloc(parts.reduce((sum, part) => sum + 4 + part.length, 4));
  let at = out.writeUInt32LE(parts.length, 0);
  for (const part of parts) {
    at = out.writeUInt32LE(part.length, at);
    at += part.copy(out, at);
  }
  return out;
}

/** The strings of a vlen-utf8 buffer. @throws Error when a count or length runs past the end, or bytes are left. */
export function decodeVlenUtf8(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw new Error(`vlen-utf8: at least 4 bytes are needed, got ${bytes.length}`);
  const count = view.getUint32(0, true);
  if (count > (bytes.length - 4) / 4) throw new Error(`vlen-utf8: ${count} strings do not fit`);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const strings = new Array<string>(count);
  let at = 4;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw new Error(`vlen-utf8: string ${i} starts past the end`);
    const length = view.getUint32(at, true);
    at += 4;
    if (at + length > bytes.length) throw new Error(`vlen-utf8: string ${i} runs past the end`);
    strings[i] = decoder.decode(bytes.subarray(at, at + length));
    at += length;
  }
  if (at !== bytes.length) throw new Error(`vlen-utf8: ${bytes.length - at} bytes are left over`);
  return strings;
}
