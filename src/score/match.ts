import type { Side } from './side.ts';

/** Which nodes of truth and result stand for the same cell. */
export interface Matching {
  /** Per truth node: row of its result node, -1 = none. */
  ofTruth: Int32Array;
  /** Per result node: number of truth nodes that it is matched with (over 1: it covers several cells). */
  hits: Int32Array;
  /** Per result node: row of its truth node where it has exactly one, else -1. */
  ofResult: Int32Array;
}

/** The matching that `ofTruth` (per truth node: result node or -1) gives. */
export function toMatching(ofTruth: Int32Array, nResult: number): Matching {
  const hits = new Int32Array(nResult);
  const ofResult = new Int32Array(nResult).fill(-1);
  for (let node = 0; node < ofTruth.length; node++) {
    const other = ofTruth[node];
    if (other < 0) continue;
    hits[other]++;
    ofResult[other] = hits[other] === 1 ? node : -1;
  }
  return { ofTruth, hits, ofResult };
}

/** The result node of truth node `node` if it is matched with no other, else -1. */
export function soleMatch(matching: Matching, node: number): number {
  const other = matching.ofTruth[node];
  return other >= 0 && matching.hits[other] === 1 ? other : -1;
}

/** The nodes of frame `t`, sorted by label; none where the side has no such frame. */
export function nodesOfFrame(side: Side, t: number): Int32Array {
  return t < side.nFrames
    ? side.byFrame.subarray(side.frameStart[t], side.frameStart[t + 1])
    : new Int32Array(0);
}
