import { zipSync } from 'fflate';

/** A file of an archive. */
export interface Entry {
  name: string;
  bytes: Uint8Array;
}

/** An archive without the 64-bit extension holds no more. */
const MOST = 0xffff;
/** The earliest date that an archive can state: equal files give equal archives. */
const DATE = '1980-01-01T12:00:00';

/** A ZIP archive of files that are compressed already; up to 65,535 files of different names, and 4 GiB. */
export function zipStore(entries: readonly Entry[]): Blob {
  if (entries.length > MOST) throw new Error(`an archive holds ${MOST} files, got ${entries.length}`);
  const files = Object.fromEntries(entries.map(({ name, bytes }) => [name, bytes]));
  const archive = zipSync(files, { level: 0, mtime: DATE });
  return new Blob([archive as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
}
