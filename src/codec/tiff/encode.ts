import { deflateSync } from 'node:zlib';
import { bytesOf, type Dtype, dtypeOf, type NdArray, sizeOf } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { TAG } from './ifd.ts';
import { encodeLzw } from './lzw.ts';
import type { EncodeOptions } from './types.ts';

/** Decoded bytes of a compressed strip, about. */
const STRIP_BYTES = 256 * 1024;
const MAX_FILE = 2 ** 32 - 1;
const COMPRESSION = { none: 1, lzw: 5, deflate: 8 } as const;
const SHORT = 3;
const LONG = 4;
const ASCII = 2;
const RATIONAL = 5;

/** A directory entry with its values as bytes. */
interface Field {
  tag: number;
  type: number;
  count: number;
  bytes: Uint8Array;
}

/** A page ready to be placed. */
interface Strips {
  data: Uint8Array[];
  rows: number;
}

/**
 * Encodes pages `[y, x]` as a little-endian TIFF of one or more pages, grey, without predictor.
 *
 * All directories come first and the pixels follow page by page without gaps: an uncompressed file is laid out as
 * ImageJ expects of its own stacks, so that `description` may be ImageJ's.
 *
 * @throws `shape-mismatch` when there is no page, or one that is not `[y, x]` with at least 1 x 1 pixels;
 *   `unsupported` when the file would exceed 4 GiB
 */
export function encodeTiff(pages: readonly NdArray[], options: EncodeOptions = {}): Uint8Array {
  if (pages.length === 0) throw new MorulaError('shape-mismatch', 'tiff: a file must have a page, got none');
  const strips = pages.map((page, i) => encodeStrips(page, i, options));
  const fields = pages.map((page, i) => describePage(page, i, strips[i], options));
  const ifdBytes = fields.map(sizeOfIfd);
  const dataStart = ifdBytes.reduce((sum, bytes) => sum + bytes, 8);
  const total = strips.reduce(
    (sum, { data }) => sum + data.reduce((s, strip) => s + strip.length, 0),
    dataStart,
  );
  if (total > MAX_FILE) {
    throw new MorulaError(
      'unsupported',
      `tiff: a file must be smaller than 4 GiB, got ${total} bytes; write fewer pages`,
    );
  }

  const out = new Uint8Array(total);
  out.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  let ifdAt = 8;
  let dataAt = dataStart;
  for (let i = 0; i < pages.length; i++) {
    const offsets: number[] = [];
    for (const strip of strips[i].data) {
      offsets.push(dataAt);
      out.set(strip, dataAt);
      dataAt += strip.length;
    }
    const next = i + 1 < pages.length ? ifdAt + ifdBytes[i] : 0;
    const located = fields[i].map((field) =>
      field.tag === TAG.stripOffsets ? { ...field, bytes: integers(LONG, offsets) } : field,
    );
    writeIfd(out, ifdAt, located, next);
    ifdAt += ifdBytes[i];
  }
  return out;
}

