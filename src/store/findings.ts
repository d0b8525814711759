import { readFile } from 'node:fs/promises';
import { decodeColumns, encodeColumns } from '../codec/columns.ts';
import { removeFile, writeFileAtomic } from '../codec/files.ts';
import type { Certainty, FrameMotion } from '../link/types.ts';
import { layout } from './layout.ts';

/** What a linker found out besides links: how the cells move together, and how sure it is. */
export interface Findings {
  motion: FrameMotion[] | null;
  certainty: Certainty | null;
}

const KINDS: readonly FrameMotion['kind'][] = ['none', 'shift', 'rigid', 'affine'];

/** Writes motion.bin (one row a frame) and certainty.bin (one row a detection, and the alternatives), or removes them. */
export async function writeFindings(folder: string, { motion, certainty }: Findings): Promise<void> {
  if (motion === null) await removeFile(layout.motion(folder));
  else {
    const columns = {
      kind: Uint8Array.from(motion, ({ kind }) => KINDS.indexOf(kind)),
      flow: Uint8Array.from(motion, ({ flow }) => (flow ? 1 : 0)),
      before: Float64Array.from(motion, ({ before }) => before),
      after: Float64Array.from(motion, ({ after }) => after),
      matrix: Float64Array.from(motion.flatMap(({ matrix }) => [...matrix])),
    };
    await writeFileAtomic(layout.motion(folder), encodeColumns({ meta: { frames: motion.length }, columns }));
  }
  if (certainty === null) await removeFile(layout.certainty(folder));
  else {
    const { ends, begins, divides, alternatives } = certainty;
    const columns = {
      ends,
      begins,
      divides,
      source: Int32Array.from(alternatives.source),
      targetA: Int32Array.from(alternatives.targetA),
      targetB: Int32Array.from(alternatives.targetB),
      prob: Float32Array.from(alternatives.prob),
    };
    await writeFileAtomic(layout.certainty(folder), encodeColumns({ meta: {}, columns }));
  }
}

/**
 * What the linker of a result found out; null where it does not say.
 *
 * @throws `invalid-data` when a file is damaged
 */
export async function readFindings(folder: string): Promise<Findings> {
  const read = async (path: string): Promise<Record<string, ArrayLike<number>> | null> => {
    const bytes = await readFile(path).catch(() => null);
    return bytes === null
      ? null
      : (decodeColumns(bytes, path, true).columns as Record<string, ArrayLike<number>>);
  };
  const moved = await read(layout.motion(folder));
  const sure = await read(layout.certainty(folder));
  return {
    motion:
      moved &&
      Array.from(moved.kind, (kind, t) => ({
        kind: KINDS[kind],
        flow: moved.flow[t] === 1,
        before: moved.before[t],
        after: moved.after[t],
        matrix: Float64Array.from({ length: 12 }, (_, k) => moved.matrix[12 * t + k]),
      })),
    certainty: sure && {
      ends: Float32Array.from(sure.ends),
      begins: Float32Array.from(sure.begins),
      divides: Float32Array.from(sure.divides),
      alternatives: {
        source: Array.from(sure.source),
        targetA: Array.from(sure.targetA),
        targetB: Array.from(sure.targetB),
        prob: Array.from(sure.prob),
      },
    },
  };
}
