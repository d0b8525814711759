import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { MorulaError } from '../../errors/index.ts';
import { clip, keyParts } from './keys.ts';
import type { ByteRange, ZarrStore } from './types.ts';

const DEFAULT_MAX_BYTES = 2 * 1024 ** 3;
const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/**
 * A folder as a store. Only regular files inside it are read: a link that leads out, a pipe or a device is refused.
 *
 * @throws `not-found` when the folder is not there or is no folder
 */
export async function openFileStore(folder: string): Promise<ZarrStore> {
  const root = await realpath(folder).catch((error: unknown) => {
    throw readError(folder, error);
  });
  if (!(await stat(root)).isDirectory()) {
    throw new MorulaError('not-found', `zarr: ${folder} must be a folder, found a file`);
  }
  return {
    location: folder,
    async get(key, range, maxBytes = DEFAULT_MAX_BYTES) {
      const parts = keyParts(key);
      if (!parts) throw outside(folder, key);
      const path = join(root, ...parts);
      try {
        const real = await realpath(path);
        if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))
          throw outside(folder, key);
        return await readRegular(real, range, maxBytes);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw readError(path, error);
      }
    },
  };
}

async function readRegular(
  path: string,
  range: ByteRange | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await file.stat();
    if (!status.isFile()) {
      throw new MorulaError('invalid-data', `zarr: ${path} must be a regular file, found another kind`);
    }
    const [from, to] = clip(range, status.size);
    if (to - from > maxBytes) {
      throw new MorulaError(
        'invalid-data',
        `zarr: ${path} must have at most ${maxBytes} bytes, found ${to - from}`,
      );
    }
    return await readFully(file, from, to - from);
  } finally {
    await file.close();
  }
}

async function readFully(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isMissing(error: unknown): boolean {
  return MISSING.has(codeOf(error));
}

function outside(folder: string, key: string): MorulaError {
  return new MorulaError('invalid-metadata', `zarr: key ${JSON.stringify(key)} must stay inside ${folder}`);
}

function readError(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof MorulaError || code === '') return error;
  if (code === 'EIO' || code === 'EMFILE' || code === 'ENFILE') {
    return new MorulaError('storage', `zarr: ${path} cannot be read: ${code}`, { cause: error });
  }
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission is denied' : code;
  const found = MISSING.has(code) ? 'must be there, found nothing' : `must be readable, ${why}`;
  return new MorulaError('not-found', `zarr: ${path} ${found}`, { cause: error });
}
