import type { Detections } from '../../segment/types.ts';
import { type FrameGrid, findNearestTo } from '../grid.ts';
import type { Motion } from '../motion/types.ts';

/**
 * Where row `u` is expected `frames` frames later: one step by its own motion, the others by that of the detection then
 * nearest to it. Micrometres: z, y, x.
 *
 * @param grids of every frame
 */
export function carryForward(
  detections: Detections,
  motion: Motion,
  grids: readonly FrameGrid[],
  u: number,
  frames: number,
): [number, number, number] {
  let at: [number, number, number] = [motion.z[u], motion.y[u], motion.x[u]];
  for (let k = 1; k < frames; k++) {
    const { row } = findNearestTo(detections, grids[detections.t[u] + k], at);
    if (row < 0) continue;
    const { z, y, x } = detections;
    at = [at[0] + motion.z[row] - z[row], at[1] + motion.y[row] - y[row], at[2] + motion.x[row] - x[row]];
  }
  return at;
}
