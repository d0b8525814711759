import { isObject, type JsonObject, type ZarrGroup } from '../codec/index.ts';
import { MorulaError } from '../errors/index.ts';
import { type Axis, readAxes, show } from './omeZarrAxes.ts';
import { fromCoordinateSystems } from './omeZarrSystems.ts';
import type { Channel } from './types.ts';

/** One resolution level as the metadata describe it. */
export interface LevelMetadata {
  path: string;
  transformations: unknown;
}

/** A multiscale image as the metadata describe it. */
export interface ImageMetadata {
  /** OME-Zarr version in words. */
  version: string;
  axes: Axis[];
  levels: LevelMetadata[];
  /** Transformations common to all levels. */
  transformations: unknown;
  omero: JsonObject | null;
}

/** The OME part of a group's attributes: under `ome` from 0.5 on, at the top before. */
export function omeAttributes(group: ZarrGroup): JsonObject {
  return isObject(group.attributes.ome) ? group.attributes.ome : group.attributes;
}

/** True for a group that describes a multiscale image. */
export function isImageGroup(group: ZarrGroup | null): group is ZarrGroup {
  return group !== null && Object.hasOwn(omeAttributes(group), 'multiscales');
}

/**
 * The first multiscale image of a group, OME-Zarr 0.1 to 0.6.
 *
 * Source: J. Moore et al., OME-NGFF specification 0.4, 0.5 and 0.6rc0, sections multiscales and omero.
 * @throws `invalid-metadata` naming the field; `unsupported` for axes or versions that are not read
 */
export function readImageMetadata(group: ZarrGroup, place: string, warnings: string[]): ImageMetadata {
  const ome = omeAttributes(group);
  const images = ome.multiscales;
  if (!Array.isArray(images) || images.length === 0 || !isObject(images[0])) {
    throw new MorulaError(
      'invalid-metadata',
      `read: ${place}: multiscales must be a list with an image, found ${show(images)}`,
    );
  }
  if (images.length > 1) warnings.push(`${images.length} multiscale images are there, the first is read`);
  const version = String(ome.version ?? images[0].version ?? 'without version');
  if (/^0\.([7-9]|\d\d)|^[1-9]/.test(version))
    throw new MorulaError('unsupported', `read: ${place}: OME-Zarr must be 0.6 or older, found ${version}`);
  const systems = Object.hasOwn(images[0], 'coordinateSystems') || version.startsWith('0.6');
  const image = systems ? fromCoordinateSystems(images[0], place) : images[0];
  return {
    version,
    axes: readAxes(image.axes, place),
    levels: readLevels(image.datasets, place),
    transformations: image.coordinateTransformations,
    omero: isObject(ome.omero) ? ome.omero : null,
  };
}

function readLevels(datasets: unknown, place: string): LevelMetadata[] {
  if (!Array.isArray(datasets) || datasets.length === 0) {
    throw new MorulaError(
      'invalid-metadata',
      `read: ${place}: datasets must be a list with a level, found ${show(datasets)}`,
    );
  }
  return datasets.map((dataset) => {
    if (!isObject(dataset) || typeof dataset.path !== 'string') {
      throw new MorulaError(
        'invalid-metadata',
        `read: ${place}: every dataset must have a path, found ${show(dataset)}`,
      );
    }
    return { path: dataset.path, transformations: dataset.coordinateTransformations };
  });
}

/** Channel names and colours from the omero block, `channel 0` and so on where it says nothing. */
export function readChannels(omero: JsonObject | null, count: number): Channel[] {
  const list = Array.isArray(omero?.channels) ? omero.channels : [];
  return Array.from({ length: count }, (_, index) => {
    const { label, color } = isObject(list[index]) ? list[index] : {};
    return {
      index,
      name: typeof label === 'string' && label.trim() !== '' ? label : `channel ${index}`,
      color: typeof color === 'string' && /^[0-9a-f]{6}$/i.test(color) ? color.toLowerCase() : null,
    };
  });
}
