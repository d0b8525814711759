import { type Scorer, scorerOf } from '../src/link/index.ts';
import { openNetwork } from '../src/model/index.ts';

let known: { path: string; scorer: Promise<Scorer> } | null = null;

/** The scorer of a file, opened once a thread; undefined for null. */
export async function openScorer(path: string | null): Promise<Scorer | undefined> {
  if (path === null) return undefined;
  if (known?.path !== path) known = { path, scorer: openNetwork(path).then(scorerOf) };
  return known.scorer;
}
