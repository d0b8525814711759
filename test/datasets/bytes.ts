import type { TypedArray } from '../../src/array/index.ts';

/** True when two arrays hold the same bytes; far faster on images than `toEqual`. */
export function sameBytes(a: TypedArray, b: TypedArray): boolean {
  const bytes = (data: TypedArray): Uint8Array =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}
