import { bytesOf, type Dtype } from '../../array/index.ts';
import { schemeOf, UNSUPPORTED_NAMES } from './compression.ts';
import { type Entry, type Header, type Ifd, readNumbers, TAG } from './ifd.ts';
import { type ByteSource, tiffError } from './source.ts';

/** Decoded bytes of one page. */
const MAX_PAGE_BYTES = 2 ** 30;

/** How one page lies in the file. A segment is a strip or a tile. */
export interface PageLayout {
  index: number;
  width: number;
  height: number;
  dtype: Dtype;
  samplesPerPixel: number;
  compression: number;
  predictor: number;
  /** Samples that lie side by side in a segment: `samplesPerPixel`, or 1 when each sample has planes of its own. */
  interleaved: number;
  tiled: boolean;
  /** Pixels. The last strip may be lower; tiles are padded. */
  segmentWidth: number;
  segmentHeight: number;
  /** Segments per row and column of the image. */
  across: number;
  down: number;
  offsets: Entry;
  /** Null when the file gives none, allowed where nothing is compressed. */
  byteCounts: Entry | null;
  /** Bytes to add to every offset: pages that have no directory of their own. */
  shift: number;
}

/** Decoded bytes of one page, all samples. */
export function pageBytes(page: PageLayout): number {
  return page.width * page.height * page.samplesPerPixel * bytesOf(page.dtype);
}

/** True for a reduced copy (thumbnail, pyramid level) or mask of another page. */
export async function isSubsidiary(
  source: ByteSource,
  header: Header,
  ifd: Ifd,
  index: number,
): Promise<boolean> {
  const entry = ifd.get(TAG.subfileType);
  if (entry === undefined || entry.count !== 1) return false;
  const [flags] = await readNumbers(source, header, entry, `NewSubfileType of page ${index}`);
  return (flags & 5) !== 0;
}

/**
 * Reads how a page lies in the file, and checks it.
 *
 * @throws `invalid-data` for missing or impossible values, `unsupported` for what morula does not read
 */
