import { join } from 'node:path';
import type { NdArray } from '../array/index.ts';
import { writeFileAtomic } from '../codec/files.ts';
import {
  arrayFiles,
  type DocumentFile,
  groupFiles,
  openArray,
  openStore,
  openWriter,
  type ZarrWriter,
} from '../codec/index.ts';
import type { LabelImage } from '../segment/types.ts';
import { layout } from './layout.ts';
import type { FileBytes, Output, StoredMovie } from './types.ts';

/** Longest side of a label chunk in y and x, pixels: a plane of a viewer's screen, and small enough to encode fast. */
const CHUNK = 1024;

/** Shape of the label array, `t, (z), y, x`. */
function labelShape(movie: StoredMovie): number[] {
  const [z, y, x] = movie.shape;
  return movie.ndim === 2 ? [movie.nFrames, y, x] : [movie.nFrames, z, y, x];
}

/** Chunks never span two frames, so that one writer owns each file. In 3D a chunk is one plane's tile. */
function labelChunks(movie: StoredMovie): number[] {
  const [, y, x] = movie.shape;
  const tile = [Math.min(y, CHUNK), Math.min(x, CHUNK)];
  return movie.ndim === 2 ? [1, ...tile] : [1, 1, ...tile];
}

/** The metadata of a label group (OME-Zarr 0.5 in zarr v3, 0.4 in zarr v2); paths relative to the result folder. */
function labelDocuments(
  movie: StoredMovie,
  version: '0.4' | '0.5',
  attributes: Record<string, unknown>,
): FileBytes[] {
  const zarrFormat = version === '0.5' ? 3 : 2;
  // A scale of 1 without a unit is how a writer says that it does not know.
  const second = movie.timeStepKnown ? { unit: 'second' } : {};
  const micrometer = movie.voxelSizeKnown ? { unit: 'micrometer' } : {};
  const axes = [
    { name: 't', type: 'time', ...second },
    ...['z', 'y', 'x'].map((name) => ({ name, type: 'space', ...micrometer })),
  ].filter((axis) => movie.ndim === 3 || axis.name !== 'z');
  const spatial = movie.ndim === 2 ? movie.voxelSize.slice(1) : movie.voxelSize;
  const multiscales = [
    {
      ...(version === '0.4' ? { version } : {}),
      name: 'cells',
      axes,
      datasets: [
        { path: '0', coordinateTransformations: [{ type: 'scale', scale: [movie.timeStep, ...spatial] }] },
      ],
    },
  ];
  // No `source`: it is a path to the image from here, and the movie lies elsewhere (run.json names it).
  const imageLabel = version === '0.4' ? { version } : {};
  const ome = (content: Record<string, unknown>): Record<string, unknown> =>
    version === '0.5' ? { ome: { version, ...content } } : content;
  const array = {
    shape: labelShape(movie),
    chunks: labelChunks(movie),
    dtype: 'uint32' as const,
    fillValue: 0,
    dimensionNames: axes.map((axis) => axis.name),
    zarrFormat,
  } as const;
  const cells = { ...ome({ multiscales, 'image-label': imageLabel }), morula: attributes };
  const folders: [string, DocumentFile[]][] = [
    [layout.labels(''), groupFiles(ome({ labels: ['cells'] }), zarrFormat)],
    [layout.cells(''), groupFiles(cells, zarrFormat)],
    [layout.cellsArray(''), arrayFiles(array)],
  ];
  return folders.flatMap(([folder, files]) =>
    files.map(([name, text]) => ({ path: join(folder, name), bytes: Buffer.from(text, 'utf8') })),
  );
}

/** Creates the empty label group and says what was written. */
export async function createLabels(
  folder: string,
  movie: StoredMovie,
  version: '0.4' | '0.5',
  attributes: Record<string, unknown>,
): Promise<Output[]> {
  const written: Output[] = [];
  for (const { path, bytes } of labelDocuments(movie, version, attributes)) {
    written.push({ path, ...(await writeFileAtomic(join(folder, path), bytes)) });
  }
  return written;
}

const writers = new Map<string, Promise<ZarrWriter>>();

/** The files of frame `t`'s label image `[y, x]` or `[z, y, x]`, whole chunks only. */
export async function encodeLabels(folder: string, t: number, labels: LabelImage): Promise<FileBytes[]> {
  let opening = writers.get(folder);
  if (opening === undefined) {
    opening = openWriter(layout.cellsArray(folder));
    writers.set(folder, opening);
    opening.catch(() => writers.delete(folder));
  }
  const writer = await opening;
  const [height, width] = labels.shape.slice(-2) as [number, number];
  const planes = labels.shape.length === 3 ? labels.shape[0] : 1;
  const [rows, columns] = writer.spec.chunks.slice(-2) as [number, number];
  const files: FileBytes[] = [];
  for (let z = 0; z < planes; z++) {
    const plane = labels.data.subarray(z * height * width, (z + 1) * height * width);
    for (let y = 0; y < height; y += rows) {
      for (let x = 0; x < width; x += columns) {
        const tile = cut(plane, width, y, x, Math.min(rows, height - y), Math.min(columns, width - x));
        const lead = labels.shape.length === 3 ? [t, z] : [t];
        const shape = [...lead.map(() => 1), ...tile.shape];
        const at = [...lead, y / rows, x / columns];
        const { key, bytes } = await writer.encodeChunk(at, { data: tile.data, shape });
        files.push({ path: `labels/cells/0/${key}`, bytes });
      }
    }
  }
  return files;
}

/** A part of a plane; the plane itself where it is all of it. */
function cut(
  plane: Uint32Array,
  width: number,
  y0: number,
  x0: number,
  rows: number,
  columns: number,
): NdArray<Uint32Array> {
  if (rows * columns === plane.length) return { data: plane, shape: [rows, columns] };
  const data = new Uint32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    const start = (y0 + y) * width + x0;
    data.set(plane.subarray(start, start + columns), y * columns);
  }
  return { data, shape: [rows, columns] };
}

/** Reads the label image of frame `t`, or one of its planes. */
export async function readLabels(folder: string, t: number, z: number | null = null): Promise<LabelImage> {
  const array = await openArray(await openStore(layout.cells(folder)), '0');
  const selection = array.shape.length === 4 ? [t, z, null, null] : [t, null, null];
  const image = await array.read(selection);
  return { data: image.data as Uint32Array, shape: image.shape };
}
