import type { Candidates, Costs } from '../global/types.ts';
import type { Choices } from './types.ts';

/** Choices, and where each comes from: edge `ref[o]`, or pair `-1 - ref[o]` where that is below 0. */
export interface ReferredChoices extends Choices {
  ref: Int32Array;
}

/**
 * The options that a cheapest selection can hold: those below 0, and divisions that cost less than going on as either
 * daughter alone. What is left out would make a selection dearer or no cheaper.
 *
 * @param joins whether a division is considered at all
 */
export function choicesOf(
  { count, target, source, edgeStart, pairStart, pairA, pairB }: Candidates,
  { edge, pair }: Costs,
  joins: (p: number) => boolean = () => true,
): ReferredChoices {
  const ref: number[] = [];
  const start = new Int32Array(count + 1);
  for (let u = 0; u < count; u++) {
    for (let k = edgeStart[u]; k < edgeStart[u + 1]; k++) if (edge[k] < 0) ref.push(k);
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) {
      if (pair[p] < Math.min(0, edge[pairA[p]], edge[pairB[p]]) && joins(p)) ref.push(-1 - p);
    }
    start[u + 1] = ref.length;
  }
  const first = (r: number): number => (r >= 0 ? r : pairA[-1 - r]);
  return {
    count,
    n: ref.length,
    source: Int32Array.from(ref, (r) => source[first(r)]),
    a: Int32Array.from(ref, (r) => target[first(r)]),
    b: Int32Array.from(ref, (r) => (r >= 0 ? -1 : target[pairB[-1 - r]])),
    cost: Float64Array.from(ref, (r) => (r >= 0 ? edge[r] : pair[-1 - r])),
    start,
    ref: Int32Array.from(ref),
  };
}
