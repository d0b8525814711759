import type { Matching } from './match.ts';
import type { Side } from './side.ts';
import type { Measure } from './types.ts';

/** Division measures, indexed by frame tolerance. */
export interface DivisionScores {
  precision: Measure[];
  recall: Measure[];
  f1: Measure[];
}

/** One graph as seen from its nodes: successors, and the one-to-one match in the other graph. */
interface Graph {
  side: Side;
  successors: number[][];
  match: Int32Array;
}

/** A division found in one graph only. */
interface Unpaired {
  node: number;
  t: number;
  paired: boolean;
}

function toGraph(side: Side, match: Int32Array): Graph {
  const successors: number[][] = Array.from({ length: side.count }, () => []);
  for (let node = 0; node < side.count; node++)
    if (side.previous[node] >= 0) successors[side.previous[node]].push(node);
  return { side, successors, match };
}

/** The ancestor (or self) of `node` in frame `t`, -1 = none. */
function ancestorAt(side: Side, node: number, t: number): number {
  let at = node;
  while (at >= 0 && side.t[at] > t) at = side.previous[at];
  return at >= 0 && side.t[at] === t ? at : -1;
}

/** Counterpart of the first node on the unbranched path from `daughter` that has one descending from `ancestor`; -1 = none. */
function descendantOn(graph: Graph, other: Graph, daughter: number, ancestor: number): number {
  for (let node = daughter; ; node = graph.successors[node][0]) {
    const counterpart = graph.match[node];
    if (counterpart >= 0 && ancestorAt(other.side, counterpart, other.side.t[ancestor]) === ancestor)
      return counterpart;
    if (graph.successors[node].length !== 1) return -1;
  }
}

/**
 * True if the division `late` of graph `b` is the division `early` of graph `a`, seen some frames later: the ancestor
 * of `late` in `early`'s frame is its match, and both daughters of `early` lead to descendants of that ancestor.
 */
function isShifted(a: Graph, early: number, b: Graph, late: number, strict: boolean): boolean {
  const ancestor = ancestorAt(b.side, late, a.side.t[early]);
  if (ancestor < 0 || a.match[early] !== ancestor) return false;
  const found = a.successors[early].map((daughter) => descendantOn(a, b, daughter, ancestor));
  if (found.length !== 2 || found.includes(-1)) return false;
  if (!strict) return true;
  const [first, second] = found.sort((p, q) => b.side.t[p] - b.side.t[q]);
  return ancestorAt(b.side, second, b.side.t[first]) !== first;
}

/** Divisions of both graphs at tolerance 0: those that agree, and the unpaired of truth and result. */
function pairExactly(
  truth: Graph,
  result: Graph,
): { tp: number; missed: Unpaired[]; extra: Unpaired[]; nTruth: number; nResult: number } {
  let tp = 0;
  const missed: Unpaired[] = [];
  const divides = (graph: Graph): number[] =>
    [...graph.side.byFrame].filter((node) => graph.successors[node].length > 1);
  const inTruth = divides(truth);
  const inResult = divides(result);
  const met = new Set<number>();
  for (const node of inTruth) {
    const other = truth.match[node];
    if (other < 0 || result.successors[other].length < 2) {
      missed.push({ node, t: truth.side.t[node], paired: false });
      continue;
    }
    met.add(other);
    const right = truth.successors[node].filter((daughter) => {
      const counterpart = truth.match[daughter];
      return counterpart >= 0 && result.side.previous[counterpart] === other;
    });
    if (right.length === 2) tp++;
  }
  const extra = inResult
    .filter((node) => !met.has(node))
    .map((node) => ({ node, t: result.side.t[node], paired: false }));
  return { tp, missed, extra, nTruth: inTruth.length, nResult: inResult.length };
}

/**
 * Precision, recall and F1 of divisions for frame tolerances 0 to `most`. At tolerance 0 a division is right if its
 * node is matched with a dividing node and both links to the daughters are right. At tolerance n, an extra division
 * and a missed one at most n frames apart are one right division if they are the same one seen earlier or later;
 * smaller tolerances go first and a division is used once. A matched pair with wrong daughters stays wrong.
 *
 * A result node that covers several truth nodes, and those truth nodes, count as unmatched. A value is null where a
 * denominator is 0 (precision without result divisions, F1 where precision and recall are 0).
 *
 * Source: traccuracy 0.4.3, `track_errors/_divisions.py` (BSD), for the rules. Differs: steps back are counted in
 * frames and not in links, which matters for links over a gap; ties go by frame and not by the order of a set;
 * `strict` asks for different branches; merged nodes are set aside, where traccuracy refuses the whole comparison (one
 * merge in a movie of thousands of cells would leave nothing to read).
 */
export function scoreDivisions(
  truthSide: Side,
  resultSide: Side,
  matching: Matching,
  most: number,
  strict: boolean,
): DivisionScores {
  const none = (): Measure[] => new Array<Measure>(most + 1).fill(null);
  const scores: DivisionScores = { precision: none(), recall: none(), f1: none() };
  const sole = matching.ofTruth.map((other) => (other >= 0 && matching.hits[other] === 1 ? other : -1));
  const truth = toGraph(truthSide, sole);
  const result = toGraph(resultSide, matching.ofResult);
  const exact = pairExactly(truth, result);
  const missedAt = new Map<number, Unpaired[]>();
  for (const miss of exact.missed) {
    const list = missedAt.get(miss.t);
    if (list) list.push(miss);
    else missedAt.set(miss.t, [miss]);
  }
  let tp = exact.tp;
  for (let n = 0; n <= most; n++) {
    for (const extra of n === 0 ? [] : exact.extra)
      for (const t of [extra.t - n, extra.t + n])
        for (const miss of missedAt.get(t) ?? []) {
          if (extra.paired || miss.paired) continue;
          const same =
            extra.t < miss.t
              ? isShifted(result, extra.node, truth, miss.node, strict)
              : isShifted(truth, miss.node, result, extra.node, strict);
          if (!same) continue;
          extra.paired = true;
          miss.paired = true;
          tp++;
        }
    const precision = exact.nResult === 0 ? null : tp / exact.nResult;
    const recall = exact.nTruth === 0 ? null : tp / exact.nTruth;
    scores.precision[n] = precision;
    scores.recall[n] = recall;
    scores.f1[n] =
      precision === null || recall === null || tp === 0 ? null : (2 * tp) / (exact.nTruth + exact.nResult);
  }
  return scores;
}
