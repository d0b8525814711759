import { type BlockOutcome, solveBlock } from '../src/link/index.ts';
import { guard, type LinkBlockTask } from '../src/pool/index.ts';
import { openScorer } from './openScorer.ts';

/** Decides on the links of a few frames. */
export default guard(async ({ scorer, ...task }: LinkBlockTask): Promise<BlockOutcome> => {
  return solveBlock(task, task.final ? await openScorer(scorer) : undefined);
});
