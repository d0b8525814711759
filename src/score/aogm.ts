import type { Matching } from './match.ts';
import type { Side } from './side.ts';
import type { AogmCounts, Measure } from './types.ts';

const WEIGHT = { NS: 5, FN: 10, FP: 1, ED: 1, EA: 1.5, EC: 1 } as const;

/** The measures that come of counting graph operations. */
export interface GraphMeasures {
  counts: AogmCounts;
  AOGM: number;
  DET: Measure;
  LNK: Measure;
  TRA: Measure;
}

/** 1 - min(cost, all) / all, or null where `all` is 0. */
function remaining(cost: number, all: number): Measure {
  return all === 0 ? null : 1 - Math.min(cost, all) / all;
}

/**
 * Counts the operations that turn the result into the truth: nodes to split, add and delete, then, among nodes that
 * are matched with exactly one other, links to delete, to add, and of the wrong kind (track link against parent link).
 */
function countOperations(truth: Side, result: Side, matching: Matching): AogmCounts {
  const counts: AogmCounts = { NS: 0, FN: 0, FP: 0, ED: 0, EA: truth.nLinks, EC: 0 };
  for (const other of matching.ofTruth) if (other < 0) counts.FN++;
  for (const hits of matching.hits) {
    if (hits === 0) counts.FP++;
    else counts.NS += hits - 1;
  }
  for (let node = 0; node < result.count; node++) {
    const previous = result.previous[node];
    if (previous < 0) continue;
    const target = matching.ofResult[node];
    const source = matching.ofResult[previous];
    if (target < 0 || source < 0) continue;
    if (truth.previous[target] !== source) {
      counts.ED++;
      continue;
    }
    counts.EA--;
    if (truth.kind[target] !== result.kind[node]) counts.EC++;
  }
  return counts;
}

/**
 * AOGM, DET, LNK and TRA: the weighted sum of graph operations, and what is left of the cost of building all nodes,
 * all links, or both from nothing. Null where the truth has none of them.
 *
 * Source: P. Matula et al. 2015, "Cell tracking accuracy measurement based on comparison of acyclic oriented graphs",
 * doi:10.1371/journal.pone.0144959; LNK from the Cell Linking Benchmark of the challenge.
 */
export function measureGraph(truth: Side, result: Side, matching: Matching): GraphMeasures {
  const counts = countOperations(truth, result, matching);
  const nodeCost = WEIGHT.NS * counts.NS + WEIGHT.FN * counts.FN + WEIGHT.FP * counts.FP;
  const linkCost = WEIGHT.ED * counts.ED + WEIGHT.EA * counts.EA + WEIGHT.EC * counts.EC;
  const allNodes = WEIGHT.FN * truth.count;
  const allLinks = WEIGHT.EA * truth.nLinks;
  return {
    counts,
    AOGM: nodeCost + linkCost,
    DET: remaining(nodeCost, allNodes),
    LNK: remaining(linkCost, allLinks),
    TRA: truth.count === 0 ? null : remaining(nodeCost + linkCost, allNodes + allLinks),
  };
}
