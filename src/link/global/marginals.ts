import type { Candidates, Costs, Marginals } from './types.ts';

/** Exponents beyond this are as good as certain, and their exponentials still finite in products of three. */
const LIMIT = 200;
const weight = (cost: number): number => Math.exp(Math.min(LIMIT, Math.max(-LIMIT, -cost)));

/**
 * Probability of every edge, division, end and beginning under the costs, each cell being followed by nobody, one, or
 * two of a pair, and preceded by one at most: sum-product belief propagation between sources and targets, in
 * O(iterations x (edges + pairs)). Exact where the candidates form a tree, and close to exact on assignments.
 *
 * alpha: odds of an edge by what its source knows; beta: factor by what its target knows. The weight of staying
 * without successor or predecessor is 1, as costs are relative to that.
 *
 * Source: M. Chertkov et al. 2010, Inference in particle tracking experiments by passing messages between images,
 * doi 10.1073/pnas.0910994107. Differs: sources may take a pair of targets, and both sides may stay alone.
 *
 * @param temperature divides the costs; 1 = as they are
 */
export function findMarginals(
  { count, nEdges, target, edgeStart, inStart, inEdge, nPairs, pairA, pairB, pairStart }: Candidates,
  { edge, pair }: Costs,
  { iterations = 25, temperature = 1 }: { iterations?: number; temperature?: number } = {},
): Marginals {
  const wEdge = edge.map((c) => weight(c / temperature));
  const wPair = pair.map((c) => weight(c / temperature));
  const alpha = new Float64Array(nEdges);
  const beta = new Float64Array(nEdges).fill(1);
  // holding[k]: weight of the options of k's source that hold edge k, without k's own beta.
  const holding = new Float64Array(nEdges);

  const collect = (): void => {
    for (let k = 0; k < nEdges; k++) holding[k] = wEdge[k];
    for (let p = 0; p < nPairs; p++) {
      holding[pairA[p]] += wPair[p] * beta[pairB[p]];
      holding[pairB[p]] += wPair[p] * beta[pairA[p]];
    }
  };
  for (let i = 0; i < iterations; i++) {
    collect();
    let change = 0;
    for (let u = 0; u < count; u++) {
      for (let k = edgeStart[u]; k < edgeStart[u + 1]; k++) {
        // Options without edge k: nobody, the other edges, the pairs of two others.
        let others = 1;
        for (let j = edgeStart[u]; j < edgeStart[u + 1]; j++) if (j !== k) others += wEdge[j] * beta[j];
        for (let p = pairStart[u]; p < pairStart[u + 1]; p++) {
          if (pairA[p] !== k && pairB[p] !== k) others += wPair[p] * beta[pairA[p]] * beta[pairB[p]];
        }
        alpha[k] = holding[k] / others;
      }
    }
    for (let v = 0; v < count; v++) {
      for (let a = inStart[v]; a < inStart[v + 1]; a++) {
        let others = 1;
        for (let b = inStart[v]; b < inStart[v + 1]; b++) if (b !== a) others += alpha[inEdge[b]];
        const k = inEdge[a];
        change = Math.max(change, Math.abs(1 / others - beta[k]));
        // Half of the step, so that messages on short cycles do not swing.
        beta[k] = i < 3 ? 1 / others : (1 / others + beta[k]) / 2;
      }
    }
    if (change < 1e-4) break;
  }

  const out: Marginals = {
    edge: new Float64Array(nEdges),
    pair: new Float64Array(nPairs),
    ends: new Float64Array(count),
    begins: new Float64Array(count),
  };
  for (let u = 0; u < count; u++) {
    let total = 1;
    for (let k = edgeStart[u]; k < edgeStart[u + 1]; k++) total += wEdge[k] * beta[k];
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) total += wPair[p] * beta[pairA[p]] * beta[pairB[p]];
    out.ends[u] = 1 / total;
    for (let k = edgeStart[u]; k < edgeStart[u + 1]; k++) out.edge[k] = (wEdge[k] * beta[k]) / total;
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) {
      out.pair[p] = (wPair[p] * beta[pairA[p]] * beta[pairB[p]]) / total;
      out.edge[pairA[p]] += out.pair[p];
      out.edge[pairB[p]] += out.pair[p];
    }
  }
  const taken = new Float64Array(count);
  for (let k = 0; k < nEdges; k++) taken[target[k]] += out.edge[k];
  for (let v = 0; v < count; v++) out.begins[v] = Math.max(0, 1 - taken[v]);
  return out;
}
