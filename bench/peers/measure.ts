import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import { groupUsage } from '../processGroup.ts';

/** When a run is ended, and how politely it runs. */
export interface Limits {
  /** Processor time and wall clock, seconds. */
  cpuSeconds: number;
  seconds: number;
  /** 0 to 19. */
  nice: number;
}

/** One run of a program, with all its processes. */
export interface Measured {
  /** `done`, or why there is no result. */
  ended: 'done' | 'timed out' | 'failed';
  exitCode: number | null;
  /** From start to end. */
  seconds: number;
  cpuSeconds: number;
  /** Time and processor time between its lines `begin` and `end`; NaN where it prints none. */
  innerSeconds: number;
  innerCpuSeconds: number;
  peakMb: number;
  stdout: string;
  /** Last line of what it complained. */
  complaint: string;
}

/** Milliseconds between looks at processor time and memory. */
const LOOK = 200;

/** Runs a program as a process group of its own and looks at it until it ends or passes a limit. Not for Windows. */
export async function measure(
  command: string,
  args: readonly string[],
  limits: Limits,
  env: Record<string, string> = {},
): Promise<Measured> {
  const clock = performance.now();
  const child = spawn(command, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.pid === undefined) throw new Error(`peers: cannot run ${command}`);
  const kill = (): void => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {
      // The group has ended between two looks.
    }
  };
  process.once('exit', kill);
  if (limits.nice > 0) setPriority(child.pid, limits.nice);
  let [stdout, stderr] = ['', ''];
  let [cpuSeconds, peakMb] = [0, 0];
  let begin: [number, number] | undefined;
  let end: [number, number] = [Number.NaN, Number.NaN];
  let timedOut = false;
  const look = (): void => {
    const usage = groupUsage(child.pid);
    cpuSeconds = Math.max(cpuSeconds, usage.cpuSeconds);
    peakMb = Math.max(peakMb, usage.peakMb);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (!/^(begin|end)$/m.test(text)) return;
    look();
    if (/^begin$/m.test(stdout)) begin ??= [performance.now(), cpuSeconds];
    if (/^end$/m.test(stdout)) end = [performance.now(), cpuSeconds];
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const closed = once(child, 'close');
  for (let alive = true; alive; ) {
    const late = new Promise<true>((resolve) => setTimeout(resolve, LOOK, true));
    alive = await Promise.race([closed.then(() => false), late]);
    look();
    timedOut ||=
      alive && (cpuSeconds > limits.cpuSeconds || performance.now() - clock > 1000 * limits.seconds);
    if (timedOut) kill();
  }
  process.off('exit', kill);
  return {
    ended: timedOut ? 'timed out' : child.exitCode === 0 ? 'done' : 'failed',
    exitCode: child.exitCode,
    seconds: (performance.now() - clock) / 1000,
    cpuSeconds,
    innerSeconds: (end[0] - (begin?.[0] ?? Number.NaN)) / 1000,
    innerCpuSeconds: end[1] - (begin?.[1] ?? Number.NaN),
    peakMb,
    stdout,
    complaint: stderr.trim().split('\n').at(-1) ?? '',
  };
}
