import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let found: { root: string; version: string } | null = null;

function find(): { root: string; version: string } {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version: string };
      if (name === 'morula') return { root: folder, version };
    }
    if (dirname(folder) === folder) throw new Error('morula: its own package.json was not found');
  }
}

/** Folder of morula's package.json, the same from source and from build output. */
export function packageRoot(): string {
  found ??= find();
  return found.root;
}

/** morula's own version. */
export function morulaVersion(): string {
  found ??= find();
  return found.version;
}
