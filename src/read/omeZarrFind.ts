import { readdir } from 'node:fs/promises';
import { isHttpLocation, openArray, readGroup, type ZarrGroup, type ZarrStore } from '../codec/index.ts';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import { isImageGroup, omeAttributes } from './omeZarrMetadata.ts';

/** An image group and its path inside the store. */
export interface FoundImage {
  group: ZarrGroup;
  path: string;
}

const MAX_CHILDREN = 1000;

/**
 * The image group of a store: its root, or the first one a level below (bioformats2raw's `0`, a well's first field, a
 * folder that holds image groups), which is said in a warning.
 *
 * @returns null when there is no zarr here at all
 * @throws `unsupported` when there is zarr, but no image
 */
export async function findImage(store: ZarrStore, warnings: string[]): Promise<FoundImage | null> {
  const root = await readGroup(store, '');
  if (isImageGroup(root)) return { group: root, path: '' };
  for (const path of await children(store, root)) {
    const group = await readGroup(store, path);
    if (!isImageGroup(group)) continue;
    warnings.push(`the image "${path}" inside the folder is read`);
    return { group, path };
  }
  if (root) {
    throw new MorulaError('unsupported', `read: ${store.location} must be an image, found ${describe(root)}`);
  }
  if (await isArray(store)) {
    throw new MorulaError(
      'unsupported',
      `read: ${store.location} must be an OME-Zarr image, found a bare zarr array; give the folder above it`,
    );
  }
  return null;
}

async function children(store: ZarrStore, root: ZarrGroup | null): Promise<string[]> {
  if (!isHttpLocation(store.location)) {
    const entries = await readdir(store.location, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).slice(0, MAX_CHILDREN);
  }
  return root ? ['0'] : [];
}

/** True when the root of a store is an array that could be read. */
async function isArray(store: ZarrStore): Promise<boolean> {
  return openArray(store, '').then(
    () => true,
    (error: unknown) => {
      if (isMorulaError(error) && error.tag === 'not-found') return false;
      throw error;
    },
  );
}

function describe(group: ZarrGroup): string {
  const ome = omeAttributes(group);
  if (Object.hasOwn(ome, 'plate')) return 'a plate; give the folder of one of its fields, such as A/1/0';
  if (Object.hasOwn(ome, 'labels')) return 'a list of label images; give the folder of one of them';
  return 'a zarr group without multiscales';
}
