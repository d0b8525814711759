import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { NdArray } from '../array/index.ts';
import { sha256Hex } from '../codec/files.ts';
import { openTiff, type TiffFile } from '../codec/tiff/index.ts';
import { MorulaError } from '../errors/index.ts';
import { checkPart, cutPart } from './planePart.ts';
import { type PageAxes, readAxes } from './tiffAxes.ts';
import { isTiffName, numberFiles } from './tiffNames.ts';
import { checkShape, type PageShape, pageShape, readPlane, readSlab, readVolume } from './tiffPlanes.ts';
import type { Movie, MovieInfo, MovieSource } from './types.ts';

export { isTiffPath } from './tiffNames.ts';

/** Files whose headers are read at the same time. */
const AT_ONCE = 16;

/** True when `path` is a folder with TIFF files directly in it. */
export async function looksLikeTiffFolder(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => [] as string[]);
  return names.some(isTiffName);
}

/**
 * Opens a movie made of TIFF files.
 *
 * A folder holds one file a frame, numbered without gaps (Cell Tracking Challenge: `t000.tif`); several pages in a
 * file are z-planes, or channels where the file says so. A single file holds the whole movie: its axes are those of
 * OME-XML, ImageJ or tifffile, else its pages are time points. RGB samples are channels.
 *
 * Every file's header is read and checked here; pixels are read frame by frame.
 *
 * @throws `not-found`, `invalid-data`, `shape-mismatch`, `unsupported`, `invalid-option`; messages name the file
 */
export async function openTiffMovie(source: MovieSource): Promise<Movie> {
  checkOptions(source);
  const path = resolve(source.path);
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) return openFolder(source, path);
  return openStack(source, path);
}

async function openStack(source: MovieSource, path: string): Promise<Movie> {
  const file = await openTiff(path);
  try {
    const axes = readAxes(file, 't');
    const shape = pageShape(file);
    const info = describe(source, path, axes, shape, {
      name: basename(path).replace(/(?:\.ome)?\.\w+$/i, ''),
      format: `${axes.format} stack`,
      nFrames: axes.nFrames,
      files: [[basename(path), file.size]],
      warnings: stackWarnings(file, axes),
    });
    return createMovie(
      info,
      async (t, read) => read(file, axes, t),
      () => file.close(),
    );
  } catch (error) {
    await file.close();
    throw error;
  }
}

function stackWarnings(file: TiffFile, axes: PageAxes): string[] {
  if (!axes.declared && file.nPages > 1) {
    return [`the file does not say what its ${file.nPages} pages are: taken as time points`];
  }
  if (axes.nFrames === 1 && axes.nSlices > 1) {
    const remedy = 'if they are time points, set that in ImageJ under Image > Properties';
    return [`the metadata says one frame of ${axes.nSlices} z-planes; ${remedy}`];
  }
  return [];
}

async function openFolder(source: MovieSource, path: string): Promise<Movie> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const tiffs = entries.filter((entry) => !entry.isDirectory() && isTiffName(entry.name));
  if (tiffs.length === 0) throw notAMovie('not-found', path, `no TIFF file in it${hint(entries)}`);
  const { names, warnings } = numberFiles(
    path,
    tiffs.map((entry) => entry.name),
  );

  const [axes, shape] = await withFile(join(path, names[0]), async (file) => {
    return [readAxes(file, 'z'), pageShape(file)] as const;
  });
  if (axes.nFrames > 1) {
    const text = `holds ${axes.nFrames} time points, in a folder each file must be one frame; give the file itself`;
    throw new MorulaError('unsupported', `read: ${join(path, names[0])}: ${text}`);
  }
  const files: [string, number][] = [];
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const checks = names.slice(i, i + AT_ONCE).map((name) =>
      withFile(join(path, name), async (file): Promise<[string, number]> => {
        checkShape(file, shape);
        return [name, file.size];
      }),
    );
    files.push(...(await Promise.all(checks)));
  }

  const info = describe(source, path, axes, shape, {
    name: folderName(path),
    format: 'TIFF folder',
    nFrames: names.length,
    files,
    warnings,
  });
  return createMovie(info, (t, read) =>
    withFile(join(path, names[t]), (file) => {
      checkShape(file, shape);
      return read(file, axes, 0);
    }),
  );
}

/** Challenge folders are called 01 and 02: the data set's name makes them tell apart. */
function folderName(path: string): string {
  const name = basename(path);
  return /^\d+$/.test(name) ? `${basename(dirname(path))}-${name}` : name;
}

function hint(entries: readonly { name: string; isDirectory(): boolean }[]): string {
  const numbered = entries
    .filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name))
    .map(({ name }) => name);
  return numbered.length > 0 ? `; it has the folder ${numbered.sort().join(', ')}: give one of these` : '';
}

