import { buildGrid, forEachAround } from '../grid.ts';
import type { Chains } from './context.ts';
import type { Scene } from './fit.ts';

/** How near a beginning lies to an end of the frame before, in spacings, to be taken for the same cell astray. */
export const NEAR = 0.7;

/** By row, 1 = its track ends, or begins, right beside where another one begins in the next frame, or ended in the last. */
export interface Broken {
  ends: Uint8Array;
  begins: Uint8Array;
}

/** Marks ends and beginnings that lie where one cell would. O(n). */
export function findBroken(
  { detections, offsets, motion, around }: Pick<Scene, 'detections' | 'offsets' | 'motion' | 'around'>,
  { next, previous, parent, divides }: Chains,
): Broken {
  const { count, t } = detections;
  const broken = { ends: new Uint8Array(count), begins: new Uint8Array(count) };
  for (let f = 0; f + 2 < offsets.length; f++) {
    const grid = buildGrid(detections, offsets[f + 1], offsets[f + 2]);
    for (let u = offsets[f]; u < offsets[f + 1]; u++) {
      if (next[u] >= 0 || divides[u] === 1) continue;
      const at = [motion.z[u], motion.y[u], motion.x[u]] as const;
      forEachAround(detections, grid, at, NEAR * around.scale[t[u]], (v) => {
        if (previous[v] < 0 && parent[v] < 0) [broken.ends[u], broken.begins[v]] = [1, 1];
      });
    }
  }
  return broken;
}

/**
 * Share of the detections that begin a track right beside where one just ended: cells that were not linked because one
 * of their detections lies astray. At most 0.002 in movies of well-found cells, 0.03 where 2 % are seen as one with
 * another. O(n).
 */
export function brokenShare(scene: Scene, chains: Chains): number {
  const { count } = scene.detections;
  const { ends } = findBroken(scene, chains);
  return count === 0 ? 0 : ends.reduce((sum, one) => sum + one, 0) / count;
}
