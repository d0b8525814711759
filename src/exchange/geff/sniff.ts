import { join } from 'node:path';
import { isRemoteLocation, openStore, readGroup } from '../../codec/zarr/index.ts';
import { kindOf } from '../input.ts';

/** True for a zarr group with the attribute `geff`, or a morula result that holds one. */
export async function looksLikeGeff(path: string): Promise<boolean> {
  const remote = isRemoteLocation(path);
  if (!remote && (await kindOf(path)) !== 'folder') return false;
  for (const folder of remote ? [path] : [path, join(path, 'tracks.geff')]) {
    if (!remote && (await kindOf(folder)) !== 'folder') continue;
    const group = await openStore(folder)
      .then((store) => readGroup(store, ''))
      .catch(() => null);
    if (group && 'geff' in group.attributes) return true;
  }
  return false;
}
