import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { asStorageError, MorulaError } from '../errors/index.ts';
import { layout } from './layout.ts';

/** Who holds a result: written into run.lock. */
interface Holder {
  pid: number;
  host: string;
  /** When the process started (clock ticks since boot), null where the system does not say: tells a re-used pid. */
  start: string | null;
  /** Tells locks of one process apart: in a container a dead run may have had the very same pid. */
  nonce?: string;
}

/** Locks of this process, and the nonces of those that it writes or holds. */
const held = new Set<string>();
const nonces = new Set<string>();

// A process that leaves at once (a second Ctrl-C) takes its locks along.
process.on('exit', () => {
  for (const path of held) rmSync(path, { force: true });
});

/** Milliseconds between looks at a lock that is being written or waited for. */
const LOOK_EVERY = 100;
/** Looks at a lock that names nobody before it counts as left behind: its writer may be slow. */
const LOOKS = 20;
/** Milliseconds where another machine holds it: each look writes a file. */
const LOOK_AFAR_EVERY = 5000;

/** Milliseconds between two signs of life of a holder, and after how long without one it counts as gone. */
const SIGN_EVERY = 15_000;
const SILENCE = 120_000;

/**
 * Takes the result for this process and returns the release. It is a courtesy, not what keeps data whole: every
 * commit is atomic, so a lock that a dead process of this machine left behind is simply taken over, and so is one that a
 * process of another machine has given no sign of life for two minutes.
 *
 * @param patience seconds to wait for a living holder
 * @throws `busy` (exit 75) when a living process holds it
 */
export function takeLock(folder: string, patience = 0): Promise<() => Promise<void>> {
  return takeFile(folder, layout.lock(folder), patience, SILENCE);
}

/**
 * Takes a result's edits for this process, likewise: one writer of the log at a time, whoever else runs. A machine that
 * sleeps still holds it.
 *
 * @throws `busy` (exit 75) when another process edits
 */
export function takeEditsLock(folder: string): Promise<() => Promise<void>> {
  return takeFile(`edits of ${folder}`, layout.editsLock(folder), 0, Number.POSITIVE_INFINITY);
}

/** @param silence milliseconds without a sign of life after which a holder on another machine counts as gone */
async function takeFile(
  what: string,
  path: string,
  patience: number,
  silence: number,
): Promise<() => Promise<void>> {
  const until = Date.now() + patience * 1000;
  for (;;) {
    const nonce = await createLock(path);
    if (nonce !== null) {
      held.add(path);
      const signs = setInterval(() => void giveSign(path), SIGN_EVERY).unref();
      return async () => {
        clearInterval(signs);
        held.delete(path);
        nonces.delete(nonce);
        // What stays is the lock of a dead process, which the next run takes over.
        await rm(path, { force: true }).catch(() => undefined);
      };
    }
    const { text, holder } = await readHolder(path);
    if (text === null) continue;
    if (holder === null || !(await isAlive(holder, path, silence))) {
      await removeLock(path, text);
    } else if (Date.now() >= until) {
      throw new MorulaError(
        'busy',
        `store: ${what} is in use by process ${holder.pid} on ${holder.host}; wait for it, or remove ${path} if that run is gone`,
      );
    } else {
      const every = holder.host === hostname() ? LOOK_EVERY : LOOK_AFAR_EVERY;
      await pause(Math.min(every, Math.max(1, until - Date.now())));
    }
  }
}

/**
 * Removes the lock that was found dead, and no other: of several processes that found it so, one takes it away, and the
 * others may come to it when a new one stands there, which goes back to its place.
 *
 * @throws `storage` where it cannot be removed
 */
async function removeLock(path: string, dead: string): Promise<void> {
  const aside = asideOf(path);
  try {
    await rename(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw asStorageError('store', path, error);
  }
  const text = await readFile(aside, 'utf8').catch(() => dead);
  if (text !== dead) {
    const file = await open(path, 'wx').catch(() => null);
    await file?.writeFile(text).catch(() => undefined);
    await file?.close();
  }
  await rm(aside, { force: true }).catch(() => undefined);
}

/** A name beside a lock that nobody else has. */
const asideOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);

/** Writes this process's own lock once more. What goes wrong is no matter: the lock is a courtesy. */
async function giveSign(path: string): Promise<void> {
  try {
    const { holder } = await readHolder(path);
    if (holder?.host !== hostname() || holder.pid !== process.pid) return;
    const file = await open(path, 'r+');
    try {
      await file.write(JSON.stringify(holder), 0);
    } finally {
      await file.close();
    }
  } catch {
    // The next sign may go through.
  }
}

/** Milliseconds since the last sign of life, by the clock of the disk alone: those of machines differ. */
async function silenceOf(path: string): Promise<number> {
  const probe = asideOf(path);
  try {
    await (await open(probe, 'wx')).close();
    return (await stat(probe)).mtimeMs - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** The nonce of the lock file when it is ours now, null when another one stands. */
async function createLock(path: string): Promise<string | null> {
  const nonce = randomBytes(6).toString('hex');
  const holder: Holder = { pid: process.pid, host: hostname(), start: await startOf(process.pid), nonce };
  nonces.add(nonce);
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
    return nonce;
  } catch (error) {
    nonces.delete(nonce);
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
    throw asStorageError('store', path, error);
  }
}

/**
 * Who holds the lock, and the text that says so: null where none stands. The holder is null when the text names nobody, which a
 * run that is just writing it soon mends.
 */
async function readHolder(path: string): Promise<{ text: string | null; holder: Holder | null }> {
  let text = '';
  for (let look = 0; look < LOOKS; look++) {
    try {
      text = await readFile(path, 'utf8');
      const holder = JSON.parse(text) as Partial<Holder> | null;
      if (typeof holder?.pid === 'number' && typeof holder.host === 'string') {
        const { pid, host, start = null, nonce } = holder;
        return { text, holder: { pid, host, start, ...(nonce === undefined ? {} : { nonce }) } };
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return { text: null, holder: null };
    }
    await pause(LOOK_EVERY);
  }
  return { text, holder: null };
}

async function isAlive(holder: Holder, path: string, silence: number): Promise<boolean> {
  if (holder.host !== hostname()) return (await silenceOf(path)) < silence;
  if (holder.pid === process.pid) return holder.nonce !== undefined && nonces.has(holder.nonce);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const stat = await statOf(holder.pid);
  if (stat === null) return true;
  // A process that has ended keeps its number until its parent asks how: for ever, in a container without an init.
  if (stat[0] === 'Z' || stat[0] === 'X') return false;
  return holder.start === null || stat[19] === holder.start;
}

/** When a process started, in clock ticks since boot; null without /proc. */
async function startOf(pid: number): Promise<string | null> {
  return (await statOf(pid))?.[19] ?? null;
}

/** Fields of /proc/<pid>/stat from the third on, its state (proc(5)); the name before it may hold spaces and brackets. */
async function statOf(pid: number): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}
