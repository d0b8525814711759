import type { Candidates, Costs, Marginals } from './types.ts';

/** Exponents beyond this are as good as certain, and their exponentials still finite in products of three. */
const LIMIT = 200;
/** Messages that change by less, relatively, are not sent again. */
const STILL = 1e-4;
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
  { count, nEdges, source, target, edgeStart, inStart, inEdge, nPairs, pairA, pairB, pairStart }: Candidates,
  { edge, pair }: Costs,
  { iterations = 25, temperature = 1 }: { iterations?: number; temperature?: number } = {},
): Marginals {
  const wEdge = edge.map((c) => weight(c / temperature));
  const wPair = pair.map((c) => weight(c / temperature));
  const alpha = new Float64Array(nEdges);
  const beta = new Float64Array(nEdges).fill(1);
  // holding[k]: weight of the options of k's source that hold edge k, without k's own beta.
  const holding = new Float64Array(nEdges);
  const weightWithout = (k: number, u: number): number => {
    let sum = 1;
    for (let j = edgeStart[u]; j < edgeStart[u + 1]; j++) if (j !== k) sum += wEdge[j] * beta[j];
    for (let p = pairStart[u]; p < pairStart[u + 1]; p++) {
      if (pairA[p] !== k && pairB[p] !== k) sum += wPair[p] * beta[pairA[p]] * beta[pairB[p]];
    }
    return sum;
  };

  // Whose messages must be sent again: sources after a change of beta, targets after one of alpha.
  const staleSource = new Uint8Array(count).fill(1);
  const staleTarget = new Uint8Array(count);
  for (let i = 0; i < iterations; i++) {
    for (let u = 0; u < count; u++) {
      if (staleSource[u] === 0) continue;
      staleSource[u] = 0;
      const [from, to] = [edgeStart[u], edgeStart[u + 1]];
      let all = 1;
      for (let k = from; k < to; k++) {
        holding[k] = wEdge[k];
        all += wEdge[k] * beta[k];
      }
      for (let p = pairStart[u]; p < pairStart[u + 1]; p++) {
        const [a, b] = [pairA[p], pairB[p]];
        holding[a] += wPair[p] * beta[b];
        holding[b] += wPair[p] * beta[a];
        all += wPair[p] * beta[a] * beta[b];
      }
      for (let k = from; k < to; k++) {
        // Options without edge k: nobody, the other edges, the pairs of two others. Summed anew where a difference
        // would be all rounding.
        let others = all - holding[k] * beta[k];
        if (others < 1e-6 * all) others = weightWithout(k, u);
        const next = holding[k] / others;
        if (Math.abs(next - alpha[k]) <= STILL * (next + alpha[k])) continue;
        alpha[k] = next;
        staleTarget[target[k]] = 1;
      }
    }
    let changed = false;
    for (let v = 0; v < count; v++) {
      if (staleTarget[v] === 0) continue;
      staleTarget[v] = 0;
      for (let a = inStart[v]; a < inStart[v + 1]; a++) {
        let others = 1;
        for (let b = inStart[v]; b < inStart[v + 1]; b++) if (b !== a) others += alpha[inEdge[b]];
        const k = inEdge[a];
        // Half of the step, so that messages on short cycles do not swing.
        const next = i < 3 ? 1 / others : (1 / others + beta[k]) / 2;
        if (Math.abs(next - beta[k]) <= STILL * (next + beta[k])) continue;
        beta[k] = next;
        staleSource[source[k]] = 1;
        changed = true;
      }
    }
    if (!changed) break;
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
