export { encodeTiff } from './encode.ts';
export type { OmeChannel, OmeMetadata, OmeTiffData } from './ome.ts';
export { openTiff } from './open.ts';
export type { EncodeOptions, ImageJMetadata, TiffFile, TiffPage } from './types.ts';
