import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

type Promises = typeof import('node:fs/promises');

/**
 * A disk whose power goes out: file operations pass through until a given one, from which on all fail; then what no fsync
 * had made durable is lost, each thing by itself, in the worst order that POSIX allows. The data of a file are durable
 * after its fsync; a name in a folder (made, renamed, removed) after that folder's.
 */
export interface PowerCut {
  /** Operations since `arm`. */
  operations: number;
  /** Lets the power go out at the n-th operation from now. */
  arm(n: number): void;
  /** Lets the n-th operation from now fail, and no other. */
  failOnce(n: number, code: 'ENOSPC' | 'EIO'): void;
  /** What failed by `failOnce`, or first without power; null where nothing came to it. */
  failed: string | null;
  /** Loses what is not durable, each with even chances; afterwards everything works again. */
  lose(uniform: () => number): number;
}

/** What is undone where the power goes out before it is durable. */
interface Pending {
  /** The file whose data, or the folder whose names are not durable. */
  needs: string;
  undo(uniform: () => number): void;
}

let once: { n: number; code: string } | null = null;
let pending: Pending[] = [];
let limit = Number.POSITIVE_INFINITY;
let attic = '';
let kept = 0;

export const power: PowerCut = {
  operations: 0,
  failed: null,
  failOnce(n, code) {
    Object.assign(power, { operations: 0, failed: null });
    once = { n, code };
  },
  arm(n) {
    attic = mkdtempSync(join(tmpdir(), 'morula-attic-'));
    Object.assign(power, { operations: 0, failed: null });
    pending = [];
    limit = n;
  },
  lose(uniform) {
    const lost = pending.filter(() => uniform() < 0.5);
    for (const { undo } of lost.reverse()) undo(uniform);
    rmSync(attic, { recursive: true, force: true });
    limit = Number.POSITIVE_INFINITY;
    pending = [];
    return lost.length;
  },
};

function count(what: string): void {
  power.operations++;
  if (power.operations >= limit) {
    power.failed ??= what;
    throw Object.assign(new Error('the power is out'), { code: 'EIO' });
  }
  if (power.operations !== once?.n) return;
  power.failed = what;
  throw Object.assign(new Error(`${what} failed`), { code: once.code });
}

const watching = (): boolean => Number.isFinite(limit);
const durable = (place: string): void => {
  pending = pending.filter(({ needs }) => needs !== place);
};

/** Keeps a copy of what is at a path; returns how to put it back. */
function keep(path: string): () => void {
  if (!existsSync(path)) return () => rmSync(path, { recursive: true, force: true });
  const copy = join(attic, String(kept++));
  cpSync(path, copy, { recursive: true });
  return () => {
    rmSync(path, { recursive: true, force: true });
    // The folder above may be lost, too.
    if (existsSync(dirname(path))) cpSync(copy, path, { recursive: true });
  };
}

/** `node:fs/promises` on such a disk, for `vi.mock`. */
export function onThatDisk(real: Promises): Promises {
  const module = {
    ...real,
    async open(...args: Parameters<Promises['open']>) {
      const path = resolve(String(args[0]));
      const fresh = args[1] === 'wx';
      if (fresh) count(`open ${path}`);
      const file = await real.open(...args);
      if (fresh && watching())
        pending.push({ needs: dirname(path), undo: () => rmSync(path, { force: true }) });
      return watchFile(file, path);
    },
    async mkdir(...args: Parameters<Promises['mkdir']>) {
      const path = resolve(String(args[0]));
      count(`mkdir ${path}`);
      const made = await real.mkdir(...args);
      if (watching())
        pending.push({ needs: dirname(path), undo: () => rmSync(path, { recursive: true, force: true }) });
      return made;
    },
    async rename(...args: Parameters<Promises['rename']>) {
      count(`rename ${args.join(' ')}`);
      const [from, to] = args.map((path) => resolve(String(path))) as [string, string];
      const back = watching() ? keep(to) : (): void => undefined;
      await real.rename(...args);
      // What was not durable of the one is not durable of the other.
      for (const one of pending) if (one.needs === from) one.needs = to;
      if (!watching()) return;
      pending.push({
        needs: dirname(to),
        undo: () => {
          if (existsSync(to)) renameSync(to, from);
          back();
        },
      });
    },
    async rm(...args: Parameters<Promises['rm']>) {
      const path = resolve(String(args[0]));
      count(`rm ${path}`);
      const back = watching() && existsSync(path) ? keep(path) : null;
      await real.rm(...args);
      if (back !== null) pending.push({ needs: dirname(path), undo: back });
    },
  } as Promises;
  return { ...module, default: module } as Promises;
}

function watchFile(file: FileHandle, path: string): FileHandle {
  const write = file.write.bind(file) as (...args: unknown[]) => Promise<unknown>;
  const sync = file.sync.bind(file);
  const spoil = (uniform: () => number): void => {
    if (existsSync(path) && statSync(path).isFile())
      truncateSync(path, Math.floor(uniform() * statSync(path).size));
  };
  return Object.assign(file, {
    async write(...args: unknown[]) {
      count(`write ${path}`);
      if (watching()) pending.push({ needs: path, undo: spoil });
      return write(...args);
    },
    async sync() {
      count(`sync ${path}`);
      await sync();
      durable(path);
    },
  }) as FileHandle;
}
