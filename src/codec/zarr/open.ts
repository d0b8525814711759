import { MorulaError } from '../../errors/index.ts';
import { isObject, type JsonObject, MAX_METADATA_BYTES, parseJsonObject } from './json.ts';
import { type ArrayMeta, badField } from './metadata.ts';
import { parseArrayV2 } from './metadataV2.ts';
import { parseArrayV3 } from './metadataV3.ts';
import { createReader } from './read.ts';
import type { ZarrArray, ZarrGroup, ZarrStore } from './types.ts';

/**
 * A group's metadata, or null when there is no group at `path` (nothing there, or an array). Where both zarr versions
 * are stored, version 3 counts. Consolidated metadata are not used: the documents of the nodes themselves are.
 */
export async function readGroup(store: ZarrStore, path: string): Promise<ZarrGroup | null> {
  const v3 = await document(store, path, 'zarr.json');
  if (v3) {
    if (v3.node_type !== 'group') return null;
    if (v3.zarr_format !== 3)
      throw badField(named(store, path, 'zarr.json'), 'zarr_format', '3', v3.zarr_format);
    const attributes = v3.attributes ?? {};
    if (!isObject(attributes))
      throw badField(named(store, path, 'zarr.json'), 'attributes', 'an object', attributes);
    return { zarrFormat: 3, attributes };
  }
  const v2 = await document(store, path, '.zgroup');
  const attributes = await document(store, path, '.zattrs');
  if (v2 && v2.zarr_format !== 2)
    throw badField(named(store, path, '.zgroup'), 'zarr_format', '2', v2.zarr_format);
  if (!v2 && (!attributes || (await document(store, path, '.zarray')))) return null;
  return { zarrFormat: 2, attributes: attributes ?? {} };
}

/**
 * Opens the array at `path`.
 *
 * @throws `not-found` when there is none, `invalid-metadata`, `unsupported`
 */
export async function openArray(store: ZarrStore, path: string): Promise<ZarrArray> {
  const meta = await readArrayMeta(store, path);
  const reader = createReader(store, trim(path), meta);
  return {
    path: trim(path),
    zarrFormat: meta.zarrFormat,
    shape: meta.shape,
    dtype: meta.dtype,
    chunks: meta.chunks,
    shards: meta.sharding ? meta.grid : null,
    dimensionNames: meta.dimensionNames,
    attributes: meta.attributes,
    metadata: meta.document,
    read: reader.readNumbers,
    readStrings: reader.readStrings,
  };
}

/** The validated document of the array at `path`. @throws as `openArray` */
export async function readArrayMeta(store: ZarrStore, path: string): Promise<ArrayMeta> {
  const v3 = await document(store, path, 'zarr.json');
  if (v3) {
    if (v3.node_type === 'group') throw noArray(store, path, 'a group');
    return parseArrayV3(v3, named(store, path, 'zarr.json'));
  }
  const v2 = await document(store, path, '.zarray');
  if (!v2) throw noArray(store, path, 'neither zarr.json nor .zarray');
  return parseArrayV2(v2, (await document(store, path, '.zattrs')) ?? {}, named(store, path, '.zarray'));
}

function noArray(store: ZarrStore, path: string, found: string): MorulaError {
  return new MorulaError(
    'not-found',
    `zarr: array "${trim(path)}" of ${store.location} must be there, found ${found}`,
  );
}

async function document(store: ZarrStore, path: string, name: string): Promise<JsonObject | null> {
  const key = join(path, name);
  const bytes = await store.get(key, undefined, MAX_METADATA_BYTES);
  return bytes ? parseJsonObject(bytes, named(store, path, name)) : null;
}

const trim = (path: string): string => path.replace(/^\/+|\/+$/g, '');

const named = (store: ZarrStore, path: string, name: string): string =>
  `${store.location}/${join(path, name)}`;

function join(path: string, name: string): string {
  const base = trim(path);
  return base === '' ? name : `${base}/${name}`;
}
