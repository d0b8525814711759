import { type ByteSource, tiffError } from './source.ts';

/** Tags that morula reads or writes (TIFF 6.0, section 8). */
export const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  description: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  software: 305,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;

/** Bytes of one value of field type `index`; 0 for unknown types. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/** More entries than any writer makes. */
const MAX_ENTRIES = 4096;
/** Pages of one file. */
export const MAX_PAGES = 1 << 20;
/** Bytes of a text value; OME-XML of long movies has tens of megabytes. */
const MAX_TEXT = 64 << 20;

/** Byte order and offset size of a file. */
export interface Header {
  littleEndian: boolean;
  /** BigTIFF: 64-bit offsets. */
  big: boolean;
  firstIfd: number;
}

/** One field of a directory. `offset` is the file position of its values, also where they lie in the entry itself. */
export interface Entry {
  type: number;
  count: number;
  offset: number;
}

/** An image file directory: tag number to field. */
export type Ifd = ReadonlyMap<number, Entry>;

/** Reads the file header. @throws `invalid-data` when the file is not a TIFF. */
export async function readHeader(source: ByteSource): Promise<Header> {
  if (source.size < 8) throw tiffError(source.path, `is not a TIFF file: it has ${source.size} bytes`);
  const bytes = await source.read(0, Math.min(16, source.size), 'the header');
  const order = String.fromCharCode(bytes[0], bytes[1]);
  const littleEndian = order === 'II';
  const view = viewOf(bytes);
  const magic = view.getUint16(2, littleEndian);
  if ((order !== 'II' && order !== 'MM') || (magic !== 42 && magic !== 43)) {
    throw tiffError(source.path, 'is not a TIFF file: it must begin with II or MM and 42 or 43');
  }
  if (magic === 42) return { littleEndian, big: false, firstIfd: view.getUint32(4, littleEndian) };
  if (bytes.length < 16) throw tiffError(source.path, 'the header is cut off: the file is truncated');
  if (view.getUint16(4, littleEndian) !== 8)
    throw tiffError(source.path, 'a BigTIFF must have 8-byte offsets');
  return { littleEndian, big: true, firstIfd: Number(view.getBigUint64(8, littleEndian)) };
}

/** Reads the directories of the main chain one by one. @throws `invalid-data` on a cycle, an empty chain, damage */
export async function* walkIfds(source: ByteSource, header: Header): AsyncGenerator<Ifd> {
  const seen = new Set<number>();
  for (let offset = header.firstIfd; offset !== 0; ) {
    const page = seen.size;
    if (seen.has(offset))
      throw tiffError(source.path, `page ${page} points back to an earlier page: a cycle`);
    if (page === MAX_PAGES) throw tiffError(source.path, `has more than ${MAX_PAGES} pages`, 'unsupported');
    seen.add(offset);
    const { ifd, next } = await readIfd(source, header, offset, page);
    yield ifd;
    offset = next;
  }
  if (seen.size === 0) throw tiffError(source.path, 'has no page');
}

async function readIfd(
  source: ByteSource,
  { littleEndian, big }: Header,
  offset: number,
  page: number,
): Promise<{ ifd: Ifd; next: number }> {
  const countBytes = big ? 8 : 2;
  const entryBytes = big ? 20 : 12;
  const pointerBytes = big ? 8 : 4;
  const what = `the directory of page ${page}`;
  const head = viewOf(await source.read(offset, countBytes, what));
  const count = big ? Number(head.getBigUint64(0, littleEndian)) : head.getUint16(0, littleEndian);
  if (count === 0 || count > MAX_ENTRIES) {
    throw tiffError(source.path, `${what} must have 1 to ${MAX_ENTRIES} entries, found ${count}`);
  }
  const start = offset + countBytes;
  const view = viewOf(await source.read(start, count * entryBytes + pointerBytes, what));
  const pointer = (at: number) =>
    big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
  const ifd = new Map<number, Entry>();
  for (let i = 0; i < count; i++) {
    const at = i * entryBytes;
    const tag = view.getUint16(at, littleEndian);
    const type = view.getUint16(at + 2, littleEndian);
    const values = pointer(at + 4);
    const field = at + 4 + pointerBytes;
    const inline = values * (TYPE_BYTES[type] ?? 0) <= pointerBytes;
    if (!ifd.has(tag)) ifd.set(tag, { type, count: values, offset: inline ? start + field : pointer(field) });
  }
  return { ifd, next: pointer(count * entryBytes) };
}

/** The numbers of a field; rationals are divided out. @throws `invalid-data` when the field is no list of numbers. */
export async function readNumbers(
  source: ByteSource,
  { littleEndian }: Header,
  entry: Entry,
  what: string,
): Promise<Float64Array> {
  const { type, count, offset } = entry;
  const bytes = TYPE_BYTES[type] ?? 0;
  const read = READERS[type];
  if (read === undefined || bytes === 0)
    throw tiffError(source.path, `${what} must be numbers, found type ${type}`);
  const view = viewOf(await source.read(offset, count * bytes, what));
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = read(view, i * bytes, littleEndian);
  return numbers;
}

const READERS: Record<number, (view: DataView, at: number, littleEndian: boolean) => number> = {
  1: (view, at) => view.getUint8(at),
  3: (view, at, little) => view.getUint16(at, little),
  4: (view, at, little) => view.getUint32(at, little),
  5: (view, at, little) => view.getUint32(at, little) / view.getUint32(at + 4, little),
  13: (view, at, little) => view.getUint32(at, little),
  16: (view, at, little) => Number(view.getBigUint64(at, little)),
  18: (view, at, little) => Number(view.getBigUint64(at, little)),
};

/** The text of a field: UTF-8, else Latin-1 (as ImageJ writes), up to the first NUL. */
export async function readText(source: ByteSource, entry: Entry, what: string): Promise<string> {
  if (entry.type !== 2 && entry.type !== 1 && entry.type !== 7) {
    throw tiffError(source.path, `${what} must be text, found type ${entry.type}`);
  }
  if (entry.count > MAX_TEXT)
    throw tiffError(source.path, `${what} has ${entry.count} bytes, at most ${MAX_TEXT}`);
  const bytes = await source.read(entry.offset, entry.count, what);
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    return Buffer.from(text).toString('latin1');
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
