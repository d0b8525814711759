import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { tempFolder } from '../helpers/tempFolder.ts';

/** Holds the next removal of a lock back until the promise is kept. */
const slow: { until: Promise<void> | null; reached: () => void } = { until: null, reached: () => undefined };

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const held =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const { until } = slow;
      if (until !== null && String(args[0]).endsWith('.lock')) {
        slow.until = null;
        slow.reached();
        await until;
      }
      return call(...args);
    };
  return { ...real, rename: held(real.rename), rm: held(real.rm), unlink: held(real.unlink) };
});

it('takeEditsLock leaves the lock of another one alone, which took over while it was about to', async () => {
  const { takeEditsLock } = await import('../../src/store/lock.ts');
  const folder = join(tempFolder(), 'r');
  mkdirSync(folder);
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const path = join(folder, 'edits.lock');
  writeFileSync(path, JSON.stringify({ pid: child.pid, host: hostname(), start: null }));

  let go = (): void => undefined;
  slow.until = new Promise((done) => {
    go = done;
  });
  const reached = new Promise<void>((done) => {
    slow.reached = done;
  });
  const late = takeEditsLock(folder);
  await reached;
  const release = await takeEditsLock(folder);
  const held = readFileSync(path, 'utf8');
  go();
  await expect(late).rejects.toMatchObject({ tag: 'busy' });
  expect(readdirSync(folder)).toEqual(['edits.lock']);
  expect(readFileSync(path, 'utf8')).toBe(held);
  await release();
  expect(readdirSync(folder)).toEqual([]);
});
