import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { takeEditsLock, takeLock } from '../../src/store/lock.ts';
import { tempFolder } from '../helpers/tempFolder.ts';

const root = tempFolder();
let made = 0;
const newFolder = (lock?: string): string => {
  const folder = join(root, String(made++));
  mkdirSync(folder);
  if (lock !== undefined) writeFileSync(join(folder, 'run.lock'), lock);
  return folder;
};
const holder = (fields: object): string =>
  JSON.stringify({ pid: process.pid, host: hostname(), start: null, ...fields });

/** Lets a file look as if nobody had written it for ten minutes. */
function makeOld(path: string): void {
  const then = Date.now() / 1000 - 600;
  utimesSync(path, then, then);
}

/** The number of a process that ran and is gone. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

afterEach(() => vi.useRealTimers());

describe('takeLock', () => {
  it('holds the folder until it is released', async () => {
    const folder = newFolder();
    const release = await takeLock(folder);
    expect(JSON.parse(readFileSync(join(folder, 'run.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    await expect(takeLock(folder)).rejects.toMatchObject({ tag: 'busy', exit: 75 });
    await release();
    expect(existsSync(join(folder, 'run.lock'))).toBe(false);
    await (await takeLock(folder))();
  });

  it('waits for a living holder as long as it was told to', async () => {
    const folder = newFolder();
    const release = await takeLock(folder);
    const second = takeLock(folder, 20);
    await release();
    await (await second)();
  });

  it('takes over from a dead process', async () => {
    const folder = newFolder(holder({ pid: await deadPid() }));
    await (await takeLock(folder))();
  });

  it.runIf(process.platform === 'linux')(
    'takes over from a process that has ended and whose parent has not asked how',
    async () => {
      const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const [line] = (await once(parent.stdout, 'data')) as [Buffer];
        const pid = Number(line.toString());
        const ended = (): boolean => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
        await vi.waitUntil(ended, { timeout: 10_000 });
        const release = await takeLock(newFolder(holder({ pid })));
        await release();
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  it('takes over from a dead process whose number this one has, as containers give it', async () => {
    await (await takeLock(newFolder(holder({}))))();
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'takes over from a dead process whose number another living one has (needs /proc)',
    async () => {
      await (await takeLock(newFolder(holder({ pid: process.ppid, start: '1' }))))();
    },
  );

  it('is refused by a living process, which the message names', async () => {
    const folder = newFolder(holder({ pid: process.ppid }));
    await expect(takeLock(folder)).rejects.toThrow(
      `store: ${folder} is in use by process ${process.ppid} on ${hostname()}; wait for it, or remove ${folder}/run.lock if that run is gone`,
    );
    expect(existsSync(join(folder, 'run.lock'))).toBe(true);
  });

  it('is refused by a process on another machine that has just given a sign of life', async () => {
    const folder = newFolder(holder({ pid: await deadPid(), host: 'elsewhere' }));
    await expect(takeLock(folder)).rejects.toMatchObject({ exit: 75 });
    expect(readdirSync(folder)).toEqual(['run.lock']);
  });

  it('takes over from another machine that has been silent for minutes; the edit log never', async () => {
    const folder = newFolder(holder({ pid: await deadPid(), host: 'elsewhere' }));
    renameSync(join(folder, 'run.lock'), join(folder, 'edits.lock'));
    writeFileSync(join(folder, 'run.lock'), holder({ pid: await deadPid(), host: 'elsewhere' }));
    for (const name of ['run.lock', 'edits.lock']) makeOld(join(folder, name));
    await (await takeLock(folder))();
    await expect(takeEditsLock(folder)).rejects.toMatchObject({ exit: 75 });
  });

  it('gives signs of life while it holds, and none over the lock of another one', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const folder = newFolder();
    const path = join(folder, 'run.lock');
    const release = await takeLock(folder);
    const before = readFileSync(path, 'utf8');
    makeOld(path);
    await vi.advanceTimersByTimeAsync(20_000);
    await vi.waitFor(() => expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000), {
      timeout: 30_000,
    });
    expect(readFileSync(path, 'utf8')).toBe(before);
    const other = holder({ pid: 1, host: 'elsewhere' });
    writeFileSync(path, other);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(readFileSync(path, 'utf8')).toBe(other);
    await release();
  });

  it.each(['', '{"pid"', 'null', '{"pid":"1"}'])('takes over a lock that names nobody (%j)', async (text) => {
    await (await takeLock(newFolder(text)))();
  });

  it('goes to one of many that ask at once', async () => {
    const folder = newFolder();
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => takeLock(folder)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  it.each(['run', 'edits'])('goes to one of many that find the %s lock of a dead process', async (kind) => {
    const dead = await deadPid();
    for (let round = 0; round < 20; round++) {
      const folder = newFolder();
      writeFileSync(join(folder, `${kind}.lock`), holder({ pid: dead }));
      const take = kind === 'run' ? takeLock : takeEditsLock;
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => take(folder)));
      expect([round, outcomes.filter(({ status }) => status === 'fulfilled').length]).toEqual([round, 1]);
      expect(readdirSync(folder)).toEqual([`${kind}.lock`]);
    }
  });

  it('says wrong usage where no folder is', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(takeLock(join(folder, 'file'))).rejects.toMatchObject({ exit: 64 });
  });
});
