import type { Hooks } from '../pipeline/index.ts';
import type { Context } from './action.ts';

/** A command's reporter and signal as a job wants them. */
export function hooksOf(context: Context): Hooks {
  const { reporter, signal } = context;
  context.onStop = 'stopping after the frames under way (Ctrl-C again: at once)';
  return { onProgress: (p) => reporter.progress(p), onNote: (line) => reporter.note(line), signal };
}
