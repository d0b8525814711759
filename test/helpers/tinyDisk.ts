import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real disk of a few kilobytes. */
export interface TinyDisk {
  folder: string;
  resize(kilobytes: number): void;
  /** Nothing can be written on it any more. */
  freeze(): void;
  remove(): void;
}

/** Mounts a disk of its own in memory, or gives null where that is not allowed (not root, not Linux). */
export function mountTinyDisk(kilobytes: number): TinyDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'morula-disk-'));
  const mount = (options: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'morula-test', folder], { stdio: 'ignore' });
  };
  try {
    mount(`size=${kilobytes}k`);
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  return {
    folder,
    resize: (size) => mount(`remount,size=${size}k`),
    freeze: () => mount('remount,ro'),
    remove: () => {
      execFileSync('umount', [folder], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
