import type { ReferredChoices } from '../solve/choices.ts';
import type { Selection } from '../solve/types.ts';
import type { Alternatives, SolveReport } from '../types.ts';
import type { Belief } from './fit.ts';

/** What a pass decided, block after block; links are in no order. */
export interface Outcome {
  source: number[];
  target: number[];
  cost: number[];
  prob: number[];
  /** By row: probability that the cell has no successor, no predecessor, and that it divides as it does here; NaN = not asked. */
  ends: Float32Array;
  begins: Float32Array;
  divides: Float32Array;
  alternatives: Alternatives;
  solve: SolveReport;
}

/** Decisions less certain than this keep their alternatives; alternatives fainter than that are not kept. */
const CERTAIN = 0.98;
const FAINT = 0.01;
const KEPT = 3;

/** Nothing decided yet, about `count` rows. */
export function emptyOutcome(count: number): Outcome {
  return {
    source: [],
    target: [],
    cost: [],
    prob: [],
    ends: new Float32Array(count).fill(Number.NaN),
    begins: new Float32Array(count).fill(Number.NaN),
    divides: new Float32Array(count).fill(Number.NaN),
    alternatives: { source: [], targetA: [], targetB: [], prob: [] },
    solve: { cost: 0, bound: 0, components: 0, open: 0, fractional: 0 },
  };
}

/** Probability of every option: what is left of an edge when its divisions are taken out, or the division. */
export function optionProbs({ candidates, marginals }: Belief, { ref }: ReferredChoices): Float64Array {
  const single = marginals.edge.slice();
  for (let p = 0; p < candidates.nPairs; p++) {
    single[candidates.pairA[p]] -= marginals.pair[p];
    single[candidates.pairB[p]] -= marginals.pair[p];
  }
  return Float64Array.from(ref, (r) => Math.max(0, r >= 0 ? single[r] : marginals.pair[-1 - r]));
}

/** Adds the selection of one block. `from` and `to` are its source frames' rows; targets are those up to `end`. */
export function addToOutcome(
  out: Outcome,
  belief: Belief,
  choices: ReferredChoices,
  probs: Float64Array,
  selection: Selection,
  [from, to, end, firstTarget]: readonly [number, number, number, number],
): void {
  const { candidates, marginals } = belief;
  for (let u = from; u < to; u++) out.ends[u] = marginals.ends[u];
  for (let v = firstTarget; v < end; v++) out.begins[v] = marginals.begins[v];
  for (let u = from; u < to; u++) {
    let chosen = -1;
    for (let o = choices.start[u]; o < choices.start[u + 1]; o++) if (selection.taken[o] === 1) chosen = o;
    if (chosen >= 0) addLinks(out, belief, choices, probs, chosen);
    const certainty = chosen >= 0 ? probs[chosen] : marginals.ends[u];
    if (certainty < CERTAIN) keepAlternatives(out, choices, probs, marginals.ends[u], u, chosen);
  }
  for (let v = firstTarget; v < end; v++) {
    const taken = candidates.inStart[v + 1] > candidates.inStart[v] && marginals.begins[v] >= FAINT;
    if (taken && marginals.begins[v] < CERTAIN) pushAlternative(out, -1, v, -1, marginals.begins[v]);
  }
  out.solve.cost += selection.cost;
  out.solve.bound += selection.bound;
  out.solve.components += selection.components;
  out.solve.open += selection.open;
  out.solve.fractional += selection.fractional;
}

/** The one link, or the two, of a chosen option. */
function addLinks(
  out: Outcome,
  { candidates, costs, marginals }: Belief,
  { source, ref }: ReferredChoices,
  probs: Float64Array,
  chosen: number,
): void {
  const r = ref[chosen];
  const edges = r >= 0 ? [r] : [candidates.pairA[-1 - r], candidates.pairB[-1 - r]];
  if (r < 0) out.divides[source[chosen]] = probs[chosen];
  for (const k of edges) {
    out.source.push(source[chosen]);
    out.target.push(candidates.target[k]);
    out.cost.push(r >= 0 ? costs.edge[k] : costs.pair[-1 - r] / 2);
    out.prob.push(Math.min(1, marginals.edge[k]));
  }
}

function pushAlternative(
  { alternatives }: Outcome,
  source: number,
  a: number,
  b: number,
  prob: number,
): void {
  alternatives.source.push(source);
  alternatives.targetA.push(a);
  alternatives.targetB.push(b);
  alternatives.prob.push(prob);
}

/** The likeliest other things that a source could have done; ending is one of them. */
function keepAlternatives(
  out: Outcome,
  choices: ReferredChoices,
  probs: Float64Array,
  ends: number,
  u: number,
  chosen: number,
): void {
  const others: { a: number; b: number; prob: number }[] = [];
  if (chosen >= 0) others.push({ a: -1, b: -1, prob: ends });
  for (let o = choices.start[u]; o < choices.start[u + 1]; o++) {
    if (o !== chosen) others.push({ a: choices.a[o], b: choices.b[o], prob: probs[o] });
  }
  others.sort((p, q) => q.prob - p.prob || p.a - q.a || p.b - q.b);
  for (const { a, b, prob } of others.slice(0, KEPT)) if (prob >= FAINT) pushAlternative(out, u, a, b, prob);
}
