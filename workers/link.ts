import { linkDetections } from '../src/link/index.ts';
import type { LinkResult } from '../src/link/types.ts';
import { createThreads, guard, type LinkTask } from '../src/pool/index.ts';
import { openScorer } from './openScorer.ts';

/** Links a movie, the blocks of its frames in threads beside this one. */
export default guard(async ({ detections, options, scorer, width }: LinkTask, beats): Promise<LinkResult> => {
  const tell = (done: number, total: number): void => {
    Atomics.store(beats, 2, total);
    Atomics.store(beats, 1, done);
  };
  if (width < 2) {
    const judge = await openScorer(scorer);
    return linkDetections(detections, { ...options, ...(judge && { scorer: judge }) }, tell);
  }
  const threads = createThreads('linkBlock', width);
  try {
    return await linkDetections(detections, options, tell, {
      width,
      run: (task) => threads.run({ ...task, scorer }),
    });
  } finally {
    await threads.end();
  }
});
