import { inflateSync } from 'node:zlib';
import { decodeZstd } from '../zarr/zstd.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';

/** How one compression is called and decoded. */
interface Scheme {
  /** Most bytes that one stored byte can become; declared sizes beyond are refused before allocation. */
  maxRatio: number;
  /**
   * Fills `out`. @param limit most bytes that the data may decode to: a last strip may be stored in full height
   * @throws Error when the data end early or are damaged
   */
  decode(input: Uint8Array, out: Uint8Array, limit: number): void | Promise<void>;
}

const copy: Scheme = { maxRatio: 1, decode: (input, out) => fill(input, out) };

const deflate: Scheme = {
  maxRatio: 1032,
  decode(input, out, limit) {
    const chunkSize = Math.min(1 << 20, Math.max(1024, out.length + 64));
    fill(inflateSync(input, { maxOutputLength: limit, chunkSize }), out);
  },
};

const zstd: Scheme = {
  maxRatio: Number.POSITIVE_INFINITY,
  decode: async (input, out, limit) => fill(await decodeZstd(input, limit), out),
};

/** 2731: a 12-bit code stands for fewer than 4096 bytes. 64: two bytes of PackBits for 128. */
const SCHEMES: Record<number, Scheme> = {
  1: copy,
  5: { maxRatio: 2731, decode: decodeLzw },
  8: deflate,
  32773: { maxRatio: 64, decode: decodePackBits },
  32946: deflate,
  50000: zstd,
};

/** The scheme of a Compression tag's value, or null when it is not supported. */
export function schemeOf(compression: number): Scheme | null {
  return SCHEMES[compression] ?? null;
}

/** Names of compressions that are not supported, for the error. */
export const UNSUPPORTED_NAMES: Record<number, string> = {
  2: 'CCITT',
  3: 'CCITT fax 3',
  4: 'CCITT fax 4',
  6: 'old JPEG',
  7: 'JPEG',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50001: 'WebP',
  50002: 'JPEG XL',
};

function fill(decoded: Uint8Array, out: Uint8Array): void {
  if (decoded.length < out.length)
    throw new Error(`the data end after ${decoded.length} of ${out.length} bytes`);
  out.set(decoded.length === out.length ? decoded : decoded.subarray(0, out.length));
}
