import { availableParallelism } from 'node:os';
import { inThisThread, linkDetections, scorerOf } from '../link/index.ts';
import type { LinkOptions, LinkResult } from '../link/types.ts';
import { openNetwork } from '../model/index.ts';
import { createPool } from '../pool/index.ts';
import type { Detections } from '../segment/types.ts';
import { type BlockSharing, sharedRunner } from '../store/index.ts';
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
 * @param scorer file of the network that judges, or null
 * @param sharing where blocks are shared with other machines that link the same movie, or null
 * @throws the reason of `hooks.signal` as soon as it is given
 */
export async function linkApart(
  detections: Detections,
  options: Omit<LinkOptions, 'scorer'>,
  hooks: Hooks = {},
  width: number = Math.min(MOST, availableParallelism()),
  scorer: string | null = null,
  sharing: BlockSharing | null = null,
): Promise<LinkResult> {
  const tell = (done: number, total: number): void =>
    hooks.onProgress?.({ stage: 'linking', done, total, unit: 'steps' });
  if (detections.count < FEW) {
    const network = scorer === null ? null : await openNetwork(scorer);
    const scored = network === null ? undefined : scorerOf(network);
    try {
      const runner = inThisThread(scored);
      const said = (done: number, total: number): void => {
        // Between two steps a signal can have arrived.
        hooks.signal?.throwIfAborted();
        tell(done, total);
      };
      return await linkDetections(
        detections,
        options,
        said,
        sharing === null ? runner : sharedRunner(runner, sharing),
      );
    } finally {
      await network?.close();
    }
  }
  hooks.signal?.throwIfAborted();
  const pool = createPool(1);
  const stop = (): void => pool.abort(hooks.signal?.reason);
  hooks.signal?.addEventListener('abort', stop);
  try {
    return await pool.run('link', { detections, options, scorer, width, sharing }, tell);
  } finally {
    hooks.signal?.removeEventListener('abort', stop);
    await pool.drain();
  }
}
