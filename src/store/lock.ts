import { rmSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { layout } from './layout.ts';

/** Who holds a result: written into run.lock. */
interface Holder {
  pid: number;
  host: string;
  /** When the process started (clock ticks since boot), null where the system does not say: tells a re-used pid. */
  start: string | null;
}

/** Locks of this process: in a container a dead run may have had the very same pid. */
const held = new Set<string>();

// A process that leaves at once (a second Ctrl-C) takes its locks along.
process.on('exit', () => {
  for (const path of held) rmSync(path, { force: true });
});

/** Milliseconds between looks at a lock that is being written or waited for. */
const LOOK_EVERY = 100;

/**
 * Takes the result for this process and returns the release. It is a courtesy, not what keeps data whole: every
 * commit is atomic, so a lock that a dead process of this machine left behind is simply taken over.
 *
 * @param patience seconds to wait for a living holder
 * @throws `busy` (exit 75) when a living process, or a process on another machine, holds it
 */
export function takeLock(folder: string, patience = 0): Promise<() => Promise<void>> {
  return takeFile(folder, layout.lock(folder), patience);
}

/**
 * Takes a result's edits for this process, likewise: one writer of the log at a time, whoever else runs.
 *
 * @throws `busy` (exit 75) when another process edits
 */
export function takeEditsLock(folder: string): Promise<() => Promise<void>> {
  return takeFile(`edits of ${folder}`, layout.editsLock(folder), 0);
}

async function takeFile(what: string, path: string, patience: number): Promise<() => Promise<void>> {
  const until = Date.now() + patience * 1000;
  for (;;) {
    if (await createLock(path)) {
      held.add(path);
      return async () => {
        held.delete(path);
        await rm(path, { force: true });
      };
    }
    const holder = await readHolder(path);
    if (holder === null || !(await isAlive(holder, path))) {
      await rm(path, { force: true });
    } else if (Date.now() >= until) {
      throw new MorulaError(
        'busy',
        `store: ${what} is in use by process ${holder.pid} on ${holder.host}; wait for it, or remove ${path} if that run is gone`,
      );
    } else {
      await pause(LOOK_EVERY);
    }
  }
}

/** True when the lock file is ours now, false when another one stands. */
async function createLock(path: string): Promise<boolean> {
  const holder: Holder = { pid: process.pid, host: hostname(), start: await startOf(process.pid) };
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(JSON.stringify(holder));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw asStorageError('store', path, error);
  }
}

/** Who holds the lock; null when it names nobody, which a run that is just writing it soon mends. */
async function readHolder(path: string): Promise<Holder | null> {
  for (let look = 0; look < 5; look++) {
    try {
      const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder> | null;
      if (typeof holder?.pid === 'number' && typeof holder.host === 'string') {
        return { pid: holder.pid, host: holder.host, start: holder.start ?? null };
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    }
    await pause(LOOK_EVERY);
  }
  return null;
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  if (holder.pid === process.pid) return held.has(path);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const start = await startOf(holder.pid);
  return start === null || holder.start === null || start === holder.start;
}

/** Field 22 of /proc/<pid>/stat (proc(5)); the name before it may hold spaces and brackets. Null without /proc. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text === null ? null : (text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}
