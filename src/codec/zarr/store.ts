import { openFileStore } from './fileStore.ts';
import { openHttpStore } from './httpStore.ts';
import { isS3Location, s3Address } from './s3.ts';
import type { StoreOptions, ZarrStore } from './types.ts';

/** True for an address that is read over the network. */
export function isRemoteLocation(location: string): boolean {
  return /^https?:\/\//i.test(location) || isS3Location(location);
}

/**
 * Opens a folder, an http(s) address or `s3://bucket/key` as a store of zarr keys.
 *
 * @throws `not-found` when a local folder is not there; a network address is first met on reading
 */
export async function openStore(location: string, options?: StoreOptions): Promise<ZarrStore> {
  if (!isRemoteLocation(location)) return openFileStore(location);
  return openHttpStore(isS3Location(location) ? s3Address(location) : location, options);
}
