import { basename } from 'node:path';
import type { OmeMetadata, TiffFile } from '../codec/tiff/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { Channel } from './types.ts';

/** What the pages of one TIFF file are. */
export interface PageAxes {
  /** In words, for `MovieInfo.format`. */
  format: 'OME-TIFF' | 'ImageJ TIFF' | 'TIFF';
  /** False when the file says nothing about its axes and the pages were taken as time points or planes. */
  declared: boolean;
  nFrames: number;
  nSlices: number;
  channels: Channel[];
  /** Page and sample of one plane. */
  locate(t: number, channel: number, z: number): { page: number; sample: number };
  /** Micrometres `[z, y, x]`, null where unknown. */
  voxelSize: readonly [number | null, number | null, number | null];
  /** Seconds, or null. */
  timeStep: number | null;
  warnings: string[];
}

/** Extents of the page axes and their order, fastest first. `c` counts pages, not samples. */
interface PageSizes {
  t: number;
  c: number;
  z: number;
  order: string;
}

/**
 * Finds out what the pages of a file are: from OME-XML, ImageJ's or tifffile's description, else all of them lie
 * along `otherwise`.
 *
 * @throws `invalid-data` when the description and the number of pages disagree; `unsupported` for an OME-TIFF whose
 *   planes lie in other files, unless `otherwise` is 'z' (one file of a folder: then only the calibration is used)
 */
export function readAxes(file: TiffFile, otherwise: 't' | 'z'): PageAxes {
  const { ome, imagej } = file;
  const { samplesPerPixel } = file.page(0);
  const found = ome ? omeSizes(file, ome, otherwise) : imagej ? imagejSizes(file) : shapedSizes(file);
  const sizes = found ?? { t: 1, c: 1, z: 1, [otherwise]: file.nPages, order: 'CZT' };
  const pageOf = found && ome ? omePages(file, ome, sizes) : (plane: number) => plane;
  const stride = strides(sizes);
  const spacing = imagej?.spacing && imagej.unitUm ? imagej.spacing * imagej.unitUm : null;
  const [y, x] = file.resolution ?? [null, null];
  const warnings: string[] = [];
  if (ome && ome.nImages > 1) warnings.push(`${file.path} holds ${ome.nImages} images, the first is read`);
  return {
    format: ome ? 'OME-TIFF' : imagej ? 'ImageJ TIFF' : 'TIFF',
    declared: found !== null,
    nFrames: sizes.t,
    nSlices: sizes.z,
    channels: nameChannels(sizes.c, samplesPerPixel, ome),
    locate(t, channel, z) {
      const c = Math.floor(channel / samplesPerPixel);
      return { page: pageOf(t * stride.t + c * stride.c + z * stride.z), sample: channel % samplesPerPixel };
    },
    voxelSize: ome ? ome.physicalSize : [spacing, y, x],
    timeStep: ome?.timeIncrement ?? imagej?.finterval ?? null,
    warnings,
  };
}

/** Planes from one index of an axis to the next. */
function strides({ t, c, z, order }: PageSizes): { t: number; c: number; z: number } {
  const size = { T: t, C: c, Z: z };
  const stride = { T: 0, C: 0, Z: 0 };
  let step = 1;
  for (const axis of order as Iterable<'T' | 'C' | 'Z'>) {
    stride[axis] = step;
    step *= size[axis];
  }
  return { t: stride.T, c: stride.C, z: stride.Z };
}

function imagejSizes(file: TiffFile): PageSizes | null {
  if (file.imagej === null) return null;
  const { frames: t, channels: c, slices: z } = file.imagej;
  if (t * c * z === file.nPages) return { t, c, z, order: 'CZT' };
  if (t * c * z === 1) return null;
  throw disagree(file, `${t} frames, ${z} slices and ${c} channels`);
}

