import type { Chains, ChainTable } from './identity.ts';
import type { Measure } from './types.ts';

/** A chain with all its ancestors and all its descendants. */
function cliqueOf(chains: Chains, chain: number): number[] {
  const clique: number[] = [];
  for (let above = chains.parent[chain]; above >= 0; above = chains.parent[above]) clique.push(above);
  const first = clique.length;
  clique.push(chain);
  for (let at = first; at < clique.length; at++)
    for (const child of chains.children[clique[at]]) clique.push(child);
  return clique;
}

function total(values: Float64Array, rows: readonly number[]): number {
  let sum = 0;
  for (const row of rows) sum += values[row];
  return sum;
}

/**
 * CHOTA: HOTA (see there) in which a chain is replaced by its clique, which is itself, its ancestors and its
 * descendants, so that confusing relatives costs less than confusing strangers. Null without nodes.
 *
 * Cost: the sum, over matched pairs of chains, of the size of the result's clique, plus over truth chains the matched
 * pairs of their cliques. Memory O(chains).
 *
 * Source: T. Kaiser et al. 2024, "CHOTA: a higher order accuracy metric for cell tracking", arXiv:2408.11571.
 */
export function chota(table: ChainTable): Measure {
  const { truth, result, start, column, pairs } = table;
  const resultClique: (number[] | undefined)[] = new Array(result.count);
  // matched pairs of the truth chain's clique, per result chain
  const shared = new Float64Array(result.count);
  let sum = 0;
  for (let r = 0; r < truth.count; r++) {
    if (start[r] === start[r + 1]) continue;
    const clique = cliqueOf(truth, r);
    for (const k of clique)
      for (let row = start[k]; row < start[k + 1]; row++) shared[column[row]] += pairs[row];
    const truthTotal = total(table.truthTotal, clique);
    for (let row = start[r]; row < start[r + 1]; row++) {
      const s = column[row];
      resultClique[s] ??= cliqueOf(result, s);
      const tpa = total(shared, resultClique[s]);
      sum += (pairs[row] * tpa) / (truthTotal + total(table.resultTotal, resultClique[s]) - tpa);
    }
    for (const k of clique) for (let row = start[k]; row < start[k + 1]; row++) shared[column[row]] = 0;
  }
  const all = table.tp + table.fp + table.fn;
  return all === 0 ? null : Math.sqrt(sum / all);
}
