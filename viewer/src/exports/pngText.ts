import { crc32 } from './crc32.ts';

/** Bytes before the first chunk, and of the first chunk, which is always the header: length, name, 13 bytes, CRC. */
const SIGNATURE = 8;
const HEADER = 25;

/** A chunk of international text, without compression. */
function textChunk(keyword: string, text: string): Uint8Array {
  const encoder = new TextEncoder();
  const body = encoder.encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const out = new Uint8Array(body.length + 8);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length - 4);
  out.set(body, 4);
  view.setUint32(body.length + 4, crc32(body));
  return out;
}

/**
 * A PNG with texts after its header, which pictures keep through most programs.
 *
 * Source: PNG specification (third edition), 11.3.3.4 iTXt.
 *
 * @param texts keyword (Latin letters) and text
 */
export function withText(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  const at = SIGNATURE + HEADER;
  const out = new Uint8Array(png.length + chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  out.set(png.subarray(0, at));
  let end = at;
  for (const chunk of chunks) {
    out.set(chunk, end);
    end += chunk.length;
  }
  out.set(png.subarray(at), end);
  return out;
}
