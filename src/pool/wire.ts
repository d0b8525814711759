import type { PlainError } from '../errors/index.ts';
import type { TaskName } from './tasks.ts';

/**
 * What a thread says of itself while it runs one task. `[0]` only grows: 0 = waits for a thread, even = at work, odd =
 * inside the network's runtime, which nothing can stop from within. `[1]` and `[2]`: steps done and steps in all, 0
 * where it does not count them. `[3]`: seconds that it may be inside this time, 0 where the task's own limit holds.
 */
export type Beats = Int32Array;

/** Beats of a task that has not begun. */
export function newBeats(): Beats {
  return new Int32Array(new SharedArrayBuffer(16));
}

/** A task as a thread gets it. */
export interface Call<I> {
  input: I;
  beats: Beats;
}

/** What comes back from a worker: an error of ours keeps its kind, which a thrown one would lose on the way. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: PlainError };

/** To the engine: one task. */
export interface Order {
  id: number;
  name: TaskName;
  input: unknown;
  limit: number | null;
}

/** From the engine: what came of a task. */
export type Reply =
  | { id: number; kind: 'done'; outcome: Outcome<unknown> }
  | { id: number; kind: 'defect'; message: string; stack: string }
  /** How far a task is that counts its steps. */
  | { id: number; kind: 'steps'; done: number; total: number }
  /** It, or a task that it waits for, has been in one run of the network for so many seconds. */
  | { id: number; kind: 'stuck'; seconds: number };
