import { readdir, readFile, stat } from 'node:fs/promises';
import { MorulaError } from '../errors/index.ts';

/** The `not-found` or `invalid-data` error for a failed read of `path`, or the error itself if it is another. */
export function asReadError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MorulaError('not-found', `import: ${path} must exist, there is no such file`);
  }
  if (code === 'EISDIR' || code === 'EACCES' || code === 'EPERM') {
    return new MorulaError('invalid-data', `import: ${path} must be a file that can be read, got ${code}`);
  }
  return error;
}

/** What is at `path`; null where there is nothing. */
export async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch {
    return null;
  }
}

/** Sorted names inside a folder; empty where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

/** Bytes of a file that is read whole at most: a table of tracks or a graph beside the masks or points. */
const MAX_WHOLE = 256 << 20;

/** A UTF-8 text file that is read whole. @throws `not-found`, `invalid-data` for one of more than 256 MB */
export async function readWhole(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_WHOLE) {
      const message = `must have ${MAX_WHOLE} bytes at most, found ${size}; is it the right file?`;
      throw new MorulaError('invalid-data', `import: ${path}: ${message}`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    throw asReadError(path, error);
  }
}
