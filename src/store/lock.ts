import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { layout } from './layout.ts';

/**
 * Takes the result for this process and returns the release. It is a courtesy, not what keeps data whole: every
 * commit is atomic, so a lock that a dead process of this machine left behind is simply taken over.
 *
 * @throws `busy` (exit 75) when a living process, or a process on another machine, holds it
 */
export async function takeLock(folder: string): Promise<() => Promise<void>> {
  const path = layout.lock(folder);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
        throw asStorageError('store', path, error);
      }
      const holder = await readHolder(path);
      if (holder !== null && isAlive(holder)) {
        throw new MorulaError(
          'busy',
          `store: ${folder} is in use by process ${holder.pid} on ${holder.host}; wait for it, or remove ${path} if that run is gone`,
        );
      }
      await rm(path, { force: true });
    }
  }
  throw new MorulaError('busy', `store: ${folder} is being taken by another run; try again`);
}

interface Holder {
  pid: number;
  host: string;
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  if (holder.pid === process.pid) return true;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
