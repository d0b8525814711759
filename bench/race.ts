import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { groupUsage } from './processGroup.ts';

/** A program that takes part in a race. */
export interface Racer {
  title: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
}

/** What a racer took. Time in which it was stopped does not count. */
export interface Finish {
  title: string;
  /** Wall clock from its start to its end, and between its lines `begin` and `end` where it prints them, seconds. */
  seconds: number;
  marked: number;
  /** Processor time of all its processes in the same two spans, seconds; NaN where the system does not tell. */
  cpuSeconds: number;
  markedCpu: number;
  /** Peak of what its processes hold together, megabytes; NaN where the system does not tell. */
  peakMb: number;
  stdout: string;
}

/** Milliseconds that one racer runs before the next one's turn: long enough that what a stop costs is small beside it. */
const TURN = 2000;
/** Milliseconds between looks at memory and processor time. */
const LOOK = 100;

interface Lane {
  racer: Racer;
  child: ChildProcess;
  done: boolean;
  /** Settles once the racer has ended and all that it said is here. */
  closed: Promise<void>;
  active: number;
  since: number | null;
  begin: number;
  end: number;
  cpu: number;
  beginCpu: number;
  endCpu: number;
  peak: number;
  stdout: string;
}

/**
 * Runs programs by turns, one at a time: all others are stopped (SIGSTOP to their process groups) meanwhile. Whatever
 * else the machine does falls on all of them alike. Not for Windows.
 *
 * @throws when one of them fails
 */
export async function race(racers: readonly Racer[]): Promise<Finish[]> {
  const lanes: Lane[] = [];
  const stopAll = (): void => {
    for (const lane of lanes) if (!lane.done) signal(lane, 'SIGKILL');
  };
  process.once('exit', stopAll);
  try {
    for (const racer of racers) {
      const lane = start(racer);
      lanes.push(lane);
      await turn(lane);
    }
    while (lanes.some((lane) => !lane.done)) for (const lane of lanes) if (!lane.done) await turn(lane);
  } finally {
    stopAll();
    process.off('exit', stopAll);
  }
  return lanes.map(finish);
}

function start(racer: Racer): Lane {
  const child = spawn(racer.command, racer.args, {
    detached: true,
    env: { ...process.env, ...racer.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lane: Lane = {
    racer,
    child,
    done: false,
    closed: once(child, 'close').then(() => undefined),
    active: 0,
    since: performance.now(),
    begin: Number.NaN,
    end: Number.NaN,
    cpu: 0,
    beginCpu: Number.NaN,
    endCpu: Number.NaN,
    peak: 0,
    stdout: '',
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    lane.stdout += text;
    if (Number.isNaN(lane.begin) && /^begin$/m.test(lane.stdout)) {
      lane.begin = clock(lane);
      lane.beginCpu = look(lane);
    }
    if (Number.isNaN(lane.end) && /^end$/m.test(lane.stdout)) {
      lane.end = clock(lane);
      lane.endCpu = look(lane);
    }
  });
  child.once('exit', () => pause(lane));
  void lane.closed.then(() => {
    lane.done = true;
  });
  return lane;
}

/** Seconds that the racer has run so far. */
function clock({ active, since }: Lane): number {
  return active + (since === null ? 0 : (performance.now() - since) / 1000);
}

function pause(lane: Lane): void {
  lane.active = clock(lane);
  lane.since = null;
}

/** One turn: on, wait and look, off. */
async function turn(lane: Lane): Promise<void> {
  if (lane.since === null && lane.child.exitCode === null) {
    lane.since = performance.now();
    signal(lane, 'SIGCONT');
  }
  for (let waited = 0; waited < TURN && !lane.done; waited += LOOK) {
    const late = new Promise((resolve) => setTimeout(resolve, LOOK));
    await Promise.race([lane.closed, late]);
    look(lane);
  }
  if (lane.child.exitCode === null && lane.child.signalCode === null) {
    signal(lane, 'SIGSTOP');
    if (lane.since !== null) pause(lane);
  } else await lane.closed;
}

function signal({ child }: Lane, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // The group has ended between two looks.
  }
}

/** Notes what the racer's group holds and gives its processor time. */
function look(lane: Lane): number {
  const { cpuSeconds, peakMb } = groupUsage(lane.child.pid);
  lane.cpu = Math.max(lane.cpu, cpuSeconds);
  lane.peak = Math.max(lane.peak, peakMb);
  return lane.cpu;
}

function finish({ racer, child, active, begin, end, cpu, beginCpu, endCpu, peak, stdout }: Lane): Finish {
  if (child.exitCode !== 0)
    throw new Error(`${racer.title}: ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`);
  const known = cpu > 0;
  return {
    title: racer.title,
    seconds: active,
    marked: end - begin,
    cpuSeconds: known ? cpu : Number.NaN,
    markedCpu: known ? endCpu - beginCpu : Number.NaN,
    peakMb: known ? peak : Number.NaN,
    stdout,
  };
}
