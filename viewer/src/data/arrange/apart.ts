import { type Arrangement, arrange, transfersOf } from './arrange.ts';

/** Arranges rows in a worker, so that the page goes on; in the page itself where a worker cannot be had. */
export type Arranger = (arrangement: Arrangement) => Promise<Int32Array>;

/** An arranger; its worker starts when it is first asked. What an arrangement holds is gone afterwards. */
export function createArranger(): Arranger {
  let worker: Worker | null | undefined;
  let last = 0;
  const waiting = new Map<number, { done(rows: Int32Array): void; fail(error: unknown): void }>();

  function start(): Worker | null {
    try {
      const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
      made.onmessage = ({ data }: MessageEvent<{ id: number; rows: Int32Array }>) => {
        waiting.get(data.id)?.done(data.rows);
        waiting.delete(data.id);
      };
      made.onerror = (event) => {
        for (const { fail } of waiting.values()) fail(new Error(event.message || 'the worker did not start'));
        waiting.clear();
        made.terminate();
        worker = null;
      };
      return made;
    } catch {
      return null;
    }
  }

  return (arrangement) => {
    if (worker === undefined) worker = start();
    const use = worker;
    if (use === null) return Promise.resolve(arrange(arrangement));
    return new Promise((done, fail) => {
      waiting.set(++last, { done, fail });
      use.postMessage({ id: last, arrangement }, transfersOf(arrangement));
    });
  };
}
