import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { MorulaError } from '../../errors/index.ts';
import { refuseLfsPointer } from '../lfsPointer.ts';

/** The files of a folder or a zip archive, by their paths inside it (with `/`). */
export interface Files {
  /** Path that messages show. */
  path: string;
  /** Name without `.zip`. */
  name: string;
  /** Top-level names of a folder, every name of an archive; sorted. */
  names: string[];
  /** When a file was last changed, milliseconds; 0 when not known. */
  changed(name: string): Promise<number>;
  /** @throws `invalid-data` when it is not there, cannot be read, or is a git-LFS pointer */
  read(name: string): Promise<Uint8Array>;
}

const MAX_BYTES = 2 ** 31;
/** Most bytes of a file in an archive, which is unpacked in memory, and most that deflate makes of one byte (RFC 1951). */
const MAX_ENTRY = 2 ** 29;
const MAX_RATIO = 1032;

/** Lists a folder. Reading stays inside it. */
export async function openFolder(path: string): Promise<Files> {
  const entries = await readdir(path, { withFileTypes: true });
  const inside = (name: string): string => {
    const full = resolve(path, name);
    const within = relative(path, full);
    if (within.startsWith('..') || isAbsolute(within)) throw absent(path, name);
    return full;
  };
  return {
    path,
    name: basename(path),
    names: entries.map((entry) => entry.name).sort(),
    changed: async (name) => (await stat(inside(name))).mtimeMs,
    async read(name) {
      const full = inside(name);
      const info = await stat(full).catch(() => null);
      if (!info?.isFile()) throw absent(path, name);
      if (info.size > MAX_BYTES) throw tooLarge(full, info.size);
      const bytes = new Uint8Array(await readFile(full));
      refuseLfsPointer(bytes, full);
      return bytes;
    },
  };
}

/** Opens a zip archive on disk. */
export async function openZip(path: string): Promise<Files> {
  return listZip(await (await openFolder(dirname(path))).read(basename(path)), path);
}

/** Lists a zip archive; when everything lies in one folder, names are taken from there. */
export function listZip(archive: Uint8Array, path: string): Files {
  const listed: string[] = [];
  extract(path, archive, ({ name }) => {
    if (!name.endsWith('/') && !name.startsWith('__MACOSX/')) listed.push(name);
    return false;
  });
  const top = commonFolder(listed);
  return {
    path,
    name: basename(path).replace(/\.zip$/i, ''),
    names: listed.map((name) => name.slice(top.length)).sort(),
    changed: () => Promise.resolve(0),
    async read(name) {
      const wanted = top + join(name);
      const found = extract(path, archive, (file) => {
        if (file.name !== wanted) return false;
        const { size, originalSize } = file;
        if (originalSize > MAX_ENTRY || originalSize > MAX_RATIO * (size + 1)) {
          throw tooLargeInside(`${path}: ${name}`, originalSize, size);
        }
        return true;
      });
      if (!(wanted in found)) throw absent(path, name);
      refuseLfsPointer(found[wanted]!, `${path}: ${name}`);
      return found[wanted]!;
    },
  };
}

function extract(
  path: string,
  archive: Uint8Array,
  filter: (file: { name: string; size: number; originalSize: number }) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, { filter });
  } catch (cause) {
    if (cause instanceof MorulaError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MorulaError(
      'invalid-data',
      `model: ${path} must be a whole zip archive, but ${why}; fetch it again`,
      {
        cause,
      },
    );
  }
}

/** `folder/` when every name starts with it, else an empty text. */
function commonFolder(names: readonly string[]): string {
  const first = names[0]?.split('/') ?? [];
  const top = first.length > 1 ? `${first[0]}/` : '';
  return top !== '' && names.every((name) => name.startsWith(top)) ? top : '';
}

function absent(path: string, name: string): MorulaError {
  return new MorulaError(
    'invalid-data',
    `model: ${path} must hold ${name}, found no such file; take the whole model`,
  );
}

function tooLarge(path: string, bytes: number): MorulaError {
  return new MorulaError('invalid-data', `model: ${path} must be smaller than 2 GiB, got ${bytes} bytes`);
}

function tooLargeInside(what: string, bytes: number, packed: number): MorulaError {
  return new MorulaError(
    'invalid-data',
    `model: ${what} must be smaller than 512 MiB and no more than 1032 times as large as packed, got ${bytes} bytes of ${packed}; unpack the archive and give the folder`,
  );
}
