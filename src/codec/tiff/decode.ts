import { allocate, bytesOf, type NdArray, type TypedArray } from '../../array/index.ts';
import { schemeOf } from './compression.ts';
import { type Header, MAX_PAGES, readNumbers } from './ifd.ts';
import { type PageLayout, pageBytes } from './layout.ts';
import { undoDifferences, undoFloatDifferences } from './predictor.ts';
import { type ByteSource, tiffError } from './source.ts';

const HOST_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Where the segments of one sample plane lie. */
interface Segments {
  offsets: Float64Array;
  counts: Float64Array;
}

/**
 * Reads one sample of a page.
 *
 * @returns `[y, x]`
 * @throws `invalid-data` when bytes are missing or do not decode; nothing page-sized is allocated before the
 *   segments are known to lie in the file and to be able to hold the page
 */
export async function decodePage(
  source: ByteSource,
  header: Header,
  page: PageLayout,
  sample: number,
): Promise<NdArray> {
  const segments = await locate(source, header, page, sample);
  const { width, height } = page;
  const direct = !page.tiled && page.interleaved === 1;
  if (direct && page.compression === 1 && areOnePiece(segments)) {
    const data = allocate(page.dtype, width * height);
    await source.readInto(bytesIn(data), segments.offsets[0], `the pixels of page ${page.index}`);
    restoreSamples(data, header, page);
    return { data, shape: [height, width] };
  }
  const stored = await fetchSegments(source, page, segments);
  const data = allocate(page.dtype, width * height);
  const scratch = direct
    ? data
    : allocate(page.dtype, page.segmentWidth * page.segmentHeight * page.interleaved);
  for (let row = 0; row < page.down; row++) {
    for (let column = 0; column < page.across; column++) {
      const index = row * page.across + column;
      const y = row * page.segmentHeight;
      const rows = page.tiled ? page.segmentHeight : Math.min(page.segmentHeight, height - y);
      const length = rows * page.segmentWidth * page.interleaved;
      const start = direct ? y * width : 0;
      const out = scratch.subarray(start, start + length) as TypedArray;
      await decodeSegment(source, header, page, stored(index), out, index);
      if (!direct) place(out, page, page.interleaved === 1 ? 0 : sample, data, y, column * page.segmentWidth);
    }
  }
  return { data, shape: [height, width] };
}

/** Offsets and byte counts, checked against the file and against the size that they must decode to. */
async function locate(
  source: ByteSource,
  header: Header,
  page: PageLayout,
  sample: number,
): Promise<Segments> {
  const what = `of page ${page.index}`;
  const n = page.across * page.down;
  const from = page.interleaved === 1 ? sample * n : 0;
  const offsets = await readNumbers(source, header, page.offsets, `the strip offsets ${what}`);
  const segmentBytes = page.segmentWidth * page.segmentHeight * page.interleaved * bytesOf(page.dtype);
  const lastRows = page.height - (page.down - 1) * page.segmentHeight;
  const lastBytes = page.tiled ? segmentBytes : (segmentBytes / page.segmentHeight) * lastRows;
  const counts =
    page.byteCounts === null
      ? new Float64Array(offsets.length).fill(segmentBytes)
      : await readNumbers(source, header, page.byteCounts, `the strip sizes ${what}`);
  let needed = 0;
  let stored = 0;
  const segments: Segments = { offsets: offsets.slice(from, from + n), counts: counts.slice(from, from + n) };
  for (let i = 0; i < n; i++) {
    const full = i >= n - page.across ? lastBytes : segmentBytes;
    needed += full;
    segments.offsets[i] += page.shift;
    // Uncompressed strips may be declared longer than they are.
    if (page.compression === 1) segments.counts[i] = Math.min(segments.counts[i], full);
    stored += segments.counts[i];
    if (!(segments.offsets[i] > 0 && segments.counts[i] > 0)) {
      throw tiffError(source.path, `strip or tile ${i} ${what} is missing`);
    }
    if (segments.offsets[i] + segments.counts[i] > source.size) {
      const end = segments.offsets[i] + segments.counts[i];
      throw tiffError(
        source.path,
        `strip or tile ${i} ${what} ends at byte ${end} of ${source.size}: truncated`,
      );
    }
  }
  const ratio = schemeOf(page.compression)?.maxRatio ?? 1;
  if (stored * ratio + 1024 * n < needed || (page.compression === 1 && stored < needed)) {
    throw tiffError(
      source.path,
      `page ${page.index} needs ${needed} bytes, its ${stored} stored ones cannot hold them`,
    );
  }
  return segments;
}

/** True where every strip begins where the one before it ends. */
function areOnePiece({ offsets, counts }: Segments): boolean {
  for (let i = 1; i < offsets.length; i++) if (offsets[i] !== offsets[i - 1] + counts[i - 1]) return false;
  return true;
}

