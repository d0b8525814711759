import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { packageRoot } from '../codec/packageRoot.ts';
import { type Outcome, unwrap } from './guard.ts';
import type { TaskName, Tasks } from './tasks.ts';

/** A pool of worker threads. */
export interface Pool {
  /** Threads. */
  size: number;
  /** Runs one task in a worker. A task cannot be stopped once it runs: cancel by not starting the next. */
  run<N extends TaskName>(name: N, input: Tasks[N]['input']): Promise<Tasks[N]['output']>;
  /**
   * Waits for every running task, then ends the threads. A thread that is ended inside ONNX Runtime takes the whole
   * process down (exit 134), so nothing else may end them.
   */
  drain(): Promise<void>;
}

/** Workers are the compiled files in `dist/workers`, also when the caller runs from source. */
function workerFile(name: TaskName): string {
  return join(packageRoot(), 'dist', 'workers', `${name}.js`);
}

/** Starts a pool of `size` threads (default: one for each core). */
export function createPool(size: number = availableParallelism()): Pool {
  const piscina = new Piscina({
    filename: workerFile('segment'),
    minThreads: 1,
    maxThreads: size,
    concurrentTasksPerWorker: 1,
    idleTimeout: 60_000,
  });
  const running = new Set<Promise<unknown>>();
  return {
    size,
    async run(name, input) {
      const task = piscina.run(input, { filename: workerFile(name) }) as Promise<
        Outcome<Tasks[typeof name]['output']>
      >;
      running.add(task);
      try {
        return unwrap(await task);
      } finally {
        running.delete(task);
      }
    },
    async drain() {
      await Promise.allSettled(running);
      await piscina.destroy();
    },
  };
}
