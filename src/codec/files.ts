import { createHash, randomBytes } from 'node:crypto';
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
    await mkdir(folder, { recursive: true });
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

/** Makes a rename durable. Windows opens no folder, and has no need to. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
