import { createRandom } from '../../src/array/index.ts';
import type { Branches } from '../../viewer/src/data/types.ts';

/**
 * A forest of `count` branches as columns (no nodes): lineages of about `perTree` branches, dividing at random.
 * Equal for equal arguments.
 *
 * @param lopsided only the newest branch divides: long one-sided trees
 */
export function makeForest(count: number, seed: number, perTree = 500, lopsided = false): Branches {
  const random = createRandom(seed);
  const column = (fill: number): Int32Array => new Int32Array(count).fill(fill);
  const branches: Branches = {
    count,
    start: new Int32Array(count + 1),
    nodes: new Int32Array(0),
    t0: column(0),
    t1: column(0),
    from: column(0),
    parent: column(-1),
    childA: column(-1),
    childB: column(-1),
    lineage: column(0),
    generation: column(0),
  };
  let made = 0;
  let lineage = 0;
  while (made < count) {
    lineage++;
    const root = made++;
    const size = Math.min(count - root, 1 + random.int(2 * perTree - 1));
    const open = [root];
    branches.from[root] = branches.t0[root] = random.int(5);
    branches.t1[root] = branches.t0[root]! + 1 + random.int(9);
    branches.lineage[root] = lineage;
    while (made - root + 2 <= size && open.length > 0) {
      const k = lopsided ? open.length - 1 : random.int(open.length);
      const b = open[k]!;
      open[k] = open.at(-1)!;
      open.pop();
      for (const side of ['childA', 'childB'] as const) {
        const child = made++;
        branches[side][b] = child;
        branches.parent[child] = b;
        branches.from[child] = branches.t1[b]!;
        branches.t0[child] = branches.t1[b]! + 1;
        branches.t1[child] = branches.t0[child]! + random.int(10);
        branches.lineage[child] = lineage;
        branches.generation[child] = branches.generation[b]! + 1;
        open.push(child);
      }
    }
  }
  return branches;
}

/** Founders of a forest. */
export const founders = (branches: Branches): number[] =>
  Array.from({ length: branches.count }, (_, b) => b).filter((b) => branches.parent[b]! < 0);
