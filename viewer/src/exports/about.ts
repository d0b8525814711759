import type { Info } from '../data/types.ts';

/** What every picture says of itself: program, movie, and where the same can be seen. */
export function textsOf({ run }: Info, view: string): Record<string, string> {
  return {
    Software: `morula ${run.morula}`,
    Source: `${run.movie.name}, fingerprint ${run.movie.fingerprint}`,
    Comment: view,
  };
}
