import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
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

/** Microseconds for which a call is held that its process shall not survive: until somebody has seen it. */
const HELD = 60_000_000;

/** Runs `program` with one call killing it (before it is done) or failing. */
export async function injectAt(
  program: readonly string[],
  { call, n }: Point,
  fault: Fault,
): Promise<Injected> {
  const killed = fault === 'SIGKILL';
  const kind = killed ? `delay_enter=${HELD}` : `error=${fault}`;
  const options = ['-y', '-e', `trace=${call}`, '-e', `inject=${call}:${kind}:when=${n}`];
  const { ended, log } = await trace(program, options, killed ? { call, n } : undefined);
  const lines = log.split('\n');
  const hit = killed
    ? lines.findLast((line) => line.includes(`${call}(`))
    : lines.find((line) => line.includes('(INJECTED)'));
  const struck = killed ? ended.signal === fault : hit !== undefined;
  return { ...ended, hit: struck ? (hit ?? '') : null };
}

/**
 * Runs a program under strace; where a point is given, kills the process whose thread comes to it. The kernel stops it at
 * the traced calls alone (`--seccomp-bpf`: half the processor time). With that strace cannot send signals, so the call is held
 * and the signal sent from here.
 */
async function trace(
  program: readonly string[],
  options: readonly string[],
  last?: Point,
): Promise<{ ended: Ended; log: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'morula-trace-'));
  const path = join(folder, 'log');
  try {
    const args = ['--seccomp-bpf', '-f', '-qq', '-o', path, ...options, ...program];
    writeFileSync(path, '');
    const { child, ended } = startProcess('strace', args, { UV_THREADPOOL_SIZE: '1' });
    let thread: number | null = null;
    while (last !== undefined && thread === null && child.exitCode === null && child.signalCode === null) {
      await pause(5);
      thread = threadAt(readFileSync(path, 'utf8'), last);
    }
    if (thread !== null) {
      const victim = processOf(thread);
      process.kill(victim, 'SIGKILL');
      // It would wait until the call has been held for long enough.
      child.kill('SIGKILL');
      while (isUp(victim)) await pause(5);
    }
    const { stderr, ...rest } = await ended;
    // What strace says of its own.
    return {
      ended: { ...rest, stderr: stderr.replace(/^strace: .*\n/gm, '') },
      log: readFileSync(path, 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The thread that has come to its n-th call of a kind, by the log of a trace; null while none has. */
function threadAt(log: string, { call, n }: Point): number | null {
  const counts = new Map<string, number>();
  for (const [, thread, name] of log.matchAll(/^(\d+) +(\w+)\(/gm)) {
    if (name !== call) continue;
    const count = (counts.get(thread!) ?? 0) + 1;
    if (count === n) return Number(thread);
    counts.set(thread!, count);
  }
  return null;
}

/** Whether a process has not ended: one that waits for its parent to ask how it ended has. */
function isUp(pid: number): boolean {
  try {
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The process of a thread, by its number. */
function processOf(thread: number): number {
  return Number(/^Tgid:\s+(\d+)/m.exec(readFileSync(`/proc/${thread}/status`, 'utf8'))![1]);
}
