import { resolve } from 'node:path';
import { isRemoteLocation } from '../codec/index.ts';

/** Addresses stay, paths become absolute: workers and later commands may run elsewhere. */
export function absolute(path: string): string {
  return isRemoteLocation(path) ? path : resolve(path);
}

/** A movie's or file's name without folder and suffix. */
export function baseName(path: string): string {
  // What follows the path of an address may be secret.
  const place = isRemoteLocation(path) ? path.replace(/[?#].*$/, '') : absolute(path);
  const parts = place.split(/[/\\]/);
  const last = parts.filter((part) => part !== '').at(-1) ?? 'movie';
  return last.replace(/(\.ome)?\.(zarr|tiff?|csv|geff|xml)$/i, '');
}

/** `<movie name>.morula` in the working folder. */
export function defaultResultFolder(path: string): string {
  return `${baseName(path)}.morula`;
}
