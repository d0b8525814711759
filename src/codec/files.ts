import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { asStorageError } from '../errors/index.ts';

/** Hex SHA-256 of bytes or text. */
export function sha256Hex(...parts: (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Size and checksum of a file as it lies there, a piece at a time. */
export async function readChecksum(path: string): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** What was written, for done-markers. */
export interface Written {
  bytes: number;
  sha256: string;
}

/**
 * Writes a whole file so that a reader sees the old content or the new one, never a part: temporary file in the
 * target folder, every byte, fsync, rename, fsync of the folder. The folder is created when absent.
 *
 * @throws `storage` (exit 74) when the disk is full or fails, `usage` when `path` can hold no file; the target is then
 * untouched
 */
export async function writeFileAtomic(path: string, ...parts: (Uint8Array | string)[]): Promise<Written> {
  const folder = dirname(path);
  const temporary = join(
    folder,
    `.${basename(path)}.${hostname()}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`,
  );
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await makeFolder(folder);
    const file = await open(temporary, 'wx');
    try {
      for (const part of parts) {
        const chunk = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
        hash.update(chunk);
        await writeFully(file, chunk, bytes);
        bytes += chunk.byteLength;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asStorageError('write', path, error, totalBytes(parts));
  }
  return { bytes, sha256: hash.digest('hex') };
}

function totalBytes(parts: readonly (Uint8Array | string)[]): number {
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}

/** A full disk can shorten a write without an error: go on until every byte is out. */
export async function writeFully(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < chunk.byteLength) {
    const { bytesWritten } = await file.write(chunk, done, chunk.byteLength - done, position + done);
    if (bytesWritten === 0) throw Object.assign(new Error('no byte was written'), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}

/** Removes a file where there is one. @throws `storage` (exit 74) */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw asStorageError('remove', path, error);
  }
}

/**
 * Makes a folder and those above it, each new one durable in the one that holds it. (Node's recursive `mkdir` says that a
 * path is not there where the disk is full.)
 */
export async function makeFolder(folder: string): Promise<void> {
  if (await tryFolder(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await syncFolder(dirname(folder));
}

/** False where the folder above is missing. */
async function tryFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
  } catch (error) {
    // A file of that name shows when something is put into it.
    if (codeOf(error) === 'EEXIST') return true;
    if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) return false;
    throw error;
  }
  await syncFolder(dirname(folder));
  return true;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);

/** Makes renames and removals in a folder durable. Windows opens no folder, and has no need to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
