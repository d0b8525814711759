import type { Detections } from '../segment/types.ts';
import { buildGrid, type FrameGrid, findNearest } from './grid.ts';
import { middleOf } from './median.ts';

/** How far detections lie apart and move, micrometres; NaN where there is nothing to measure. */
export interface Spacing {
  /** Median distance to the nearest detection of the same frame. */
  spacing: number;
  /** Median and 1.4826 x MAD of the steps between mutual nearest neighbours of consecutive frames. */
  step: number;
  stepSpread: number;
  /** Median radius of those that are known, and above 0. */
  radius: number;
}

/** At most this many frames are measured, evenly spread. */
const MAX_FRAMES = 200;

/** Measures spacing and steps on up to 200 frame pairs, in O(n). */
export function measureSpacing(detections: Detections, offsets: Int32Array): Spacing {
  const nFrames = offsets.length - 1;
  const stride = Math.max(1, Math.ceil(nFrames / MAX_FRAMES));
  const near: number[] = [];
  const steps: number[] = [];
  const gridOf = (t: number): FrameGrid => buildGrid(detections, offsets[t], offsets[t + 1]);
  for (let t = 0; t < nFrames; t += stride) {
    const grid = gridOf(t);
    const next = t + 1 < nFrames ? gridOf(t + 1) : null;
    for (let i = offsets[t]; i < offsets[t + 1]; i++) {
      const neighbour = findNearest(detections, grid, i);
      if (neighbour.row >= 0) near.push(Math.sqrt(neighbour.d2));
      if (next === null) continue;
      const forward = findNearest(detections, next, i);
      if (forward.row < 0 || findNearest(detections, grid, forward.row).row !== i) continue;
      steps.push(Math.sqrt(forward.d2));
    }
  }
  const sorted = Float64Array.from(steps);
  const step = middleOf(sorted);
  const stepSpread = 1.4826 * middleOf(sorted.map((s) => Math.abs(s - step)));
  const radius = middleOf(detections.radius.filter((r) => r > 0));
  return { spacing: middleOf(Float64Array.from(near)), step, stepSpread, radius };
}
