import { assignSparse } from './assign.ts';
import type { Matching } from './match.ts';
import type { Side } from './side.ts';
import type { Measure } from './types.ts';

/** Tracks of one side with chains of single children joined into one. */
export interface Chains {
  count: number;
  /** Per track row: its chain. */
  ofTrack: Int32Array;
  /** Per chain: the chain that divided into it, -1 = none. */
  parent: Int32Array;
  /** Per chain: the chains that it divides into. */
  children: number[][];
}

/** Joins every track that is the only child of its parent with that parent. */
function joinChains(side: Side): Chains {
  const ofTrack = new Int32Array(side.nTracks).fill(-1);
  const heads: number[] = [];
  const isHead = (k: number): boolean => side.parent[k] < 0 || side.children[side.parent[k]].length > 1;
  for (let head = 0; head < side.nTracks; head++) {
    if (!isHead(head)) continue;
    for (let k = head; ; k = side.children[k][0]) {
      ofTrack[k] = heads.length;
      if (side.children[k].length !== 1) break;
    }
    heads.push(head);
  }
  const parent = Int32Array.from(heads, (head) => (side.parent[head] < 0 ? -1 : ofTrack[side.parent[head]]));
  const children: number[][] = heads.map(() => []);
  for (const [chain, above] of parent.entries()) if (above >= 0) children[above].push(chain);
  return { count: heads.length, ofTrack, parent, children };
}

/** How often each pair of chains is matched: rows of a sparse table, sorted by (truth chain, result chain). */
export interface ChainTable {
  truth: Chains;
  result: Chains;
  /** Rows of truth chain r are `start[r]` to `start[r + 1]` (exclusive). */
  start: Int32Array;
  column: Int32Array;
  /** Matched node pairs. */
  pairs: Float64Array;
  /** Per truth chain: its nodes. Per result chain: its matched pairs plus its nodes without a match. */
  truthTotal: Float64Array;
  resultTotal: Float64Array;
  /** Matched pairs, result nodes without match, truth nodes without match. */
  tp: number;
  fp: number;
  fn: number;
}

/** Counts the matched nodes of every pair of chains; memory grows with the pairs that occur. */
export function tabulate(truth: Side, result: Side, matching: Matching): ChainTable {
  const ours = joinChains(truth);
  const theirs = joinChains(result);
  const counts = new Map<number, number>();
  const truthTotal = new Float64Array(ours.count);
  const resultTotal = new Float64Array(theirs.count);
  let tp = 0;
  let fp = 0;
  for (let node = 0; node < truth.count; node++) {
    const r = ours.ofTrack[truth.track[node]];
    truthTotal[r]++;
    const other = matching.ofTruth[node];
    if (other < 0) continue;
    const s = theirs.ofTrack[result.track[other]];
    resultTotal[s]++;
    tp++;
    counts.set(r * theirs.count + s, (counts.get(r * theirs.count + s) ?? 0) + 1);
  }
  for (let node = 0; node < result.count; node++) {
    if (matching.hits[node] > 0) continue;
    resultTotal[theirs.ofTrack[result.track[node]]]++;
    fp++;
  }
  const keys = Float64Array.from(counts.keys()).sort();
  const start = new Int32Array(ours.count + 1);
  const column = new Int32Array(keys.length);
  const pairs = new Float64Array(keys.length);
  for (const [row, key] of keys.entries()) {
    start[Math.floor(key / theirs.count) + 1]++;
    column[row] = key % theirs.count;
    pairs[row] = counts.get(key) as number;
  }
  for (let r = 0; r < ours.count; r++) start[r + 1] += start[r];
  return {
    truth: ours,
    result: theirs,
    start,
    column,
    pairs,
    truthTotal,
    resultTotal,
    tp,
    fp,
    fn: truth.count - tp,
  };
}

/**
 * HOTA at the one given matching: the root of the mean, over matched pairs, extra and missed nodes, of
 * A = TPA / (TPA + FPA + FNA) of the pair's chains (0 for extra and missed nodes). Null without nodes.
 *
 * Source: J. Luiten et al. 2021, "HOTA: a higher order metric for evaluating multi-object tracking",
 * doi:10.1007/s11263-020-01375-2. Differs: no sweep over localisation thresholds.
 */
export function hota(table: ChainTable): Measure {
  let sum = 0;
  for (let r = 0; r < table.truth.count; r++)
    for (let row = table.start[r]; row < table.start[r + 1]; row++) {
      const shared = table.pairs[row];
      sum += (shared * shared) / (table.truthTotal[r] + table.resultTotal[table.column[row]] - shared);
    }
  const all = table.tp + table.fp + table.fn;
  return all === 0 ? null : Math.sqrt(sum / all);
}

/**
 * IDF1: 2 IDTP / (truth nodes + result nodes), IDTP being the matched nodes under the one-to-one assignment of chains
 * that has most of them. Null without nodes.
 *
 * Source: E. Ristani et al. 2016, "Performance measures and a data set for multi-target, multi-camera tracking",
 * doi:10.1007/978-3-319-48881-3_2.
 */
export function idf1(table: ChainTable): Measure {
  const assigned = assignSparse({
    nRows: table.truth.count,
    nColumns: table.result.count,
    start: table.start,
    column: table.column,
    cost: table.pairs.map((shared) => -shared),
    freeCost: 0,
  });
  let idtp = 0;
  for (let r = 0; r < table.truth.count; r++)
    for (let row = table.start[r]; row < table.start[r + 1]; row++)
      if (table.column[row] === assigned[r]) idtp += table.pairs[row];
  const all = 2 * table.tp + table.fp + table.fn;
  return all === 0 ? null : (2 * idtp) / all;
}

/** MOTA and its own counts. */
export interface Mota {
  MOTA: Measure;
  IDSW: number;
  MULTI: number;
}

/**
 * MOTA: 1 - (FN + FP + IDSW + MULTI) / truth nodes, where IDSW counts the matched nodes whose chain was last matched
 * with another result chain, and MULTI the truth nodes that share a result node, beyond the first. A result node
 * without match is one FP; below 0 is possible. Null without truth nodes.
 *
 * Source: K. Bernardin, R. Stiefelhagen 2008, "Evaluating multiple object tracking performance: the CLEAR MOT
 * metrics", doi:10.1155/2008/246309; MULTI as in py-ctcmetrics 1.3.3.
 */
export function mota(truth: Side, result: Side, matching: Matching, table: ChainTable): Mota {
  let multi = 0;
  for (const hits of matching.hits) if (hits > 1) multi += hits - 1;
  const lastMatch = new Int32Array(table.truth.count).fill(-1);
  let switches = 0;
  for (const node of truth.byFrame) {
    const other = matching.ofTruth[node];
    if (other < 0) continue;
    const r = table.truth.ofTrack[truth.track[node]];
    const s = table.result.ofTrack[result.track[other]];
    if (lastMatch[r] >= 0 && lastMatch[r] !== s) switches++;
    lastMatch[r] = s;
  }
  const MOTA = truth.count === 0 ? null : 1 - (table.fn + table.fp + switches + multi) / truth.count;
  return { MOTA, IDSW: switches, MULTI: multi };
}
