import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { asStorageError } from '../errors/index.ts';
import { inLanes } from './inLanes.ts';

/** Hex SHA-256 of bytes or text. */
export function sha256Hex(...parts: (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Bytes that are read at once. */
const PIECE = 1 << 18;

/** Size and checksum of a file as it lies there, a piece at a time. */
export async function readChecksum(path: string): Promise<Written> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(PIECE);
  let bytes = 0;
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE, bytes);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
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
  return saying(path, totalBytes(parts), async () => {
    const folder = dirname(path);
    await makeFolder(folder);
    const written = await putFile(path, parts);
    await syncFolder(folder);
    return written;
  });
}

/**
 * Writes many files, each so that a reader sees the old content or the new one; one fsync of a folder stands for all
 * files and new folders in it, so that none of them is durable before the end.
 *
 * @returns what was written, in the order given
 * @throws as `writeFileAtomic`; some of the files may be there then
 */
export async function writeFilesAtomic(
  files: readonly { path: string; bytes: Uint8Array }[],
): Promise<Written[]> {
  const targets = [...new Set(files.map(({ path }) => dirname(path)))];
  const changed = new Set(targets);
  const made = new Set<string>();
  // What was there before another writer may have made just now, and counts on: that is made durable at once.
  const onNew: OnNew = async (folder) => {
    const holder = dirname(folder);
    made.add(folder);
    if (made.has(holder)) changed.add(holder);
    else await syncFolder(holder);
  };
  await inLanes(targets.length, (i) => saying(targets[i], undefined, () => makeFolder(targets[i], onNew)));
  const written = await inLanes(files.length, (i) => {
    const { path, bytes } = files[i];
    return saying(path, bytes.length, () => putFile(path, [bytes]));
  });
  const folders = [...changed];
  await inLanes(folders.length, (i) => saying(folders[i], undefined, () => syncFolder(folders[i])));
  return written;
}

/** Says of a failed write where and how much. */
async function saying<T>(path: string, bytes: number | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw asStorageError('write', path, error, bytes);
  }
}

/** Temporary file in the target folder, every byte, fsync, rename. What is left of it after a failure is removed. */
async function putFile(path: string, parts: readonly (Uint8Array | string)[]): Promise<Written> {
  const name = `.${basename(path)}.${hostname()}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(dirname(path), name);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
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
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
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
 *
 * @param onNew what is done about a new one; default: that
 */
export async function makeFolder(folder: string, onNew: OnNew = syncHolder): Promise<void> {
  if (await tryFolder(folder, onNew)) return;
  await makeFolder(dirname(folder), onNew);
  await mkdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await onNew(folder);
}

/** Is told of each folder that was made. */
type OnNew = (folder: string) => Promise<void>;

const syncHolder: OnNew = (folder) => syncFolder(dirname(folder));

/** False where the folder above is missing. */
async function tryFolder(folder: string, onNew: OnNew): Promise<boolean> {
  try {
    await mkdir(folder);
  } catch (error) {
    // A file of that name shows when something is put into it.
    if (codeOf(error) === 'EEXIST') return true;
    if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) return false;
    throw error;
  }
  await onNew(folder);
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
