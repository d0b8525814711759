export type { Written } from './files.ts';
export { readChecksum, sha256Hex, writeFileAtomic } from './files.ts';
export * from './tiff/index.ts';
export * from './zarr/index.ts';
