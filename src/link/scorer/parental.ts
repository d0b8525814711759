import type { ScoreRequest } from './types.ts';

/** Odds beyond this say no more; natural logarithm. */
const MOST = 12;
const LEAST_LOGIT = -30;
const MOST_LOGIT = 30;

/**
 * Log odds of every asked edge from association logits: the share of an edge among all edges into its target, where no
 * parent at all has a weight, too. A parent may have two daughters, as only parents compete.
 *
 * Source: algorithms sheet D.4 (parental softmax; `orphan` 0) and D.5 (similarity, with its own logit of an orphan).
 *
 * @param logits by asked edge; NaN = it was not judged, and has no chance
 * @param orphan by row, the logit of having no parent
 */
export function parentalOdds(
  { candidates, edges, detections }: ScoreRequest,
  logits: Float32Array,
  orphan: Float32Array,
): Float32Array {
  const weight = (logit: number): number =>
    Number.isNaN(logit) ? 0 : Math.exp(Math.min(MOST_LOGIT, Math.max(LEAST_LOGIT, logit)));
  const total = Float64Array.from(orphan.subarray(0, detections.count), weight);
  for (let i = 0; i < edges.length; i++) total[candidates.target[edges[i]]] += weight(logits[i]);
  return Float32Array.from(logits, (logit, i) => {
    const own = weight(logit);
    const rest = total[candidates.target[edges[i]]] - own;
    return Math.max(-MOST, Math.min(MOST, Math.log(own) - Math.log(Math.max(1e-30, rest))));
  });
}
