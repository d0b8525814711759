import { type BlockOutcome, type BlockTask, solveBlock } from '../src/link/index.ts';
import { guard } from '../src/pool/index.ts';

/** Decides on the links of a few frames. */
export default guard((task: BlockTask): Promise<BlockOutcome> => solveBlock(task));
