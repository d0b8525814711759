import { type Matching, soleMatch } from './match.ts';
import { nodeAt, type Side } from './side.ts';
import type { Measure } from './types.ts';

const dividing = (side: Side): number[] =>
  Array.from({ length: side.nTracks }, (_, k) => k).filter((k) => side.children[k].length > 1);

/** Row of the result track that truth track `k` is matched with, alone, in frame `t`; -1 = none. */
function trackMatchedAt(truth: Side, result: Side, matching: Matching, k: number, t: number): number {
  const node = nodeAt(truth, k, t);
  const other = node < 0 ? -1 : soleMatch(matching, node);
  return other < 0 ? -1 : result.track[other];
}

/** True if every child of `r` begins within `tolerance` frames of a child of `s` of its own, and is matched with it. */
function childrenMatch(
  truth: Side,
  result: Side,
  matching: Matching,
  r: number,
  s: number,
  tolerance: number,
): boolean {
  const ours = result.children[s];
  if (ours.length !== truth.children[r].length) return false;
  const taken = new Set<number>();
  for (const child of truth.children[r]) {
    const found = ours.find((other) => {
      if (Math.abs(truth.begin[child] - result.begin[other]) > tolerance) return false;
      const t = Math.max(truth.begin[child], result.begin[other]);
      return trackMatchedAt(truth, result, matching, child, t) === other;
    });
    if (found !== undefined) taken.add(found);
  }
  return taken.size === ours.length;
}

/** Dividing result tracks that truth track `r` is matched with in the last frame of both, with their distance in frames. */
function candidates(
  truth: Side,
  result: Side,
  matching: Matching,
  r: number,
  most: number,
): { s: number; gap: number }[] {
  const found: { s: number; gap: number }[] = [];
  const end = truth.end[r];
  for (let t = end; t >= end - most; t--) {
    const s = trackMatchedAt(truth, result, matching, r, t);
    if (s < 0 || result.children[s].length < 2) continue;
    const gap = Math.abs(result.end[s] - end);
    if (Math.min(result.end[s], end) === t && gap <= most) found.push({ s, gap });
  }
  return found;
}

/**
 * BC(i), branching correctness, for i = 0 to `most`: F1 of divisions, where a result division is right if it ends
 * within i frames of the truth's, its parent is matched in the last frame that both parents have, it has as many
 * children, and each child begins within i frames of a child of the truth and is matched with it in the first frame
 * that both have. Divisions are paired one to one, nearest in time first. Null where the truth has no division.
 *
 * Source: V. Ulman et al. 2017, doi:10.1038/nmeth.4473; the rules on children as in py-ctcmetrics 1.3.3
 * (`metrics/biological/bc.py`, BSD).
 */
export function branchingCorrectness(truth: Side, result: Side, matching: Matching, most: number): Measure[] {
  const inTruth = dividing(truth);
  const inResult = dividing(result);
  const pairs = inTruth.flatMap((r) =>
    candidates(truth, result, matching, r, most).map(({ s, gap }) => ({ r, s, gap })),
  );
  pairs.sort((a, b) => a.gap - b.gap || a.r - b.r || a.s - b.s);
  return Array.from({ length: most + 1 }, (_, i) => {
    if (inTruth.length === 0) return null;
    const usedTruth = new Set<number>();
    const usedResult = new Set<number>();
    for (const { r, s, gap } of pairs) {
      if (gap > i || usedTruth.has(r) || usedResult.has(s)) continue;
      if (!childrenMatch(truth, result, matching, r, s, i)) continue;
      usedTruth.add(r);
      usedResult.add(s);
    }
    return (2 * usedTruth.size) / (inTruth.length + inResult.length);
  });
}
