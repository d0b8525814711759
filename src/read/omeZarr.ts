import { type Dtype, type NdArray, sizeOf, type TypedArray } from '../array/index.ts';
import type { ChunkRule, Selection, ZarrArray, ZarrStore } from '../codec/index.ts';
import {
  canonicalJson,
  isObject,
  openArray,
  openStore,
  type StoreOptions,
  sha256Hex,
} from '../codec/index.ts';
import { isMorulaError, MorulaError } from '../errors/index.ts';
import type { Axis, AxisRole } from './omeZarrAxes.ts';
import { type FoundImage, findImage } from './omeZarrFind.ts';
import { type ImageMetadata, readChannels, readImageMetadata } from './omeZarrMetadata.ts';
import { combineScales, physicalScale } from './omeZarrScale.ts';
import { checkPart } from './planePart.ts';
import type { Movie, MovieInfo, MovieSource, PlanePart } from './types.ts';

/** An image of a store that was found by `findOmeZarr`. */
export interface OmeZarrImage extends FoundImage {
  store: ZarrStore;
  warnings: string[];
}

/**
 * Looks for an OME-Zarr image in a folder or at an http(s) address.
 *
 * @returns null when there is no zarr
 * @throws `unsupported` when there is zarr but no image; `unreachable`
 */
export async function findOmeZarr(location: string, options?: StoreOptions): Promise<OmeZarrImage | null> {
  const store = await openStore(location, options);
  const warnings: string[] = [];
  const found = await findImage(store, warnings);
  return found && { ...found, store, warnings };
}

/**
 * Opens an OME-Zarr image as a movie, versions 0.1 to 0.6, its axes in any order.
 *
 * @throws `invalid-metadata`, `unsupported`, `not-found` (a level's array), `invalid-option`
 */
export async function openOmeZarrMovie(image: OmeZarrImage, source: MovieSource): Promise<Movie> {
  const { store, group } = image;
  const warnings = [...image.warnings];
  const place = image.path === '' ? store.location : `${store.location}, image "${image.path}"`;
  const metadata = readImageMetadata(group, place, warnings);
  const level = source.level ?? 0;
  if (!Number.isInteger(level) || level < 0 || level >= metadata.levels.length) {
    const range = `0 to ${metadata.levels.length - 1}`;
    throw new MorulaError('invalid-option', `read: level must be one of ${range}, got ${level} (${place})`);
  }
  const array = await openArray(store, levelPath(image, metadata, level));
  const { axes } = metadata;
  if (array.shape.length !== axes.length) {
    const names = axes.map(({ role }) => role).join(' ');
    throw new MorulaError(
      'invalid-metadata',
      `read: ${place}: array "${array.path}" must have axes "${names}", found shape ${array.shape.join(' x ')}`,
    );
  }
  const extent = (role: AxisRole): number => {
    const at = axes.findIndex((axis) => axis.role === role);
    return at < 0 ? 1 : array.shape[at];
  };
  const empty = axes.find(({ role }) => extent(role) === 0);
  if (empty) {
    throw new MorulaError(
      'invalid-data',
      `read: ${place} must have pixels, found 0 along axis ${empty.role}`,
    );
  }
  const shape = [extent('z'), extent('y'), extent('x')] as const;
  const ndim = shape[0] > 1 ? 3 : 2;
  const transformations = [metadata.levels[level].transformations, metadata.transformations];
  const scale = combineScales(transformations, axes, place);
  const physical = physicalScale(scale, axes, source, ndim, warnings);
  const info: MovieInfo = {
    name: movieName(source.path),
    path: source.path,
    format: `OME-Zarr ${metadata.version} (zarr v${array.zarrFormat})`,
    ndim,
    nFrames: extent('t'),
    shape,
    dtype: pixelDtype(array, place),
    channels: readChannels(metadata.omero, extent('c')),
    ...physical,
    levels: await levelShapes(image, metadata, level, array, warnings),
    level,
    fingerprint: fingerprint(array, axes, scale),
    warnings,
  };
  return createMovie(info, array, axes, source);
}

