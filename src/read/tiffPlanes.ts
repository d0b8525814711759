import { allocate, type Dtype, type NdArray, sizeOf } from '../array/index.ts';
import type { TiffFile } from '../codec/tiff/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { PageAxes } from './tiffAxes.ts';

/** What must be equal in all files and pages of a movie. */
export interface PageShape {
  width: number;
  height: number;
  dtype: Dtype;
  samplesPerPixel: number;
  nPages: number;
}

/** The shape of a file's pages. @throws `shape-mismatch` naming the page that differs from the first */
export function pageShape(file: TiffFile): PageShape {
  const first = file.page(0);
  for (let i = 1; i < file.nPages; i++) {
    const page = file.page(i);
    const same =
      page.width === first.width &&
      page.height === first.height &&
      page.dtype === first.dtype &&
      page.samplesPerPixel === first.samplesPerPixel;
    if (!same) {
      const expected = `${first.width} x ${first.height} ${first.dtype}`;
      const found = `${page.width} x ${page.height} ${page.dtype}`;
      throw new MorulaError(
        'shape-mismatch',
        `read: ${file.path}: all pages must be alike, page 0 is ${expected}, page ${i} is ${found}`,
      );
    }
  }
  return { ...first, nPages: file.nPages };
}

/** @throws `shape-mismatch` naming the file when it is not shaped as the movie's first one */
export function checkShape(file: TiffFile, expected: PageShape): void {
  const found = pageShape(file);
  if (inWords(found) === inWords(expected)) return;
  throw new MorulaError(
    'shape-mismatch',
    `read: ${file.path}: must be ${inWords(expected)} as the first frame, found ${inWords(found)}`,
  );
}

function inWords({ width, height, dtype, samplesPerPixel, nPages }: PageShape): string {
  const samples = samplesPerPixel === 1 ? '' : `, ${samplesPerPixel} samples`;
  return `${width} x ${height} ${dtype}${samples}, ${nPages} ${nPages === 1 ? 'page' : 'pages'}`;
}

/** Reads one plane `[y, x]`; `t` counts the frames of this file. */
export function readPlane(
  file: TiffFile,
  axes: PageAxes,
  t: number,
  channel: number,
  z: number,
): Promise<NdArray> {
  const { page, sample } = axes.locate(t, channel, z);
  return file.readPage(page, sample);
}

/** Reads one channel of one frame: `[y, x]` where there is one slice, else `[z, y, x]`. */
export async function readVolume(
  file: TiffFile,
  axes: PageAxes,
  t: number,
  channel: number,
): Promise<NdArray> {
  if (axes.nSlices === 1) return readPlane(file, axes, t, channel, 0);
  return readSlab(file, axes, t, channel, 0, axes.nSlices);
}

/** Reads planes `from` to `to - 1` of one channel of one frame: `[z, y, x]`. */
export async function readSlab(
  file: TiffFile,
  axes: PageAxes,
  t: number,
  channel: number,
  from: number,
  to: number,
): Promise<NdArray> {
  const { width, height, dtype } = file.page(0);
  const shape = [to - from, height, width];
  const data = allocate(dtype, sizeOf(shape));
  for (let z = from; z < to; z++) {
    data.set((await readPlane(file, axes, t, channel, z)).data, (z - from) * height * width);
  }
  return { data, shape };
}
