import { availableParallelism } from 'node:os';
import { linkDetections } from '../link/index.ts';
import type { LinkOptions, LinkResult } from '../link/types.ts';
import { createPool } from '../pool/index.ts';
import type { Detections } from '../segment/types.ts';
import type { Hooks } from './progress.ts';

/** Movies of fewer detections are linked in a second or so: starting threads would take as long. */
const FEW = 5000;
/** Blocks decided on at once, at most: each takes some 100 MB. */
const MOST = 8;

/**
 * Links detections away from the calling thread, which stays free for signals and requests, several blocks of frames at
 * once; small movies here, where they take no time. The result is the same to the bit.
 *
 * @param width blocks at once; default: one for each core, 8 at most
 * @throws the reason of `hooks.signal` as soon as it is given
 */
export async function linkApart(
  detections: Detections,
  options: LinkOptions,
  hooks: Hooks = {},
  width: number = Math.min(MOST, availableParallelism()),
): Promise<LinkResult> {
  const tell = (done: number, total: number): void =>
    hooks.onProgress?.({ stage: 'linking', done, total, unit: 'steps' });
  if (detections.count < FEW || options.scorer !== undefined) {
    return linkDetections(detections, options, (done, total) => {
      // Between two steps a signal can have arrived.
      hooks.signal?.throwIfAborted();
      tell(done, total);
    });
  }
  hooks.signal?.throwIfAborted();
  const pool = createPool(1);
  const stop = (): void => pool.abort(hooks.signal?.reason);
  hooks.signal?.addEventListener('abort', stop);
  try {
    return await pool.run('link', { detections, options, width }, tell);
  } finally {
    hooks.signal?.removeEventListener('abort', stop);
    await pool.drain();
  }
}
