/**
 * The process in which tasks run, `<this file> <threads> <task> <n>`: a pool of threads behind messages; n threads start
 * at once, ready for that task. Networks run here and
 * nowhere else, because a run cannot be stopped: a thread that is ended inside ONNX Runtime aborts its process, and
 * one that never comes back keeps it from exiting. Only another process can end such a one, by SIGKILL.
 */
import { Piscina } from 'piscina';
import type { TaskName } from './tasks.ts';
import { createWatchdog } from './watchdog.ts';
import { type Beats, type Call, newBeats, type Order, type Outcome, type Reply } from './wire.ts';
import { workerFile } from './workerFile.ts';

/** Milliseconds between looks at the threads. */
const LOOK_EVERY = 250;

const piscina = new Piscina({
  filename: workerFile(process.argv[3] as TaskName),
  minThreads: Number(process.argv[4]),
  maxThreads: Number(process.argv[2]),
  concurrentTasksPerWorker: 1,
  idleTimeout: 60_000,
});
const watchdog = createWatchdog();
/** Running tasks, and how many steps they had done at the last look. */
const counted = new Map<number, { beats: Beats; told: number }>();
setInterval(() => {
  if (!process.connected) dieWithParent();
  for (const task of watchdog.look(LOOK_EVERY / 1000)) reply({ kind: 'stuck', ...task });
  for (const [id, task] of counted) {
    const done = Atomics.load(task.beats, 1);
    if (done === task.told) continue;
    task.told = done;
    reply({ kind: 'steps', id, done, total: Atomics.load(task.beats, 2) });
  }
}, LOOK_EVERY);

function reply(message: Reply): void {
  process.send?.(message);
}

async function runTask({ id, name, input, limit }: Order): Promise<void> {
  const beats = newBeats();
  watchdog.add(id, beats, limit);
  counted.set(id, { beats, told: 0 });
  try {
    const call: Call<unknown> = { input, beats };
    const outcome = (await piscina.run(call, { filename: workerFile(name) })) as Outcome<unknown>;
    reply({ kind: 'done', id, outcome });
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    reply({ kind: 'defect', id, message, stack });
  } finally {
    watchdog.remove(id);
    counted.delete(id);
  }
}

/** Nobody is there to take the results; a thread may be in a run, so that no other way out is sure. */
function dieWithParent(): void {
  process.kill(process.pid, 'SIGKILL');
}

process.on('message', (order: Order) => void runTask(order));
process.on('disconnect', dieWithParent);
// The parent may have gone while this process was starting.
if (!process.connected) dieWithParent();
// The terminal sends these to both processes; the parent decides what they mean.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