/** The last part of a path or address without `.ome.zarr` or `.zarr`. */
function movieName(path: string): string {
  const last =
    path
      .replace(/[?#].*$/, '')
      .replace(/[/\\]+$/, '')
      .split(/[/\\]/)
      .pop() ?? '';
  return last.replace(/(\.ome)?\.zarr$/i, '') || 'movie';
}

function levelPath(image: OmeZarrImage, metadata: ImageMetadata, level: number): string {
  const { path } = metadata.levels[level];
  return image.path === '' ? path : `${image.path}/${path}`;
}

function pixelDtype(array: ZarrArray, place: string): Dtype {
  const { dtype } = array;
  if (dtype === 'bool') return 'uint8';
  if (dtype === 'int64' || dtype === 'uint64') return 'float64';
  if (dtype === 'string') {
    throw new MorulaError('unsupported', `read: ${place}: pixels must be numbers, found strings`);
  }
  return dtype;
}

async function levelShapes(
  image: OmeZarrImage,
  metadata: ImageMetadata,
  level: number,
  chosen: ZarrArray,
  warnings: string[],
): Promise<MovieInfo['levels']> {
  const levels: MovieInfo['levels'] = [];
  for (const [index, { path }] of metadata.levels.entries()) {
    if (index === level) {
      levels.push({ path, shape: chosen.shape });
      continue;
    }
    try {
      levels.push({ path, shape: (await openArray(image.store, levelPath(image, metadata, index))).shape });
    } catch (error) {
      if (!isMorulaError(error) || error.exit !== 65) throw error;
      warnings.push(`level ${index} cannot be read: ${error.message}`);
      levels.push({ path, shape: [] });
    }
  }
  return levels;
}

/** Hash of what the pixels' meaning depends on; attributes of the array are left out, they may hold anything. */
function fingerprint(array: ZarrArray, axes: readonly Axis[], scale: readonly number[] | null): string {
  const { attributes: _, ...document } = isObject(array.metadata) ? array.metadata : {};
  return sha256Hex(canonicalJson({ shape: array.shape, dtype: array.dtype, axes, scale, document }));
}

function createMovie(
  info: MovieInfo,
  array: ZarrArray,
  axes: readonly Axis[],
  { badChunks, requireChunks }: MovieSource,
): Movie {
  const rule = (masked: string[]): ChunkRule => ({
    required: requireChunks === true,
    ...(badChunks === 'mask' ? { damaged: ({ message }) => void masked.push(message) } : {}),
  });
  const inRange = (name: string, value: number, count: number): void => {
    if (Number.isInteger(value) && value >= 0 && value < count) return;
    throw new MorulaError(
      'invalid-option',
      `read: ${name} must lie in 0:${count}, got ${value} (${info.name})`,
    );
  };
  const read = async (
    t: number,
    channel: number,
    z: number | readonly [number, number] | null,
    masked: string[] = [],
    part: Partial<PlanePart> = {},
  ): Promise<NdArray> => {
    inRange('frame', t, info.nFrames);
    inRange('channel', channel, info.channels.length);
    const fixed: Partial<Record<AxisRole, number>> = { t, c: channel };
    if (typeof z === 'number') fixed.z = z;
    else if (info.ndim === 2) fixed.z = 0;
    const selection: Selection = axes.map(
      ({ role }) =>
        fixed[role] ?? (role === 'z' ? z : role === 'y' || role === 'x' ? (part[role] ?? null) : null),
    );
    const left = axes.map(({ role }) => role).filter((role) => fixed[role] === undefined);
    try {
      return inOrder(await array.read(selection, rule(masked)), left);
    } catch (error) {
      throw isMorulaError(error)
        ? new MorulaError(error.tag, `read: frame ${t}: ${error.message}`, { cause: error, exit: error.exit })
        : error;
    }
  };
  return {
    info,
    async readFrame(t, channel = 0) {
      const masked: string[] = [];
      const image = await read(t, channel, null, masked);
      return { t, channel, image, ...(masked.length === 0 ? {} : { masked: masked.sort() }) };
    },
    async readPlane(t, channel, z, part) {
      inRange('plane', z, info.shape[0]);
      if (part !== undefined) checkPart(part, [info.shape[1], info.shape[2]], info.name);
      return read(t, channel, z, [], part);
    },
    async readSlab(t, channel, from, to) {
      inRange('plane', from, info.shape[0]);
      inRange('last plane', to - 1, info.shape[0]);
      const { data, shape } = await read(t, channel, [from, to]);
      return { data, shape: [to - from, ...shape.slice(-2)] };
    },
    async close() {
      // Nothing is held open: every read opens and closes its own file or request.
    },
  };
}

/** The image with its axes in the order z, y, x. */
function inOrder(image: NdArray, roles: readonly AxisRole[]): NdArray {
  const order = (['z', 'y', 'x'] as const).map((role) => roles.indexOf(role)).filter((at) => at >= 0);
  if (order.every((at, i) => at === i)) return image;
  const stride = image.shape.map((_, axis) => sizeOf(image.shape.slice(axis + 1)));
  const shape = order.map((axis) => image.shape[axis]);
  const [depth, height, width] = [...new Array<number>(3 - shape.length).fill(1), ...shape];
  const [dz, dy, dx] = [...new Array<number>(3 - shape.length).fill(0), ...order.map((axis) => stride[axis])];
  const data = image.data.slice() as TypedArray;
  let at = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const row = z * dz + y * dy;
      for (let x = 0; x < width; x++) data[at++] = image.data[row + x * dx];
    }
  }
  return { data, shape };
}
