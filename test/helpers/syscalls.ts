import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, startProcess } from '../cli/morula.ts';

/**
 * System calls of a process counted, and one of them made to fail or to be the last: `strace`'s fault injection. Node does
 * its file work in threads; with one of them (`UV_THREADPOOL_SIZE=1`) the calls come in one order, and strace, which
 * counts by thread, counts them all.
 */

/** Calls by which a program changes what lies on a disk. */
export const DISK_CALLS = ['pwrite64', 'fsync', 'rename', 'mkdir', 'unlink', 'rmdir'] as const;
export type DiskCall = (typeof DISK_CALLS)[number];

/** The `n`-th call of its kind, from 1. */
export interface Point {
  call: DiskCall;
  n: number;
}

export type Fault = 'SIGKILL' | 'ENOSPC' | 'EIO';

/** Null where calls can be traced, else why not. */
export function whyNoTrace(): string | null {
  try {
    const inject = ['-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO:when=1'];
    execFileSync('strace', ['-f', '-qq', ...inject, 'true'], { stdio: 'pipe' });
    return null;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return missing ? 'strace is not installed' : 'this machine lets nobody trace processes';
  }
}

/** Every disk call of a run of `program`, in the order of their kinds. The run must end well. */
export async function enumerateCalls(
  program: readonly string[],
  calls: readonly DiskCall[] = DISK_CALLS,
): Promise<Point[]> {
  const { ended, log } = await trace(program, ['-e', `trace=${calls.join(',')}`]);
  if (ended.code !== 0) throw new Error(`the traced run ended with ${ended.code}: ${ended.stderr}`);
  const counts = new Map<string, Map<DiskCall, number>>();
  for (const line of log.split('\n')) {
    const match = /^(\d+) +(\w+)\(/.exec(line);
    if (match === null) continue;
    const [, thread, call] = match as unknown as [string, string, DiskCall];
    const own = counts.get(thread) ?? new Map<DiskCall, number>();
    counts.set(thread, own.set(call, (own.get(call) ?? 0) + 1));
  }
  const busiest = Math.max(...[...counts.values()].map((own) => own.size));
  const own = [...counts.values()].find(({ size }) => size === busiest) ?? new Map<DiskCall, number>();
  return calls.flatMap((call) =>
    Array.from({ length: own.get(call) ?? 0 }, (_, i): Point => ({ call, n: i + 1 })),
  );
}

/** What became of a run with a fault in it. */
export interface Injected extends Ended {
  /** The call that was hit, as strace writes it; null where the run had fewer calls. */
  hit: string | null;
}

/** Runs `program` with one call killing it (before it is done) or failing. */
export async function injectAt(
  program: readonly string[],
  { call, n }: Point,
  fault: Fault,
): Promise<Injected> {
  const kind = fault === 'SIGKILL' ? `signal=${fault}` : `error=${fault}`;
  const { ended, log } = await trace(program, [
    '-y',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:${kind}:when=${n}`,
  ]);
  const lines = log.split('\n');
  const hit =
    fault === 'SIGKILL'
      ? lines.findLast((line) => line.includes(`${call}(`))
      : lines.find((line) => line.includes('(INJECTED)'));
  const struck = fault === 'SIGKILL' ? ended.signal === fault : hit !== undefined;
  return { ...ended, hit: struck ? (hit ?? '') : null };
}

async function trace(
  program: readonly string[],
  options: readonly string[],
): Promise<{ ended: Ended; log: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-trace-'));
  const path = join(folder, 'log');
  try {
    // The kernel's filter would save stops, but strace 6.1 loses injected signals with it.
    const args = ['-f', '-qq', '-o', path, ...options, ...program];
    const ended = await startProcess('strace', args, { UV_THREADPOOL_SIZE: '1' }).ended;
    return { ended, log: readFileSync(path, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
