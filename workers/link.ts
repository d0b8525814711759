import { type BlockRunner, inThisThread, linkDetections } from '../src/link/index.ts';
import type { LinkResult } from '../src/link/types.ts';
import { createThreads, guard, type LinkTask } from '../src/pool/index.ts';
import { sharedRunner } from '../src/store/blocks.ts';
import { openScorer } from './openScorer.ts';

/** Links a movie, the blocks of its frames in threads beside this one. */
export default guard(async (task: LinkTask, beats): Promise<LinkResult> => {
  const { detections, options, scorer, width, sharing } = task;
  const shared = (runner: BlockRunner): BlockRunner =>
    sharing === null ? runner : sharedRunner(runner, sharing);
  const tell = (done: number, total: number): void => {
    Atomics.store(beats, 2, total);
    Atomics.store(beats, 1, done);
  };
  if (width < 2) {
    const judge = await openScorer(scorer);
    const judged = { ...options, ...(judge && { scorer: judge }) };
    return linkDetections(detections, judged, tell, shared(inThisThread(judge)));
  }
  const threads = createThreads('linkBlock', width);
  try {
    const run: BlockRunner['run'] = (block) => threads.run({ ...block, scorer });
    return await linkDetections(detections, options, tell, shared({ width, scored: scorer !== null, run }));
  } finally {
    await threads.end();
  }
});
