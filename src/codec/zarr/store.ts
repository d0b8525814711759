import { openFileStore } from './fileStore.ts';
import { openHttpStore } from './httpStore.ts';
import type { StoreOptions, ZarrStore } from './types.ts';

/** True for an address that is read over the network. */
export function isHttpLocation(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/**
 * Opens a folder or an http(s) address as a store of zarr keys.
 *
 * @throws `not-found` when a local folder is not there; a network address is first met on reading
 */
export async function openStore(location: string, options?: StoreOptions): Promise<ZarrStore> {
  return isHttpLocation(location) ? openHttpStore(location, options) : openFileStore(location);
}
