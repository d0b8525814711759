import { join } from 'node:path';
import type { NdArray } from '../../src/array/index.ts';
import { createArray, createGroup, encodeTiff, openWriter, writeFileAtomic } from '../../src/codec/index.ts';
import { renderFrame } from './render.ts';
import type { Life, SimulationOptions } from './types.ts';

/** Largest number of pixels of one chunk. */
const CHUNK_PIXELS = 2 ** 22;
const LEVEL = '0';

/** Where the truth of a movie lies: beside it, without its suffix. */
export interface TruthPaths {
  /** `<name>_GT`, in the layout of the Cell Tracking Challenge. */
  folder: string;
  /** `<name>_GT/TRA/man_track.txt`. */
  trackTable: string;
  /** `<name>.points.csv`. */
  points: string;
  /** `<name>_GT/TRA/man_trackNNN.tif` and, with the same pixels, `<name>_GT/SEG/man_segNNN.tif`. */
  masks(t: number): [tracking: string, segmentation: string];
}

/** The truth's paths for a movie of `frames` frames at `outPath`. */
export function truthPaths(outPath: string, frames: number): TruthPaths {
  const name = outPath.replace(/\/+$/, '').replace(/(\.ome)?\.zarr$/i, '');
  const folder = `${name}_GT`;
  const digits = Math.max(3, String(frames - 1).length);
  return {
    folder,
    trackTable: join(folder, 'TRA', 'man_track.txt'),
    points: `${name}.points.csv`,
    masks: (t) => {
      const number = String(t).padStart(digits, '0');
      return [join(folder, 'TRA', `man_track${number}.tif`), join(folder, 'SEG', `man_seg${number}.tif`)];
    },
  };
}

/**
 * Writes the metadata of an OME-Zarr 0.5 image of one level into the folder `outPath`: axes t, c, (z), y, x; one
 * chunk a frame, or a few slabs along the first axis of space where a frame is large.
 *
 * @throws `storage` when the disk is full or fails
 */
export async function createMovieArrays(outPath: string, options: SimulationOptions): Promise<void> {
  const { timeStep, voxelSize, frames } = options;
  const axes = options.preset === '2d' ? ['y', 'x'] : ['z', 'y', 'x'];
  const extent = spaceOf(options);
  await createGroup(outPath, {
    ome: {
      version: '0.5',
      multiscales: [
        {
          name: `simulated ${options.preset}, seed ${options.seed}`,
          axes: [
            { name: 't', type: 'time', unit: 'second' },
            { name: 'c', type: 'channel' },
            ...axes.map((name) => ({ name, type: 'space', unit: 'micrometer' })),
          ],
          datasets: [
            {
              path: LEVEL,
              coordinateTransformations: [
                { type: 'scale', scale: [timeStep, 1, ...voxelSize.slice(-axes.length)] },
              ],
            },
          ],
        },
      ],
      omero: { channels: [{ label: 'nuclei', color: 'FFFFFF', active: true, window: windowOf(options) }] },
    },
    simulation: { preset: options.preset, seed: options.seed, frames, cells: options.cells },
  });
  await createArray(join(outPath, LEVEL), {
    shape: [frames, 1, ...extent],
    chunks: [1, 1, slabOf(extent), ...extent.slice(1)],
    dtype: 'uint16',
    fillValue: 0,
    dimensionNames: ['t', 'c', ...axes],
  });
}

/**
 * Renders frames `[from, to)` and writes their chunks and true label images. The arrays exist already
 * (`createMovieArrays`). Holds one frame at a time.
 */
export async function writeMovieFrames(
  life: Life,
  outPath: string,
  options: SimulationOptions,
  [from, to]: readonly [number, number],
): Promise<void> {
  const writer = await openWriter(join(outPath, LEVEL));
  const truth = truthPaths(outPath, options.frames);
  const extent = spaceOf(options);
  const rows = slabOf(extent);
  for (let t = from; t < to; t++) {
    const { image, labels } = renderFrame(life, t, options);
    for (const [slab, data] of slabsOf(image, rows).entries()) {
      const shape = [1, 1, ...data.shape];
      await writer.writeChunk([t, 0, slab, ...extent.slice(1).map(() => 0)], { data: data.data, shape });
    }
    const planes = labels.shape.length === 2 ? [labels] : slabsOf(labels, 1).map(dropFirst);
    const bytes = encodeTiff(planes, { compression: 'deflate' });
    for (const path of truth.masks(t)) await writeFileAtomic(path, bytes);
  }
}

function spaceOf({ preset, shape }: SimulationOptions): number[] {
  return preset === '2d' ? shape.slice(1) : [...shape];
}

/** Length of a chunk along the first axis of space. */
function slabOf(extent: readonly number[]): number {
  const slice = extent.slice(1).reduce((product, side) => product * side, 1);
  return Math.min(extent[0], Math.max(1, Math.floor(CHUNK_PIXELS / slice)));
}

/** The array cut along its first axis into parts of `rows` slices; views, not copies. */
function slabsOf(array: NdArray<Uint16Array>, rows: number): NdArray<Uint16Array>[] {
  const [length, ...rest] = array.shape;
  const slice = array.data.length / length;
  return Array.from({ length: Math.ceil(length / rows) }, (_, slab) => {
    const end = Math.min(length, (slab + 1) * rows);
    return {
      data: array.data.subarray(slab * rows * slice, end * slice),
      shape: [end - slab * rows, ...rest],
    };
  });
}

function dropFirst(array: NdArray<Uint16Array>): NdArray<Uint16Array> {
  return { data: array.data, shape: array.shape.slice(1) };
}

/** Grey values between which a viewer should show the movie. */
function windowOf({ optics }: SimulationOptions): { min: number; max: number; start: number; end: number } {
  const full = optics.offset + 1.8 * optics.gain * optics.photons;
  return { min: 0, max: 65_535, start: optics.offset, end: Math.round(full) };
}
