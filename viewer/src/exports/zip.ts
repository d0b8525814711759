import { crc32 } from './crc32.ts';

/** A file of an archive. */
export interface Entry {
  name: string;
  bytes: Uint8Array;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Bit of the general purpose flags that says that names are UTF-8, and a date that is allowed: 1 January 1980. */
const UTF8 = 0x800;
const DATE = 0x21;
/** An archive without the 64-bit extension holds no more. */
const MOST = 0xffff;

/** Fields that both headers of a file have: flags, no compression, time, date, CRC, sizes, length of the name. */
function fields(view: DataView, at: number, { bytes }: Entry, crc: number, nameLength: number): void {
  view.setUint16(at, UTF8, true);
  view.setUint16(at + 2, 0, true);
  view.setUint16(at + 4, 0, true);
  view.setUint16(at + 6, DATE, true);
  view.setUint32(at + 8, crc, true);
  view.setUint32(at + 12, bytes.length, true);
  view.setUint32(at + 16, bytes.length, true);
  view.setUint16(at + 20, nameLength, true);
}

/**
 * A ZIP archive of files that are compressed already; up to 65,535 files and 4 GiB.
 *
 * Source: PKWARE APPNOTE 6.3, 4.3.7, 4.3.12 and 4.3.16.
 */
export function zipStore(entries: readonly Entry[]): Blob {
  if (entries.length > MOST) throw new Error(`an archive holds ${MOST} files, got ${entries.length}`);
  const encoder = new TextEncoder();
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let [offset, size] = [0, 0];
  for (const entry of entries) {
    const name = encoder.encode(entry.name);
    const crc = crc32(entry.bytes);
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, LOCAL, true);
    local.setUint16(4, 20, true);
    fields(local, 6, entry, crc, name.length);
    const central = new DataView(new ArrayBuffer(46));
    central.setUint32(0, CENTRAL, true);
    central.setUint16(4, 20, true);
    central.setUint16(6, 20, true);
    fields(central, 8, entry, crc, name.length);
    central.setUint32(42, offset, true);
    parts.push(local.buffer, name, entry.bytes as Uint8Array<ArrayBuffer>);
    directory.push(central.buffer, name);
    offset += 30 + name.length + entry.bytes.length;
    size += 46 + name.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, END, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...directory, end.buffer], { type: 'application/zip' });
}
