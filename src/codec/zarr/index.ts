export { canonicalJson, isObject, type JsonObject } from './json.ts';
export { openArray, readGroup } from './open.ts';
export { isRemoteLocation, openStore } from './store.ts';
export type {
  ArraySpec,
  ByteRange,
  ChunkRule,
  Selection,
  StoreOptions,
  WrittenChunk,
  ZarrArray,
  ZarrDtype,
  ZarrGroup,
  ZarrStore,
  ZarrWriter,
} from './types.ts';
export type { DocumentFile } from './write.ts';
export { arrayFiles, createArray, createGroup, groupFiles, openWriter, writeArray } from './write.ts';
