import { resolve } from 'node:path';
import { openArray, openStore, readGroup } from '../../codec/zarr/index.ts';
import type { ZarrArray } from '../../codec/zarr/types.ts';
import type { LabelImage } from '../../segment/types.ts';
import type { GeffMetadata } from './metadata.ts';

/** Path of the first resolution level of an OME-Zarr image group, or null. */
function firstLevel(attributes: Record<string, unknown>): string | null {
  const ome = (attributes.ome ?? attributes) as { multiscales?: { datasets?: { path?: unknown }[] }[] };
  const path = ome.multiscales?.[0]?.datasets?.[0]?.path;
  return typeof path === 'string' ? path : null;
}

/** The label image that a GEFF points to, where it is a local zarr that opens and begins with time. */
export async function relatedLabels(
  path: string,
  meta: GeffMetadata,
): Promise<((t: number) => Promise<LabelImage>) | null> {
  const related = meta.related_objects?.find(({ type }) => type === 'labels');
  if (!related || /^[a-z0-9]+:\/\//i.test(path)) return null;
  const array = await openLabels(resolve(path, related.path)).catch(() => null);
  if (!array || array.shape.length < 3) return null;
  return async (t) => {
    const { data, shape } = await array.read([t, ...array.shape.slice(1).map(() => null)]);
    return { data: data instanceof Uint32Array ? data : Uint32Array.from(data), shape };
  };
}

async function openLabels(folder: string): Promise<ZarrArray> {
  const store = await openStore(folder);
  const group = await readGroup(store, '');
  return openArray(store, (group && firstLevel(group.attributes)) ?? '');
}
