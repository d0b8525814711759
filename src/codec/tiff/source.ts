import { type FileHandle, open } from 'node:fs/promises';
import { type ErrorTag, MorulaError } from '../../errors/index.ts';

/** Small reads are served from one block of this many bytes: directories lie close together. */
const BLOCK = 8192;

/** A file read by position. It owns a file handle. */
export interface ByteSource {
  path: string;
  /** Bytes. */
  size: number;
  /**
   * Bytes `[offset, offset + length)`, not to be written to.
   *
   * @param what the thing read, for the error
   * @throws `invalid-data` when they lie beyond the end of the file; nothing is allocated then
   */
  read(offset: number, length: number, what: string): Promise<Uint8Array>;
  /** Fills `out` with the bytes from `offset` on; as `read` otherwise. */
  readInto(out: Uint8Array, offset: number, what: string): Promise<void>;
  close(): Promise<void>;
}

/** An error about a TIFF file: `tiff: <path>: <text>`. */
export function tiffError(
  path: string,
  text: string,
  tag: ErrorTag = 'invalid-data',
  cause?: unknown,
): MorulaError {
  return new MorulaError(tag, `tiff: ${path}: ${text}`, { cause });
}

/** Opens a file for reading by position. @throws `not-found`, `invalid-data` (a folder), `storage`. */
export async function openSource(path: string): Promise<ByteSource> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw readError(path, error);
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw tiffError(path, 'must be a file, found something else');
    return createSource(path, file, stat.size);
  } catch (error) {
    await file.close();
    throw readError(path, error);
  }
}

function createSource(path: string, file: FileHandle, size: number): ByteSource {
  let block = new Uint8Array(0);
  let blockStart = 0;

  const fill = async (bytes: Uint8Array, offset: number, what: string): Promise<void> => {
    const { length } = bytes;
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file
        .read(bytes, done, length - done, offset + done)
        .catch((error: unknown) => {
          throw readError(path, error);
        });
      if (bytesRead === 0) throw beyond(path, size, offset, length, what);
      done += bytesRead;
    }
  };

  const fetch = async (offset: number, length: number, what: string): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(length);
    await fill(bytes, offset, what);
    return bytes;
  };

  const check = (offset: number, length: number, what: string): void => {
    if (!(offset >= 0 && length >= 0 && offset + length <= size))
      throw beyond(path, size, offset, length, what);
  };

  return {
    path,
    size,
    async read(offset, length, what) {
      check(offset, length, what);
      if (length > BLOCK / 2) return fetch(offset, length, what);
      if (offset < blockStart || offset + length > blockStart + block.length) {
        const fresh = await fetch(offset, Math.min(BLOCK, size - offset), what);
        block = fresh;
        blockStart = offset;
        return fresh.subarray(0, length);
      }
      return block.subarray(offset - blockStart, offset - blockStart + length);
    },
    async readInto(out, offset, what) {
      check(offset, out.length, what);
      await fill(out, offset, what);
    },
    close: () => file.close(),
  };
}

function beyond(path: string, size: number, offset: number, length: number, what: string): MorulaError {
  const end = Number.isSafeInteger(offset + length) ? `byte ${offset + length}` : 'an impossible position';
  return tiffError(path, `${what} ends at ${end} of ${size}: the file is truncated or damaged`);
}

function readError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return tiffError(path, 'there is no such file', 'not-found', error);
  if (code === 'EISDIR') return tiffError(path, 'must be a file, found a folder', 'invalid-data', error);
  return /^E[A-Z]+$/.test(code) ? tiffError(path, `cannot be read: ${code}`, 'storage', error) : error;
}
