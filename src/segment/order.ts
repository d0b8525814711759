import type { Candidates } from './candidates.ts';
import { copyOut, kernels, put } from './compiled.ts';

/**
 * Rows of the candidates, best first: prob descending in steps of 1 / `PROB_STEPS`, then the larger flat index. A
 * total order, so that the result does not depend on the order of the rows. O(n).
 */
export function byProbDescending({
  count,
  prob,
  index,
}: Pick<Candidates, 'count' | 'prob' | 'index'>): Uint32Array {
  kernels().clear();
  const order = new Uint32Array(count);
  const columns = [put(prob.subarray(0, count)), put(index.subarray(0, count))] as const;
  copyOut(kernels().orderByProb(count, ...columns) >>> 0, order);
  return order;
}
