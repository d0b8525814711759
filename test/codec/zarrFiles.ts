import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Runs `body` with a folder that is gone afterwards. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-zarr-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a file, and the folders above it. */
export function put(folder: string, key: string, content: Uint8Array | string | object): void {
  const path = join(folder, key);
  mkdirSync(dirname(path), { recursive: true });
  const plain = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(path, plain ? content : JSON.stringify(content));
}

const DOCUMENTS = new Set(['zarr.json', '.zarray', '.zattrs', '.zgroup']);

/** Keys and bytes of all chunks below a folder. */
export function chunkFiles(folder: string): [key: string, bytes: Uint8Array][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !DOCUMENTS.has(path.split('/').pop() ?? ''))
    .map((path) => [relative(folder, path), new Uint8Array(readFileSync(path))]);
}
