import { Piscina } from 'piscina';
import { unwrap } from './guard.ts';
import type { TaskName, Tasks } from './tasks.ts';
import { type Call, newBeats, type Outcome } from './wire.ts';
import { workerFile } from './workerFile.ts';

/** Threads beside the calling one, in the same process. */
export interface Threads<N extends TaskName> {
  size: number;
  /** @throws the task's error */
  run(input: Tasks[N]['input']): Promise<Tasks[N]['output']>;
  /** Ends them; nothing may run. */
  end(): Promise<void>;
}

/**
 * Threads for the parts of one task, started by the thread that runs it. They are not watched: for kernels of ours, which
 * end by themselves. Ending the process ends them.
 */
export function createThreads<N extends TaskName>(name: N, size: number): Threads<N> {
  const piscina = new Piscina({
    filename: workerFile(name),
    minThreads: 1,
    maxThreads: size,
    concurrentTasksPerWorker: 1,
    idleTimeout: 60_000,
  });
  return {
    size,
    async run(input) {
      const call: Call<Tasks[N]['input']> = { input, beats: newBeats() };
      return unwrap((await piscina.run(call)) as Outcome<Tasks[N]['output']>);
    },
    end: () => piscina.destroy(),
  };
}
