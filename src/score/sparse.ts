import type { Matching } from './match.ts';
import type { Side } from './side.ts';
import type { Hits, Measure, SparseScores } from './types.ts';

/** Share of the surplus of nodes that the edge measure loses, and weight of the divisions in the score. */
const SURPLUS_WEIGHT = 0.1;
const DIVISION_WEIGHT = 0.1;
/** Farthest match by default, micrometres. */
export const SPARSE_DISTANCE = 7;

/** Rows of the successors of every node. */
function successorsOf(side: Side): number[][] {
  const successors: number[][] = Array.from({ length: side.count }, () => []);
  for (let node = 0; node < side.count; node++)
    if (side.previous[node] >= 0) successors[side.previous[node]].push(node);
  return successors;
}

/** A result link is right where the truth has it, and extra where the truth knows another at either end. */
function countEdges(truth: Side, result: Side, { ofResult }: Matching, children: number[][]): Hits {
  const hits: Hits = { TP: 0, FP: 0, FN: truth.nLinks };
  for (let node = 0; node < result.count; node++) {
    const before = result.previous[node];
    if (before < 0) continue;
    const [source, target] = [ofResult[before], ofResult[node]];
    if (source >= 0 && target >= 0 && truth.previous[target] === source) {
      hits.TP++;
      hits.FN--;
    } else if ((target >= 0 && truth.previous[target] >= 0) || (source >= 0 && children[source].length > 0))
      hits.FP++;
  }
  return hits;
}

/** The node where the paths to `a` and `b` part; -1 where one lies on the other's path, or they never meet. */
function forkOf({ previous, t }: Side, a: number, b: number): number {
  let [i, j] = [a, b];
  while (i >= 0 && j >= 0 && i !== j) {
    if (t[i] >= t[j]) i = previous[i];
    else j = previous[j];
  }
  return i === j && i !== a && i !== b ? i : -1;
}

function isAncestor({ previous, t }: Side, above: number, node: number): boolean {
  let at = node;
  while (at >= 0 && t[at] > t[above]) at = previous[at];
  return at === above;
}

/**
 * Result nodes that may stand for the division of truth node `node`: they divide, one of the matches of the parent or
 * of its predecessor is there or on the way to there, and matches of two daughters, or of these one's successors, come
 * of two different branches.
 */
function candidatesOf(
  truth: Side,
  children: number[][],
  node: number,
  result: Side,
  ofTruth: Int32Array,
): number[] {
  const matched = (nodes: readonly number[]): number[] =>
    nodes.map((at) => (at < 0 ? -1 : ofTruth[at])).filter((other) => other >= 0);
  const before = matched([truth.previous[node], node]);
  const branches = children[node].map((child) => matched([child, ...children[child]]));
  const found = new Set<number>();
  for (const [k, branch] of branches.entries())
    for (const other of branches.slice(k + 1).flat())
      for (const hit of branch) {
        const fork = forkOf(result, hit, other);
        if (fork >= 0 && before.some((anchor) => isAncestor(result, anchor, fork))) found.add(fork);
      }
  return [...found].sort((a, b) => a - b);
}

/** Candidates paired with as many rows as can be, each once; by row its candidate, -1 = none (Kuhn's algorithm). */
function pairMost(candidates: readonly (readonly number[])[]): number[] {
  const rowOf = new Map<number, number>();
  const take = (row: number, tried: Set<number>): boolean => {
    for (const candidate of candidates[row]) {
      if (tried.has(candidate)) continue;
      tried.add(candidate);
      const holder = rowOf.get(candidate);
      if (holder !== undefined && !take(holder, tried)) continue;
      rowOf.set(candidate, row);
      return true;
    }
    return false;
  };
  for (const row of candidates.keys()) take(row, new Set());
  const paired = candidates.map(() => -1);
  for (const [candidate, row] of rowOf) paired[row] = candidate;
  return paired;
}

function countDivisions(
  truth: Side,
  result: Side,
  { ofTruth, ofResult }: Matching,
  children: number[][],
): Hits {
  const dividing = [...truth.byFrame].filter((node) => children[node].length > 1);
  const pairs = pairMost(dividing.map((node) => candidatesOf(truth, children, node, result, ofTruth)));
  const paired = new Set(pairs);
  const TP = pairs.filter((fork) => fork >= 0).length;
  let FP = 0;
  for (const [node, daughters] of successorsOf(result).entries()) {
    if (daughters.length < 2 || paired.has(node) || ofResult[node] < 0) continue;
    // Where the truth ends, nobody knows whether the cell divides.
    if (children[ofResult[node]].length > 0) FP++;
  }
  return { TP, FP, FN: dividing.length - TP };
}

function jaccard({ TP, FP, FN }: Hits): Measure {
  return TP + FP + FN === 0 ? null : TP / (TP + FP + FN);
}

/**
 * Scores a result against a truth that holds some cells of the movie alone: what the truth is silent about is neither
 * right nor wrong. Nodes are matched one to one by position.
 *
 * Links: right where the truth has the link between the matched nodes, extra where it has another link into the target
 * or out of the source, else not counted. Divisions: within a frame, by branches that part in the result too. The
 * number of nodes counts by an estimate of how many there are in all.
 *
 * Source: rules of the cell tracking competition of the Chan Zuckerberg Biohub, 2026 (github.com/royerlab/
 * kaggle-cell-tracking-competition, metrics.md at b7a6192). Differs: one matching serves links and divisions, where that
 * one matches every division's neighbourhood anew; a division is always the node where the paths to both daughters part;
 * a movie is scored by itself, sums over several are the caller's.
 *
 * @param estimate how many nodes there are in all, null = not known
 */
export function scoreSparse(
  truth: Side,
  result: Side,
  matching: Matching,
  estimate: number | null,
): SparseScores {
  const children = successorsOf(truth);
  const edges = countEdges(truth, result, matching, children);
  const divisions = countDivisions(truth, result, matching, children);
  const plain = jaccard(edges);
  const split = jaccard(divisions);
  const adjusted =
    plain === null || estimate === null
      ? null
      : Math.max(0, plain * (1 - (SURPLUS_WEIGHT * (result.count - estimate)) / estimate));
  const found = matching.ofTruth.reduce((sum, other) => sum + (other >= 0 ? 1 : 0), 0);
  return {
    edges,
    edge_jaccard: plain,
    estimated_nodes: estimate,
    adjusted_edge_jaccard: adjusted,
    divisions,
    division_jaccard: split,
    score: adjusted === null ? null : adjusted + DIVISION_WEIGHT * (split ?? 0),
    node_recall: truth.count === 0 ? null : found / truth.count,
  };
}
