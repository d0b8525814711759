import type { NdArray } from '../../array/index.ts';
import { decodePage, repeatPage } from './decode.ts';
import { type Header, type Ifd, readHeader, readNumbers, readText, TAG, walkIfds } from './ifd.ts';
import { parseImageJ } from './imagej.ts';
import { isSubsidiary, type PageLayout, readLayout } from './layout.ts';
import { parseOme } from './ome.ts';
import { type ByteSource, openSource, tiffError } from './source.ts';
import type { ImageJMetadata, TiffFile } from './types.ts';

/** Micrometres per pixel above which a resolution is taken for a print setting. */
const MAX_PIXEL = 100;

/**
 * Opens a TIFF or BigTIFF file: reads its directories and metadata, no pixels. The file is never loaded whole, and
 * stays open until `close`.
 *
 * @throws `not-found`; `invalid-data` for a file that is no TIFF, truncated or damaged; `unsupported` for what
 *   morula does not read (JPEG, 64-bit integers, pages over 1 GiB, ...). Messages name the file and the page
 */
export async function openTiff(path: string): Promise<TiffFile> {
  const source = await openSource(path);
  try {
    return await readTiff(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function readTiff(source: ByteSource): Promise<TiffFile> {
  const header = await readHeader(source);
  const ifds = walkIfds(source, header);
  const first: Ifd = (await ifds.next()).value;
  const description = await text(source, first, TAG.description, 'ImageDescription');
  const software = await text(source, first, TAG.software, 'Software');
  const imagej = description === null ? null : parseImageJ(description);
  const ome = description === null ? null : parseOme(description);
  const resolution = await readResolution(source, header, first, imagej);
  const pages = [await readLayout(source, header, first, 0)];
  let nIfds = 1;
  for await (const ifd of ifds) {
    const index = nIfds++;
    if (await isSubsidiary(source, header, ifd, index)) continue;
    pages.push({ ...(await readLayout(source, header, ifd, index)), index: pages.length });
  }
  if (nIfds === 1) pages.push(...(await withoutDirectory(source, header, pages[0], imagej, description)));

  const layout = (i: number): PageLayout => {
    if (pages[i] === undefined) {
      throw tiffError(source.path, `there is no page ${i}, the file has ${pages.length}`, 'invalid-option');
    }
    return pages[i];
  };
  return {
    path: source.path,
    size: source.size,
    nPages: pages.length,
    page(i) {
      const { width, height, dtype, samplesPerPixel } = layout(i);
      return { width, height, dtype, samplesPerPixel };
    },
    description,
    software,
    resolution,
    imagej,
    ome,
    async readPage(i, sample = 0): Promise<NdArray> {
      const page = layout(i);
      if (!(Number.isInteger(sample) && sample >= 0 && sample < page.samplesPerPixel)) {
        throw tiffError(
          source.path,
          `page ${i} has ${page.samplesPerPixel} samples, not ${sample}`,
          'invalid-option',
        );
      }
      return decodePage(source, header, page, sample);
    },
    close: () => source.close(),
  };
}

async function text(source: ByteSource, ifd: Ifd, tag: number, name: string): Promise<string | null> {
  const entry = ifd.get(tag);
  return entry === undefined ? null : readText(source, entry, `${name} of page 0`);
}

/** The pages after the first of a file with one directory that says it holds more images. */
async function withoutDirectory(
  source: ByteSource,
  header: Header,
  page: PageLayout,
  imagej: ImageJMetadata | null,
  description: string | null,
): Promise<PageLayout[]> {
  const declared = imagej?.images ?? truncatedPages(description, page);
  return declared > 1 ? repeatPage(source, header, page, declared) : [];
}

/** Pages that tifffile declares in `{"shape": [...], "truncated": true}` beyond the only directory; 1 for none. */
function truncatedPages(description: string | null, page: PageLayout): number {
  if (description === null || !description.startsWith('{')) return 1;
  try {
    const { shape, truncated } = JSON.parse(description) as { shape?: unknown; truncated?: unknown };
    if (truncated !== true || !Array.isArray(shape)) return 1;
    const samples = shape.reduce((product: number, extent) => product * Number(extent), 1);
    const pages = samples / (page.width * page.height * page.samplesPerPixel);
    return Number.isSafeInteger(pages) ? pages : 1;
  } catch {
    return 1;
  }
}

/** See `TiffFile.resolution`. */
async function readResolution(
  source: ByteSource,
  header: Header,
  ifd: Ifd,
  imagej: ImageJMetadata | null,
): Promise<[number, number] | null> {
  const value = async (tag: number, name: string): Promise<number> => {
    const entry = ifd.get(tag);
    if (entry === undefined || entry.count !== 1) return Number.NaN;
    return (await readNumbers(source, header, entry, `${name} of page 0`))[0];
  };
  const unit = imagej?.unitUm ?? null;
  const perCentimetre = (await value(TAG.resolutionUnit, 'ResolutionUnit')) === 3;
  const scale = unit ?? (perCentimetre ? 1e4 : null);
  if (scale === null) return null;
  const y = scale / (await value(TAG.yResolution, 'YResolution'));
  const x = scale / (await value(TAG.xResolution, 'XResolution'));
  const possible = [y, x].every((size) => Number.isFinite(size) && size > 0);
  return possible && (unit !== null || Math.max(y, x) <= MAX_PIXEL) ? [y, x] : null;
}