/** tifffile's `{"shape": [...], "axes": "TZCYX"}`, slowest first. */
function shapedSizes(file: TiffFile): PageSizes | null {
  if (!file.description?.startsWith('{')) return null;
  let fields: { shape?: unknown; axes?: unknown };
  try {
    fields = JSON.parse(file.description);
  } catch {
    return null;
  }
  const { shape, axes } = fields;
  const leading = typeof axes === 'string' ? /^([TCZ]*)YXS?$/.exec(axes)?.[1] : undefined;
  if (leading === undefined || !Array.isArray(shape) || new Set(leading).size < leading.length) return null;
  const sizes: PageSizes = { t: 1, c: 1, z: 1, order: [...leading].reverse().join('') };
  for (let i = 0; i < leading.length; i++) {
    sizes[leading[i].toLowerCase() as 't' | 'c' | 'z'] = Number(shape[i]);
  }
  for (const axis of 'CZT') if (!sizes.order.includes(axis)) sizes.order += axis;
  if (sizes.t * sizes.c * sizes.z === file.nPages) return sizes;
  throw disagree(file, `axes ${axes} of ${shape.join(' x ')}`);
}

function omeSizes(file: TiffFile, ome: OmeMetadata, otherwise: 't' | 'z'): PageSizes | null {
  const { samplesPerPixel } = file.page(0);
  const c = Math.ceil(ome.sizeC / samplesPerPixel);
  const planes = ome.sizeT * ome.sizeZ * c;
  if (planes <= file.nPages) return { t: ome.sizeT, c, z: ome.sizeZ, order: ome.dimensionOrder.slice(2) };
  if (otherwise === 'z') return null;
  const [other] = otherFiles(file, ome);
  if (other === undefined) throw disagree(file, `${ome.sizeT} frames, ${ome.sizeZ} slices and ${c} channels`);
  throw new MorulaError(
    'unsupported',
    `read: ${file.path}: the planes of this OME-TIFF also lie in other files (${other}); give the folder`,
  );
}

/** The page of each plane, as the TiffData elements say. */
function omePages(file: TiffFile, ome: OmeMetadata, sizes: PageSizes): (plane: number) => number {
  if (ome.tiffData.length === 0) return (plane) => plane;
  const others = otherFiles(file, ome);
  const stride = strides(sizes);
  const { samplesPerPixel } = file.page(0);
  const pages = new Int32Array(sizes.t * sizes.c * sizes.z).fill(-1);
  for (const { ifd, firstC, firstZ, firstT, planeCount, fileName } of ome.tiffData) {
    if (fileName !== null && others.has(fileName)) continue;
    const first = firstT * stride.t + Math.floor(firstC / samplesPerPixel) * stride.c + firstZ * stride.z;
    const count = Math.min(planeCount ?? (ifd === null ? file.nPages : 1), file.nPages);
    for (let i = 0; i < count && first + i < pages.length; i++) pages[first + i] = (ifd ?? 0) + i;
  }
  const lost = pages.findIndex((page) => page < 0 || page >= file.nPages);
  if (lost >= 0) {
    throw new MorulaError(
      'invalid-data',
      `read: ${file.path}: OME-XML must give a page of the file for every plane, found none for plane ${lost}`,
    );
  }
  return (plane) => pages[plane];
}

/** Files that a document of several files names, without this one; a renamed single file still names its old self. */
function otherFiles({ path }: TiffFile, ome: OmeMetadata): Set<string> {
  const names = new Set(ome.tiffData.flatMap(({ fileName }) => fileName ?? []));
  if (names.size <= 1) return new Set();
  return new Set([...names].filter((name) => basename(name) !== basename(path)));
}

function nameChannels(pageChannels: number, samples: number, ome: OmeMetadata | null): Channel[] {
  const channels: Channel[] = [];
  for (let index = 0; index < pageChannels * samples; index++) {
    const given = ome?.channels[samples === 1 ? index : Math.floor(index / samples)];
    const rgb = samples >= 3 && index % samples < 3 ? index % samples : -1;
    const name = rgb >= 0 ? ['red', 'green', 'blue'][rgb] : `channel ${index}`;
    const color = rgb >= 0 ? ['FF0000', '00FF00', '0000FF'][rgb] : null;
    channels.push({
      index,
      name: samples === 1 ? (given?.name ?? name) : name,
      color: samples === 1 ? (given?.color ?? color) : color,
    });
  }
  return channels;
}

function disagree(file: TiffFile, declared: string): MorulaError {
  return new MorulaError(
    'invalid-data',
    `read: ${file.path}: the metadata declares ${declared}, but the file has ${file.nPages} pages; it may be truncated`,
  );
}
