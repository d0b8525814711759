import { readdir } from 'node:fs/promises';
import { isRemoteLocation, openArray, readGroup, type ZarrGroup, type ZarrStore } from '../codec/index.ts';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import { isImageGroup, omeAttributes } from './omeZarrMetadata.ts';

/** An image group and its path inside the store. */
export interface FoundImage {
  group: ZarrGroup;
  path: string;
}

const MAX_CHILDREN = 1000;

/**
 * The image group of a store: its root, or the first one a level below (bioformats2raw's `0`, a well's first field,
 * the only one in a plain folder), which is said in a warning.
 *
 * @returns null when there is no zarr here at all
 * @throws `unsupported` when there is zarr but no image, or a plain folder holds several
 */
export async function findImage(store: ZarrStore, warnings: string[]): Promise<FoundImage | null> {
  const root = await readGroup(store, '');
  if (isImageGroup(root)) return { group: root, path: '' };
  const below = await imagesBelow(store, root);
  if (below.length > 1 && !root) {
    const names = below.map(({ path }) => path).slice(0, 3);
    throw new MorulaError(
      'unsupported',
      `read: ${store.location} must be one movie, found ${below.length}; give one of them, such as ${names.join(', ')}`,
    );
  }
  if (below.length > 0) {
    warnings.push(`the image "${below[0].path}" inside the folder is read, ${below.length} are there`);
    return below[0];
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

/** The image groups one level below the root, by name; at a network address only `0` can be looked for. */
async function imagesBelow(store: ZarrStore, root: ZarrGroup | null): Promise<FoundImage[]> {
  const images: FoundImage[] = [];
  for (const path of isRemoteLocation(store.location) ? ['0'] : await folderNames(store.location)) {
    const group = await readGroup(store, path).catch((error: unknown) => {
      // Beside other folders, a damaged one is not the user's concern.
      if (root || !isMorulaError(error) || error.exit !== 65) throw error;
      return null;
    });
    if (isImageGroup(group)) images.push({ group, path });
  }
  return images;
}

async function folderNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).slice(0, MAX_CHILDREN);
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
