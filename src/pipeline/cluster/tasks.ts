import type { PlanFile } from '../../store/index.ts';

/** Most tasks of one array: what schedulers allow where nobody changed it (SLURM's MaxArraySize is 1001). */
export const MOST_TASKS = 1000;

/** Pixels that one core segments in about three minutes: long beside the second that a task costs to start. */
const PIXELS_PER_TASK = 180e6;

/** What cuts a movie into tasks. */
export type Cut = Pick<PlanFile, 'nFrames' | 'framesPerTask'>;

/** Frames of one task where nobody says: some minutes of one core, and no more tasks than an array takes. */
export function usualFramesPerTask(nFrames: number, pixelsPerFrame: number): number {
  const fitting = Math.floor(PIXELS_PER_TASK / Math.max(1, pixelsPerFrame));
  return Math.min(nFrames, Math.max(1, fitting, Math.ceil(nFrames / MOST_TASKS)));
}

/** Tasks of a plan, at least one. */
export function countTasks({ nFrames, framesPerTask }: Cut): number {
  return Math.ceil(nFrames / framesPerTask);
}

/** Frames `[start, end)` of task `k`, or null past the last one. */
export function framesOfTask({ nFrames, framesPerTask }: Cut, k: number): [number, number] | null {
  const start = k * framesPerTask;
  return start >= nFrames ? null : [start, Math.min(nFrames, start + framesPerTask)];
}

/** Ascending integers as schedulers' arrays take them: `0-3,7`; empty for none. */
export function arraySyntax(indexes: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < indexes.length; ) {
    let j = i;
    while (j + 1 < indexes.length && indexes[j + 1] === indexes[j]! + 1) j++;
    parts.push(i === j ? `${indexes[i]}` : `${indexes[i]}-${indexes[j]}`);
    i = j + 1;
  }
  return parts.join(',');
}
