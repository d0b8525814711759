/**
 * Kernels of the zarr decoders in AssemblyScript, compiled by `npm run build:kernels` to `dist/src/codec/kernels.wasm`.
 * `compiled.ts` has the other side. Arrays are places in the module's memory; behind each stand `SLACK` bytes that may be
 * read and written.
 */
export { decodeBlosclz } from './blosclz';
export { decodeLz4 } from './lz4';
export { room } from './memory';
export { unshuffleBits } from './unshuffleBits';
export { unshuffleBytes } from './unshuffleBytes';
export { decodeZstd } from './zstd';
