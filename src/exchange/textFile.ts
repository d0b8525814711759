import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../codec/files.ts';
import { asStorageError } from '../errors/index.ts';

/** Characters gathered before they go to the file system. */
const BLOCK = 1 << 20;

/**
 * Writes text as it comes, so that a reader sees the old file or the whole new one: into a file beside it that is
 * renamed at the end. Memory does not grow with the file.
 *
 * @param encoding latin1 writes every character below 256 as one byte, for text that was read so
 * @throws `storage` when the disk is full or fails, or what `parts` throws; `path` is then untouched
 */
export async function writeTextAtomic(
  path: string,
  parts: Iterable<string> | AsyncIterable<string>,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<void> {
  const temporary = join(
    dirname(path),
    `.${basename(path)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    await makeFolder(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      let block: string[] = [];
      let length = 0;
      for await (const part of parts) {
        block.push(part);
        length += part.length;
        if (length < BLOCK) continue;
        await file.appendFile(block.join(''), { encoding });
        block = [];
        length = 0;
      }
      await file.appendFile(block.join(''), { encoding });
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asStorageError('write', path, error);
  }
}
