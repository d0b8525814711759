import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeColumns, encodeColumns } from '../codec/columns.ts';
import { contentDigest } from '../codec/contentDigest.ts';
import { sha256Hex, writeFileAtomic } from '../codec/files.ts';
import { morulaVersion } from '../codec/packageRoot.ts';
import { asStorageError, isMorulaError } from '../errors/index.ts';
import type { BlockOutcome, BlockRunner } from '../link/index.ts';
import { layout } from './layout.ts';
import type { BlockSharing } from './types.ts';

/** The place of one link stage's blocks, by its key: other settings, detections and versions have their own. */
export function shareBlocks(folder: string, key: string, first: number): BlockSharing {
  return { folder: join(layout.blocks(folder), sha256Hex(key, morulaVersion()).slice(0, 16)), first };
}

/** Removes what was shared, when the stage is done. @throws `storage` (exit 74) */
export async function clearBlocks(folder: string): Promise<void> {
  try {
    await rm(layout.blocks(folder), { recursive: true, force: true });
  } catch (error) {
    throw asStorageError('store', layout.blocks(folder), error);
  }
}

/**
 * A runner that takes from the shared folder what any machine decided on the very same block, and leaves there what it
 * decides itself. A block is named by all that decides on it, so that what is taken is what would have come out.
 */
export function sharedRunner(runner: BlockRunner, { folder, first }: BlockSharing): BlockRunner {
  return {
    ...runner,
    first,
    async run(task) {
      const path = join(folder, `${contentDigest(task)}.bin`);
      const known = await readBlock(path);
      if (known !== null) return known;
      const outcome = await runner.run(task);
      await writeBlock(path, outcome);
      return outcome;
    },
  };
}

type Solve = BlockOutcome['solve'];
const SOLVE = ['cost', 'bound', 'components', 'open', 'fractional'] as const satisfies (keyof Solve)[];

/** Bytes of the checksum before a block. */
const HEAD = 64;

async function writeBlock(path: string, outcome: BlockOutcome): Promise<void> {
  const { source, target, cost, prob, ends, begins, divides, alternatives, solve } = outcome;
  const bytes = encodeColumns({
    meta: {},
    columns: {
      source: Int32Array.from(source),
      target: Int32Array.from(target),
      cost: Float64Array.from(cost),
      prob: Float64Array.from(prob),
      ends,
      begins,
      divides,
      solve: Float64Array.from(SOLVE, (name) => solve[name]),
      'or.source': Int32Array.from(alternatives.source),
      'or.targetA': Int32Array.from(alternatives.targetA),
      'or.targetB': Int32Array.from(alternatives.targetB),
      'or.prob': Float64Array.from(alternatives.prob),
    },
  });
  await writeFileAtomic(path, sha256Hex(bytes), bytes).catch((error: unknown) => {
    const { cause } = error as Error;
    // Another machine is done with all of it, and has taken the folder away.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw error;
  });
}

/** What was decided on a block; null where nobody did yet, or the file is damaged. */
async function readBlock(path: string): Promise<BlockOutcome | null> {
  const file = await readFile(path).catch(() => null);
  if (file === null) return null;
  const bytes = file.subarray(HEAD);
  if (file.toString('latin1', 0, HEAD) !== sha256Hex(bytes)) return null;
  try {
    const { columns } = decodeColumns(bytes, path);
    const { source, target, cost, prob, ends, begins, divides } = columns;
    return {
      source: Array.from(source),
      target: Array.from(target),
      cost: Array.from(cost),
      prob: Array.from(prob),
      ends: ends as Float32Array,
      begins: begins as Float32Array,
      divides: divides as Float32Array,
      alternatives: {
        source: Array.from(columns['or.source']),
        targetA: Array.from(columns['or.targetA']),
        targetB: Array.from(columns['or.targetB']),
        prob: Array.from(columns['or.prob']),
      },
      solve: Object.fromEntries(SOLVE.map((name, i) => [name, columns.solve[i]])) as unknown as Solve,
    };
  } catch (error) {
    if (isMorulaError(error)) return null;
    throw error;
  }
}
