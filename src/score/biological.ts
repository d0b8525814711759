import { type Matching, soleMatch } from './match.ts';
import type { Side } from './side.ts';
import type { Measure } from './types.ts';

/** True if every node of truth track `k` is matched, alone, with one result track that has the same first and last frame. */
function isComplete(truth: Side, result: Side, matching: Matching, k: number): boolean {
  let track = -1;
  for (let node = truth.trackStart[k]; node < truth.trackStart[k + 1]; node++) {
    const other = soleMatch(matching, node);
    if (other < 0) return false;
    if (track >= 0 && result.track[other] !== track) return false;
    track = result.track[other];
  }
  return truth.begin[k] === result.begin[track] && truth.end[k] === result.end[track];
}

/**
 * CT, complete tracks: 2 * complete / (truth tracks + result tracks); null where there are none.
 *
 * Source: V. Ulman et al. 2017, "An objective comparison of cell-tracking algorithms", doi:10.1038/nmeth.4473.
 */
export function completeTracks(truth: Side, result: Side, matching: Matching): Measure {
  if (truth.nTracks === 0) return null;
  let complete = 0;
  for (let k = 0; k < truth.nTracks; k++) if (isComplete(truth, result, matching, k)) complete++;
  return (2 * complete) / (truth.nTracks + result.nTracks);
}

/** Per result track (row): the longest unbroken run of truth track `k` that it follows, as a fraction of the track. */
function runFractions(truth: Side, result: Side, matching: Matching, k: number): Map<number, number> {
  const longest = new Map<number, number>();
  const first = truth.trackStart[k];
  const last = truth.trackStart[k + 1];
  let run = 0;
  let track = -1;
  for (let node = first; node < last; node++) {
    const other = soleMatch(matching, node);
    const next = other < 0 ? -1 : result.track[other];
    run = next === track ? run + 1 : 1;
    track = next;
    if (track >= 0) longest.set(track, Math.max(longest.get(track) ?? 0, run / (last - first)));
  }
  return longest;
}

/**
 * TF, track fractions: per truth track, the longest run of its nodes that one result track follows, over its number
 * of nodes; the mean over the tracks that have any. Null without truth tracks, 0 where none is followed.
 *
 * A result track that follows a whole truth track is used up by it: truth tracks of higher id do not count what
 * they share with it. (A mother and her daughter under one result track are one success and not two.) So TF depends
 * on the order of track ids; it is the only measure that does.
 *
 * Source: V. Ulman et al. 2017, doi:10.1038/nmeth.4473; the rule on whole tracks as py-ctcmetrics 1.3.3 has it
 * (`metrics/biological/tf.py`, BSD).
 */
export function trackFractions(truth: Side, result: Side, matching: Matching): Measure {
  if (truth.nTracks === 0) return null;
  const shares: { k: number; fraction: number }[][] = Array.from({ length: result.nTracks }, () => []);
  for (let k = 0; k < truth.nTracks; k++)
    for (const [track, fraction] of runFractions(truth, result, matching, k))
      shares[track].push({ k, fraction });
  const best = new Float64Array(truth.nTracks);
  for (const share of shares)
    for (const { k, fraction } of share) {
      if (best[k] === 1) continue;
      best[k] = Math.max(best[k], fraction);
      if (fraction === 1) break;
    }
  const followed = best.filter((fraction) => fraction > 0);
  return followed.length === 0 ? 0 : followed.reduce((sum, fraction) => sum + fraction, 0) / followed.length;
}

/** Lengths (last minus first frame), ascending, of the tracks that come from a division and end with one. */
function cycleLengths(side: Side): number[] {
  const lengths: number[] = [];
  for (let k = 0; k < side.nTracks; k++) {
    const parent = side.parent[k];
    if (parent >= 0 && side.children[parent].length > 1 && side.children[k].length > 1)
      lengths.push(side.end[k] - side.begin[k]);
  }
  return lengths.sort((a, b) => a - b);
}

/**
 * CCA, cell cycle accuracy: 1 minus the largest difference of the cumulative distributions of cell cycle lengths.
 * Null where the truth has no whole cycle, 0 where only the result has none.
 *
 * Source: V. Ulman et al. 2017, doi:10.1038/nmeth.4473.
 */
export function cellCycleAccuracy(truth: Side, result: Side): Measure {
  const a = cycleLengths(truth);
  const b = cycleLengths(result);
  if (a.length === 0) return null;
  if (b.length === 0) return 0;
  let i = 0;
  let j = 0;
  let most = 0;
  while (i < a.length && j < b.length) {
    const length = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === length) i++;
    while (j < b.length && b[j] === length) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return 1 - most;
}
