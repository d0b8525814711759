import { fromPlainError, toPlainError } from '../errors/index.ts';
import type { Beats, Call, Outcome } from './wire.ts';

/**
 * Wraps a worker's function so that errors of ours return as data; a defect is thrown as it is.
 *
 * @param run is given the task, and the beats by which it shows that it is inside a network
 */
export function guard<I, O>(
  run: (input: I, beats: Beats) => Promise<O>,
): (call: Call<I>) => Promise<Outcome<O>> {
  return async ({ input, beats }) => {
    Atomics.add(beats, 0, 2);
    try {
      return { ok: true, value: await run(input, beats) };
    } catch (error) {
      const plain = toPlainError(error);
      if (plain === null) throw error;
      return { ok: false, error: plain };
    }
  };
}

/** The value, or the error thrown as ours. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw fromPlainError(outcome.error);
}
