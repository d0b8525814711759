import { buildGrid, forEachAround } from '../grid.ts';
import { chainsOf } from './context.ts';
import type { Scene } from './fit.ts';
import type { Outcome } from './outcome.ts';

/** How near a beginning lies to an end of the frame before, in spacings, to be taken for the same cell astray. */
const NEAR = 0.7;

/**
 * Share of the detections that begin a track right beside where one just ended: cells that were not linked because one
 * of their detections lies astray. At most 0.002 in movies of well-found cells, 0.03 where 2 % are seen as one with
 * another. O(n).
 */
export function brokenShare({ detections, offsets, motion, around }: Scene, outcome: Outcome): number {
  const { count, t } = detections;
  const { next, previous, parent, divides } = chainsOf(count, outcome);
  let broken = 0;
  for (let f = 0; f + 2 < offsets.length; f++) {
    const grid = buildGrid(detections, offsets[f + 1], offsets[f + 2]);
    for (let u = offsets[f]; u < offsets[f + 1]; u++) {
      if (next[u] >= 0 || divides[u] === 1) continue;
      let near = 0;
      const at = [motion.z[u], motion.y[u], motion.x[u]] as const;
      forEachAround(detections, grid, at, NEAR * around.scale[t[u]], (v) => {
        if (previous[v] < 0 && parent[v] < 0) near = 1;
      });
      broken += near;
    }
  }
  return count === 0 ? 0 : broken / count;
}