export async function readLayout(
  source: ByteSource,
  header: Header,
  ifd: Ifd,
  index: number,
): Promise<PageLayout> {
  const fail = (text: string, tag: 'invalid-data' | 'unsupported' = 'invalid-data'): never => {
    throw tiffError(source.path, `page ${index} ${text}`, tag);
  };
  const first = async (tag: number, name: string, absent: number | null): Promise<number> => {
    const entry = ifd.get(tag);
    if (entry === undefined || entry.count === 0) return absent ?? fail(`must have a ${name}`);
    const [value] = await readNumbers(source, header, { ...entry, count: 1 }, `${name} of page ${index}`);
    return value;
  };

  const width = await first(TAG.width, 'width', null);
  const height = await first(TAG.height, 'height', null);
  const samplesPerPixel = await first(TAG.samplesPerPixel, 'SamplesPerPixel', 1);
  if (!(width >= 1 && height >= 1 && samplesPerPixel >= 1 && Number.isSafeInteger(width * height))) {
    fail(`must have a size of at least 1 x 1, found ${width} x ${height} with ${samplesPerPixel} samples`);
  }
  const dtype = await readDtype(source, header, ifd, index);
  if (width * height * samplesPerPixel * bytesOf(dtype) > MAX_PAGE_BYTES) {
    fail(
      `is ${width} x ${height} with ${samplesPerPixel} samples ${dtype}, over the limit of 1 GiB`,
      'unsupported',
    );
  }

  const compression = await first(TAG.compression, 'Compression', 1);
  if (schemeOf(compression) === null) {
    const name = UNSUPPORTED_NAMES[compression] ?? 'unknown';
    fail(`has compression ${compression} (${name}); use none, LZW, deflate, zstd or PackBits`, 'unsupported');
  }
  if ((await first(TAG.fillOrder, 'FillOrder', 1)) !== 1)
    fail('has reversed bits (FillOrder 2)', 'unsupported');
  const predictor = await first(TAG.predictor, 'Predictor', 1);
  checkPredictor(predictor, dtype, fail);
  const planar = await first(TAG.planarConfiguration, 'PlanarConfiguration', 1);
  if (planar !== 1 && planar !== 2) fail(`must have PlanarConfiguration 1 or 2, found ${planar}`);
  const interleaved = planar === 1 ? samplesPerPixel : 1;

  const tiled = ifd.has(TAG.tileOffsets) || ifd.has(TAG.tileWidth);
  const rowsPerStrip = Math.min(height, await first(TAG.rowsPerStrip, 'RowsPerStrip', height));
  const segmentWidth = tiled ? await first(TAG.tileWidth, 'TileWidth', null) : width;
  const segmentHeight = tiled ? await first(TAG.tileHeight, 'TileLength', null) : rowsPerStrip;
  if (!(segmentWidth >= 1 && segmentHeight >= 1)) fail('must have strips or tiles of at least 1 x 1 pixels');
  if (segmentWidth * segmentHeight * interleaved * bytesOf(dtype) > MAX_PAGE_BYTES) {
    fail(`has tiles of ${segmentWidth} x ${segmentHeight} pixels, over the limit of 1 GiB`, 'unsupported');
  }
  const across = Math.ceil(width / segmentWidth);
  const down = Math.ceil(height / segmentHeight);

  const offsets = ifd.get(tiled ? TAG.tileOffsets : TAG.stripOffsets) ?? fail('has no strips or tiles');
  const byteCounts = ifd.get(tiled ? TAG.tileByteCounts : TAG.stripByteCounts) ?? null;
  const needed = across * down * (planar === 1 ? 1 : samplesPerPixel);
  const found = Math.min(offsets.count, byteCounts?.count ?? Number.POSITIVE_INFINITY);
  if (found < needed) fail(`needs ${needed} strips or tiles, found ${found}`);
  if (byteCounts === null && compression !== 1)
    fail('is compressed and does not say how many bytes a strip has');
  return {
    index,
    width,
    height,
    dtype,
    samplesPerPixel,
    compression,
    predictor,
    interleaved,
    tiled,
    segmentWidth,
    segmentHeight,
    across,
    down,
    offsets: { ...offsets, count: needed },
    byteCounts: byteCounts && { ...byteCounts, count: needed },
    shift: 0,
  };
}

const DTYPES: Record<string, Dtype> = {
  '1/8': 'uint8',
  '1/16': 'uint16',
  '1/32': 'uint32',
  '2/8': 'int8',
  '2/16': 'int16',
  '2/32': 'int32',
  '3/32': 'float32',
  '3/64': 'float64',
  // Format 4 is "undefined": taken as unsigned.
  '4/8': 'uint8',
  '4/16': 'uint16',
  '4/32': 'uint32',
};

async function readDtype(source: ByteSource, header: Header, ifd: Ifd, index: number): Promise<Dtype> {
  const same = async (tag: number, name: string): Promise<number> => {
    const entry = ifd.get(tag);
    if (entry === undefined || entry.count === 0) return 1;
    const values = await readNumbers(source, header, entry, `${name} of page ${index}`);
    if (values.some((value) => value !== values[0])) {
      throw tiffError(source.path, `page ${index} has samples of unequal ${name}`, 'unsupported');
    }
    return values[0];
  };
  const bits = await same(TAG.bitsPerSample, 'BitsPerSample');
  const format = await same(TAG.sampleFormat, 'SampleFormat');
  const dtype = DTYPES[`${format}/${bits}`];
  if (dtype !== undefined) return dtype;
  const kind = { 1: 'unsigned', 2: 'signed', 3: 'float' }[format] ?? `format ${format}`;
  throw tiffError(
    source.path,
    `page ${index} has ${bits}-bit ${kind} samples; use 8, 16 or 32-bit integers or 32 or 64-bit floats`,
    'unsupported',
  );
}

function checkPredictor(
  predictor: number,
  dtype: Dtype,
  fail: (text: string, tag: 'unsupported') => never,
): void {
  const isFloat = dtype === 'float32' || dtype === 'float64';
  const known = predictor === 1 || (predictor === 2 && dtype !== 'float64') || (predictor === 3 && isFloat);
  if (!known) fail(`has predictor ${predictor} on ${dtype}, which is not supported`, 'unsupported');
}
