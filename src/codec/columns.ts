import { bytesOf, type Dtype, dtypeOf, isDtype, type TypedArray, viewAs } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';

/**
 * A table as one block of bytes: `MCOL`, header length (uint32 little-endian), header (JSON), then each column's
 * elements, little-endian, each starting at a multiple of 8. Used on disk (a frame's detections, the links) and on
 * the wire to the viewer. Pure: runs in Node and in the browser.
 */
export interface ColumnTable {
  meta: Record<string, unknown>;
  columns: Record<string, TypedArray>;
}

interface Header {
  meta: Record<string, unknown>;
  columns: { name: string; dtype: Dtype; length: number }[];
}

const MAGIC = 0x4c4f434d; // 'MCOL' read as little-endian uint32
const pad8 = (n: number): number => (n + 7) & ~7;

/** Bytes of a table. */
export function encodeColumns(table: ColumnTable): Uint8Array {
  const header: Header = {
    meta: table.meta,
    columns: Object.entries(table.columns).map(([name, data]) => ({
      name,
      dtype: dtypeOf(data),
      length: data.length,
    })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  let size = pad8(8 + text.length);
  for (const data of Object.values(table.columns)) size = pad8(size + data.byteLength);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, text.length, true);
  bytes.set(text, 8);
  let at = pad8(8 + text.length);
  for (const data of Object.values(table.columns)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at = pad8(at + data.byteLength);
  }
  return bytes;
}

/**
 * The table in `bytes`; columns are views of a copy, so that they outlive a pooled buffer.
 *
 * @param given true: the caller does not use `bytes` again, and where they are all of their buffer nothing is copied
 * @throws `invalid-data` naming `place` when the bytes are not such a table or end early
 */
export function decodeColumns(bytes: Uint8Array, place: string, given = false): ColumnTable {
  const whole = bytes.byteLength === bytes.buffer.byteLength;
  const buffer = given && whole ? (bytes.buffer as ArrayBuffer) : new Uint8Array(bytes).buffer;
  const view = new DataView(buffer);
  const bad = (why: string): MorulaError =>
    new MorulaError('invalid-data', `${place}: not a whole table, ${why}`);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== MAGIC) throw bad('the first bytes are not MCOL');
  const length = view.getUint32(4, true);
  if (8 + length > buffer.byteLength) throw bad('the header ends early');
  let header: Partial<Header> | null;
  try {
    header = JSON.parse(
      new TextDecoder().decode(new Uint8Array(buffer, 8, length)),
    ) as Partial<Header> | null;
  } catch {
    throw bad('the header is not JSON');
  }
  if (!Array.isArray(header?.columns)) throw bad('the header names no columns');
  // Without a prototype any name is a name, `__proto__` too.
  const columns = Object.create(null) as Record<string, TypedArray>;
  let at = pad8(8 + length);
  for (const { name, dtype, length: count } of header.columns) {
    if (!isDtype(dtype)) throw bad(`column ${name} has the unknown element type ${String(dtype)}`);
    if (!Number.isInteger(count) || count < 0) throw bad(`column ${name} has the length ${String(count)}`);
    const end = at + count * bytesOf(dtype);
    if (end > buffer.byteLength) throw bad(`column ${name} ends early`);
    columns[name] = viewAs(dtype, buffer, at, count);
    at = pad8(end);
  }
  return { meta: header.meta ?? {}, columns };
}
