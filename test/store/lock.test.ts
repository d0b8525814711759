import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../src/store/lock.ts';
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

/** The number of a process that ran and is gone. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

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

  it('is refused by a process on another machine, dead or alive', async () => {
    const folder = newFolder(holder({ pid: await deadPid(), host: 'elsewhere' }));
    await expect(takeLock(folder)).rejects.toMatchObject({ exit: 75 });
  });

  it.each(['', '{"pid"', 'null', '{"pid":"1"}'])('takes over a lock that names nobody (%j)', async (text) => {
    await (await takeLock(newFolder(text)))();
  });

  it('goes to one of many that ask at once', async () => {
    const folder = newFolder();
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => takeLock(folder)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  it('says wrong usage where no folder is', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(takeLock(join(folder, 'file'))).rejects.toMatchObject({ exit: 64 });
  });
});
