import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { MorulaError } from '../errors/index.ts';
import { unwrap } from './guard.ts';
import { describeTask, LINKER, type TaskName, type Tasks } from './tasks.ts';
import type { Order, Outcome, Reply } from './wire.ts';
import { engineFile } from './workerFile.ts';

/** Threads that start ahead of their tasks: there may be fewer tasks than cores. */
export const EARLY_THREADS = 4;

/**
 * The runtime hands out the outputs of every run in new memory, 34 MB where all rays leave it (1024 x 1024). With these, glibc
 * keeps what was freed and gives it again, instead of asking the system for zeroed pages: 5 % of the network's time.
 * Other systems have no such variables. Source: mallopt(3).
 */
export const KEEP_MEMORY = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 32),
};

/** A pool of worker threads in a process of its own, which starts with `start` or with the first task. */
export interface Pool {
  /** Threads. */
  size: number;
  /** Starts the process, and a few of its threads, ahead of the first task, which is to be of this name. */
  start(name: TaskName): void;
  /**
   * Runs one task in a worker. A task cannot be stopped once it runs: cancel by not starting the next.
   *
   * @param onSteps called with steps done and steps in all, a few times a second, by tasks that count them
   * @throws the task's error; `task-failed` (exit 70) when a network does not come back, or takes its process down
   */
  run<N extends TaskName>(
    name: N,
    input: Tasks[N]['input'],
    onSteps?: (done: number, total: number) => void,
  ): Promise<Tasks[N]['output']>;
  /** Ends the threads at once, whatever they do; running tasks throw `reason`. */
  abort(reason: unknown): void;
  /** Waits for every running task, then ends the threads. */
  drain(): Promise<void>;
}

interface Pending {
  what: string;
  model: string;
  onSteps: ((done: number, total: number) => void) | undefined;
  resolve(outcome: Outcome<unknown>): void;
  reject(error: unknown): void;
}

/**
 * A pool of `size` threads (default: one for each core).
 *
 * @param options.busy whether its tasks keep every core busy by themselves: V8 then compiles and collects in their own
 *   threads instead of helper threads beside them, which takes less processor time in all
 * @param options.frameTimeout seconds that one run of a network may take; absent = 15 minutes, or 20 times the longest
 *   run so far
 */
export function createPool(
  size: number = availableParallelism(),
  options: { frameTimeout?: number; busy?: boolean } = {},
): Pool {
  const limit = options.frameTimeout ?? null;
  const pending = new Map<number, Pending>();
  const running = new Set<Promise<unknown>>();
  let engine: ChildProcess | null = null;
  let broken: unknown = null;
  let serial = 0;

  const settle = (id: number, how: (task: Pending) => void): void => {
    const task = pending.get(id);
    pending.delete(id);
    if (task !== undefined) how(task);
  };
  const settleAll = (errorOf: (task: Pending) => unknown): void => {
    for (const id of [...pending.keys()]) settle(id, (task) => task.reject(errorOf(task)));
  };
  const onReply = (reply: Reply): void => {
    if (reply.kind === 'steps') {
      pending.get(reply.id)?.onSteps?.(reply.done, reply.total);
      return;
    }
    settle(reply.id, (task) => {
      if (reply.kind === 'done') return task.resolve(reply.outcome);
      if (reply.kind === 'defect') {
        return task.reject(Object.assign(new Error(reply.message), { stack: reply.stack }));
      }
      broken = endless(task, reply.seconds);
      task.reject(broken);
    });
  };
  const onExit = (child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void => {
    if (engine !== child) return;
    engine = null;
    settleAll((task) => broken ?? crashed(task, signal ?? `exit code ${code}`));
  };
  const startEngine = (name: TaskName, threads: number): ChildProcess => {
    const loud = process.env.MORULA_DEBUG === '1';
    const child = fork(engineFile(), [String(size), name, String(threads)], {
      execArgv: options.busy ? ['--single-threaded'] : [],
      // The last one: ONNX Runtime tells its maker nothing, see `openRuntime`'s file.
      env: { ...KEEP_MEMORY, ...process.env, ORT_DISABLE_TELEMETRY: '1' },
      serialization: 'advanced',
      // Graphics drivers and aborting processes print what no user can use.
      stdio: ['ignore', 'ignore', loud ? 'inherit' : 'ignore', 'ipc'],
    });
    child.on('message', onReply).on('exit', (code, signal) => onExit(child, code, signal));
    child.on('error', (error) => settleAll(() => error));
    return child;
  };
  return {
    size,
    start(name) {
      engine ??= startEngine(name, Math.min(size, EARLY_THREADS));
    },
    async run(name, input, onSteps) {
      if (broken !== null) throw broken;
      engine ??= startEngine(name, 1);
      const id = serial++;
      const task = new Promise<Outcome<unknown>>((resolve, reject) => {
        pending.set(id, { ...describeTask(name, input), onSteps, resolve, reject });
      });
      running.add(task);
      const order: Order = { id, name, input, limit };
      engine.send(order);
      try {
        return unwrap(await task) as Tasks[typeof name]['output'];
      } finally {
        running.delete(task);
      }
    },
    abort(reason) {
      broken ??= reason;
      engine?.kill('SIGKILL');
    },
    async drain() {
      await Promise.allSettled(running);
      if (engine === null) return;
      // It holds nothing that is not done, and taking threads and sessions down in order takes a tenth of a second: it is
      // not waited for.
      engine.kill('SIGKILL');
      engine = null;
    },
  };
}

function endless({ model, what }: Pending, seconds: number): MorulaError {
  return new MorulaError(
    'task-failed',
    `model: ${model} must end, but it was still at ${what} after ${seconds} s in one run; ` +
      'use another model, or allow it more with --frame-timeout <seconds>',
  );
}

function crashed({ model, what }: Pending, how: string): MorulaError {
  if (model === LINKER) {
    return new MorulaError(
      'task-failed',
      `link: its process ended at ${what} (${how}); memory may have run out: stop other programs, or link fewer frames`,
    );
  }
  return new MorulaError(
    'task-failed',
    `model: ${model} took its process down at ${what} (${how}); ` +
      'if memory ran out, use fewer --workers or a smaller --memory; morula models check tries a model alone',
  );
}