async function withFile<T>(path: string, use: (file: TiffFile) => Promise<T>): Promise<T> {
  const file = await openTiff(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** Runs `read` on the open file that holds frame `t`. */
type WithFrame = (
  t: number,
  read: (file: TiffFile, axes: PageAxes, t: number) => Promise<NdArray>,
) => Promise<NdArray>;

function createMovie(info: MovieInfo, withFrame: WithFrame, close = async (): Promise<void> => {}): Movie {
  const check = (name: string, value: number, count: number): void => {
    if (Number.isInteger(value) && value >= 0 && value < count) return;
    throw new MorulaError(
      'invalid-option',
      `read: ${info.name}: there is no ${name} ${value}, the movie has ${count}`,
    );
  };
  return {
    info,
    async readFrame(t, channel = 0) {
      check('frame', t, info.nFrames);
      check('channel', channel, info.channels.length);
      const image = await withFrame(t, (file, axes, own) => readVolume(file, axes, own, channel));
      return { t, channel, image };
    },
    async readPlane(t, channel, z, part) {
      check('frame', t, info.nFrames);
      check('channel', channel, info.channels.length);
      check('plane', z, info.shape[0]);
      if (part !== undefined) checkPart(part, [info.shape[1], info.shape[2]], info.name);
      const plane = await withFrame(t, (file, axes, own) => readPlane(file, axes, own, channel, z));
      return part === undefined ? plane : cutPart(plane, part);
    },
    async readSlab(t, channel, from, to) {
      check('frame', t, info.nFrames);
      check('channel', channel, info.channels.length);
      check('plane', from, info.shape[0]);
      check('last plane', to - 1, info.shape[0]);
      return withFrame(t, (file, axes, own) => readSlab(file, axes, own, channel, from, to));
    },
    close,
  };
}

/** What the two layouts differ in. */
interface Layout {
  name: string;
  format: string;
  nFrames: number;
  files: [name: string, bytes: number][];
  warnings: string[];
}

function describe(
  source: MovieSource,
  path: string,
  axes: PageAxes,
  page: PageShape,
  layout: Layout,
): MovieInfo {
  const { width, height, dtype } = page;
  const { nSlices, channels } = axes;
  const { name, format, nFrames, files } = layout;
  const ndim = nSlices > 1 ? 3 : 2;
  const voxel = voxelSize(source, axes, ndim);
  const timeStep = source.timeStep ?? axes.timeStep;
  const shape: [number, number, number] = [nSlices, height, width];
  const extents = [nFrames, channels.length, ...shape];
  return {
    name,
    path,
    format,
    ndim,
    nFrames,
    shape,
    dtype,
    channels,
    voxelSize: voxel.size,
    voxelSizeKnown: voxel.known,
    timeStep: timeStep ?? 1,
    timeStepKnown: timeStep !== null,
    levels: [{ path: '', shape: extents }],
    level: 0,
    fingerprint: sha256Hex(JSON.stringify([files, extents, dtype, axes.voxelSize, axes.timeStep])),
    warnings: [...layout.warnings, ...axes.warnings, ...voxel.warnings],
  };
}

/** Micrometres `[z, y, x]`: the option, else the metadata, else 1; z of a 2D movie is 1 and always known. */
function voxelSize(
  { pixelSize }: MovieSource,
  axes: PageAxes,
  ndim: 2 | 3,
): { size: [number, number, number]; known: boolean; warnings: string[] } {
  if (pixelSize !== undefined) {
    if (pixelSize.length === 2 && ndim === 3) {
      throw new MorulaError('invalid-option', 'read: pixelSize of a 3D movie must be z,y,x, got 2 values');
    }
    const [y, x] = pixelSize.slice(-2);
    return { size: [pixelSize.length === 3 ? pixelSize[0] : 1, y, x], known: true, warnings: [] };
  }
  const [z, y, x] = axes.voxelSize;
  if (y === null || x === null) return { size: [1, 1, 1], known: false, warnings: [] };
  if (ndim === 2) return { size: [1, y, x], known: true, warnings: [] };
  if (z !== null) return { size: [z, y, x], known: true, warnings: [] };
  const warning = `the metadata has a pixel size (y,x ${y},${x}) but no distance of the planes: neither is used`;
  return { size: [1, 1, 1], known: false, warnings: [warning] };
}

function checkOptions({ path, level, pixelSize, timeStep }: MovieSource): void {
  const fail = (text: string): never => {
    throw new MorulaError('invalid-option', `read: ${text}`);
  };
  if (/^\w+:\/\//.test(path))
    throw notAMovie('unsupported', path, 'TIFF files are read from disk only; download them');
  if (level !== undefined && level !== 0) fail(`level must be 0, TIFF movies have no others, got ${level}`);
  const sizes = pixelSize ?? [1, 1];
  if (
    !(sizes.length === 2 || sizes.length === 3) ||
    !sizes.every((size) => size > 0 && Number.isFinite(size))
  ) {
    fail(`pixelSize must be z,y,x or y,x in micrometres, each greater than 0, got ${sizes.join(',')}`);
  }
  if (timeStep !== undefined && !(timeStep > 0 && Number.isFinite(timeStep))) {
    fail(`timeStep must be a number of seconds greater than 0, got ${timeStep}`);
  }
}

/** The error for a path that the file system does not give. */
function unreadable(path: string, error: unknown): MorulaError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const absent = code === 'ENOENT' || code === 'ENOTDIR';
  if (absent) return notAMovie('not-found', path, 'there is no such file or folder');
  return new MorulaError('storage', `read: ${path}: cannot be read: ${code || error}`, { cause: error });
}

function notAMovie(tag: 'not-found' | 'unsupported', path: string, reason: string): MorulaError {
  return new MorulaError(tag, `read: ${path} is not a movie: ${reason}`);
}