function encodeStrips({ data, shape }: NdArray, index: number, options: EncodeOptions): Strips {
  const [height, width] = shape;
  if (shape.length !== 2 || !(height >= 1 && width >= 1) || data.length !== sizeOf(shape)) {
    throw new MorulaError(
      'shape-mismatch',
      `tiff: page ${index} must be [y, x] with a pixel, got [${shape}] with ${data.length} values`,
    );
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const compression = options.compression ?? 'none';
  if (compression === 'none') return { data: [bytes], rows: height };
  const rowBytes = width * data.BYTES_PER_ELEMENT;
  const rows = Math.min(height, Math.max(1, Math.floor(STRIP_BYTES / rowBytes)));
  const strips: Uint8Array[] = [];
  for (let y = 0; y < height; y += rows) {
    const strip = bytes.subarray(y * rowBytes, Math.min(height, y + rows) * rowBytes);
    strips.push(compression === 'lzw' ? encodeLzw(strip) : deflateSync(strip));
  }
  return { data: strips, rows };
}

function describePage(
  { data, shape }: NdArray,
  index: number,
  strips: Strips,
  options: EncodeOptions,
): Field[] {
  const dtype = dtypeOf(data);
  const fields = [
    field(TAG.width, LONG, [shape[1]]),
    field(TAG.height, LONG, [shape[0]]),
    field(TAG.bitsPerSample, SHORT, [bytesOf(dtype) * 8]),
    field(TAG.compression, SHORT, [COMPRESSION[options.compression ?? 'none']]),
    field(TAG.photometric, SHORT, [1]),
    field(
      TAG.stripOffsets,
      LONG,
      strips.data.map(() => 0),
    ),
    field(TAG.samplesPerPixel, SHORT, [1]),
    field(TAG.rowsPerStrip, LONG, [strips.rows]),
    field(
      TAG.stripByteCounts,
      LONG,
      strips.data.map((strip) => strip.length),
    ),
    field(TAG.sampleFormat, SHORT, [sampleFormat(dtype)]),
  ];
  if (index === 0 && options.description !== undefined) {
    const bytes = Buffer.from(`${options.description}\0`, 'utf8');
    fields.push({ tag: TAG.description, type: ASCII, count: bytes.length, bytes });
  }
  if (options.resolution !== undefined) {
    const [y, x] = options.resolution;
    fields.push(rational(TAG.xResolution, 1e4 / x), rational(TAG.yResolution, 1e4 / y));
    fields.push(field(TAG.resolutionUnit, SHORT, [3]));
  }
  return fields.sort((a, b) => a.tag - b.tag);
}

function sampleFormat(dtype: Dtype): number {
  return dtype.startsWith('float') ? 3 : dtype.startsWith('int') ? 2 : 1;
}

function field(tag: number, type: number, values: number[]): Field {
  return { tag, type, count: values.length, bytes: integers(type, values) };
}

/** A positive number as a fraction with nine digits or more. */
function rational(tag: number, value: number): Field {
  const denominator = 10 ** Math.max(0, Math.min(9, 9 - Math.ceil(Math.log10(value))));
  return {
    tag,
    type: RATIONAL,
    count: 1,
    bytes: integers(LONG, [Math.round(value * denominator), denominator]),
  };
}

function integers(type: number, values: number[]): Uint8Array {
  const size = type === SHORT ? 2 : 4;
  const view = new DataView(new ArrayBuffer(values.length * size));
  for (let i = 0; i < values.length; i++) {
    if (type === SHORT) view.setUint16(i * 2, values[i], true);
    else view.setUint32(i * 4, values[i], true);
  }
  return new Uint8Array(view.buffer);
}

/** Bytes of a directory and of the values that do not fit into it, each on an even position. */
function sizeOfIfd(fields: Field[]): number {
  return fields.reduce(
    (sum, { bytes }) => sum + (bytes.length > 4 ? bytes.length + (bytes.length & 1) : 0),
    ifdHead(fields),
  );
}

function ifdHead(fields: Field[]): number {
  return 2 + 12 * fields.length + 4;
}

function writeIfd(out: Uint8Array, at: number, fields: Field[], next: number): void {
  const view = new DataView(out.buffer, out.byteOffset);
  view.setUint16(at, fields.length, true);
  let extra = at + ifdHead(fields);
  fields.forEach(({ tag, type, count, bytes }, i) => {
    const entry = at + 2 + 12 * i;
    view.setUint16(entry, tag, true);
    view.setUint16(entry + 2, type, true);
    view.setUint32(entry + 4, count, true);
    if (bytes.length <= 4) {
      out.set(bytes, entry + 8);
      return;
    }
    view.setUint32(entry + 8, extra, true);
    out.set(bytes, extra);
    extra += bytes.length + (bytes.length & 1);
  });
  view.setUint32(at + ifdHead(fields) - 4, next, true);
}
