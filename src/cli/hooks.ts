import type { Hooks } from '../pipeline/index.ts';
import type { Context } from './action.ts';

/** A command's reporter and signal as a job wants them. */
export function hooksOf({ reporter, signal }: Context): Hooks {
  return { onProgress: (p) => reporter.progress(p), onNote: (line) => reporter.note(line), signal };
}
