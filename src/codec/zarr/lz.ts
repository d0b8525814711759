import { copyIn, copyOut, type Kernels, lend, type Place } from './compiled.ts';

/** Decodes one LZ4 block that must give `size` bytes exactly. @throws Error when the block is damaged */
export function decodeLz4Block(bytes: Uint8Array, size: number): Uint8Array {
  const { kernels, places } = lend(bytes.length, size);
  decodeLz(kernels, 'lz4', bytes, places[0], places[1], size);
  const out = new Uint8Array(size);
  copyOut(kernels, places[1], out);
  return out;
}

/**
 * Decodes one block of a format that copies what stood before, to `size` bytes at a place, which it must fill exactly.
 *
 * @param desk room for the packed bytes
 * @throws Error when the block is damaged
 */
export function decodeLz(
  kernels: Kernels,
  name: 'lz4' | 'blosclz',
  bytes: Uint8Array,
  desk: Place,
  to: Place,
  size: number,
): void {
  copyIn(kernels, bytes, desk);
  const decode = name === 'lz4' ? kernels.decodeLz4 : kernels.decodeBlosclz;
  if (!decode(desk, bytes.length, to, size)) throw new Error(`${name}: the block is damaged`);
}