function bytesIn({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Reads segments that lie close together at once, others one by one. */
async function fetchSegments(
  source: ByteSource,
  page: PageLayout,
  { offsets, counts }: Segments,
): Promise<(index: number) => Uint8Array | Promise<Uint8Array>> {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  let total = 0;
  for (let i = 0; i < offsets.length; i++) {
    start = Math.min(start, offsets[i]);
    end = Math.max(end, offsets[i] + counts[i]);
    total += counts[i];
  }
  const what = (i: number): string => `strip or tile ${i} of page ${page.index}`;
  if (end - start > 2 * total) return (i) => source.read(offsets[i], counts[i], what(i));
  const bytes = await source.read(start, end - start, `the pixels of page ${page.index}`);
  return (i) => bytes.subarray(offsets[i] - start, offsets[i] - start + counts[i]);
}

/** Decodes one segment into `out`, a view of exactly its samples, in the machine's byte order. */
async function decodeSegment(
  source: ByteSource,
  header: Header,
  page: PageLayout,
  input: Uint8Array | Promise<Uint8Array>,
  out: TypedArray,
  index: number,
): Promise<void> {
  const bytes = bytesIn(out);
  const limit = page.segmentWidth * page.segmentHeight * page.interleaved * out.BYTES_PER_ELEMENT;
  const stored = await input;
  try {
    await schemeOf(page.compression)?.decode(stored, bytes, limit);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw tiffError(
      source.path,
      `strip or tile ${index} of page ${page.index} does not decode: ${reason}`,
      undefined,
      error,
    );
  }
  restoreSamples(out, header, page);
}

/** Undoes predictor and byte order of decoded rows, in place. */
function restoreSamples(out: TypedArray, header: Header, page: PageLayout): void {
  const bytes = bytesIn(out);
  const rowLength = page.segmentWidth * page.interleaved;
  if (page.predictor === 3) {
    undoFloatDifferences(bytes, rowLength, out.BYTES_PER_ELEMENT, page.interleaved);
    if (!HOST_LITTLE_ENDIAN) swapBytes(bytes, out.BYTES_PER_ELEMENT);
    return;
  }
  if (header.littleEndian !== HOST_LITTLE_ENDIAN) swapBytes(bytes, out.BYTES_PER_ELEMENT);
  if (page.predictor === 2) undoDifferences(unsignedView(out), rowLength, page.interleaved);
}

/** Copies one sample of a segment to its place in the image, cut at the image's border. */
function place(
  segment: TypedArray,
  page: PageLayout,
  sample: number,
  data: TypedArray,
  y0: number,
  x0: number,
): void {
  const { width, height, segmentWidth, segmentHeight, interleaved } = page;
  const rows = Math.min(segmentHeight, height - y0);
  const columns = Math.min(segmentWidth, width - x0);
  for (let y = 0; y < rows; y++) {
    const to = (y0 + y) * width + x0;
    const from = y * segmentWidth * interleaved + sample;
    if (interleaved === 1) data.set(segment.subarray(from, from + columns), to);
    else for (let x = 0; x < columns; x++) data[to + x] = segment[from + x * interleaved];
  }
}

/** Turns the bytes of every sample round, in place. */
function swapBytes(bytes: Uint8Array, sampleBytes: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (sampleBytes === 2) buffer.swap16();
  else if (sampleBytes === 4) buffer.swap32();
  else if (sampleBytes === 8) buffer.swap64();
}

function unsignedView(samples: TypedArray): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = samples;
  if (samples.BYTES_PER_ELEMENT === 1) return new Uint8Array(buffer, byteOffset, length);
  if (samples.BYTES_PER_ELEMENT === 2) return new Uint16Array(buffer, byteOffset, length);
  return new Uint32Array(buffer, byteOffset, length);
}

/**
 * The pages after the first of a file that has one directory for all, `nPages` of them stored one behind the other.
 *
 * @returns none when the first page is not stored in a way that allows it
 * @throws `invalid-data` when the file is too short for them
 */
export async function repeatPage(
  source: ByteSource,
  header: Header,
  page: PageLayout,
  nPages: number,
): Promise<PageLayout[]> {
  if (page.compression !== 1 || page.tiled || page.interleaved !== page.samplesPerPixel) return [];
  const { offsets } = await locate(source, header, page, 0);
  const bytes = pageBytes(page);
  const rowBytes = bytes / page.height;
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i] !== offsets[0] + i * page.segmentHeight * rowBytes) return [];
  }
  if (nPages > MAX_PAGES) throw tiffError(source.path, `has more than ${MAX_PAGES} pages`, 'unsupported');
  if (offsets[0] + nPages * bytes > source.size) {
    throw tiffError(
      source.path,
      `declares ${nPages} images of ${bytes} bytes, more than the file holds: truncated`,
    );
  }
  return Array.from({ length: nPages - 1 }, (_, i) => ({ ...page, index: i + 1, shift: (i + 1) * bytes }));
}
