import type { GridOutput } from '../model/index.ts';
import { appendHits, type Candidates, createCandidates, type GridWindow, scanOutput } from './candidates.ts';
import { kernels } from './compiled.ts';
import { type OverlapOptions, suppressOverlaps } from './suppress.ts';
import {
  bestRows,
  createWeak,
  JUDGED,
  MAX_WEAK,
  rowsNear,
  SLACK,
  type WeakCandidates,
  weakDist,
  weakFloor,
} from './weak.ts';

/** Rows and columns of the frame's grid where centres are taken: start-inclusive, end-exclusive. */
export type CentreBox = Pick<GridWindow, 'y0' | 'y1' | 'x0' | 'x1'>;

/**
 * Appends the pixels of a window whose rounded prob lies below the threshold but over `weakFloor`, and is higher than
 * that of the up to 8 pixels around where centres are taken (of equals the later one counts): one or two for each
 * dim object, none on the slopes of bright ones. What is found does not depend on the tiles as long as they share a
 * grid position of context.
 *
 * @param centres of the whole frame
 * @param grid and what follows: as `gatherCandidates`
 */
export function gatherWeak(
  weak: Candidates,
  output: GridOutput,
  window: GridWindow,
  centres: CentreBox,
  probThreshold: number,
  grid: readonly [number, number],
  scale: number,
  maxDist: number,
): void {
  const floor = weakFloor(probThreshold);
  const placed = scanOutput(output, window, floor - SLACK);
  const { prob, hits } = placed;
  const top = Math.max(0, centres.y0 - window.offsetY);
  const left = Math.max(0, centres.x0 - window.offsetX);
  const bottom = Math.min(output.height, centres.y1 - window.offsetY) - 1;
  const right = Math.min(output.width, centres.x1 - window.offsetX) - 1;
  const between = kernels().keepBetween(prob, hits, placed.count, floor, probThreshold);
  placed.count = kernels().keepPeaks(prob, output.width, top, left, bottom, right, hits, between);
  appendHits(weak, output, placed, window, grid, scale, maxDist);
  if (weak.count > 2 * MAX_WEAK) keepBest(weak, MAX_WEAK);
}

function keepBest(weak: Candidates, most: number): void {
  Object.assign(weak, joined([[weak, bestRows(weak, most)]]));
}

function longestRay({ dist, nRays }: Candidates, rows: Uint32Array): number {
  let longest = 0;
  for (const row of rows)
    for (let k = row * nRays; k < (row + 1) * nRays; k++) longest = Math.max(longest, dist[k]!);
  return longest;
}

/** The rows of several tables under one another. */
function joined(parts: readonly (readonly [Candidates, ArrayLike<number>])[]): Candidates {
  const count = parts.reduce((sum, [, rows]) => sum + rows.length, 0);
  const [[{ nRays }]] = parts as [[Candidates, ArrayLike<number>]];
  const out = createCandidates(nRays, Math.max(1, count));
  for (const [table, rows] of parts) {
    for (let i = 0; i < rows.length; i++) {
      const [row, to] = [rows[i]!, out.count++];
      out.prob[to] = table.prob[row]!;
      out.index[to] = table.index[row]!;
      out.y[to] = table.y[row]!;
      out.x[to] = table.x[row]!;
      out.dist.set(table.dist.subarray(row * nRays, (row + 1) * nRays), to * nRays);
    }
  }
  return out;
}

/**
 * The weak candidates that stay beside the objects, which suppressing both together leaves as they are.
 *
 * @param survivors rows of `candidates` that became objects
 * @param dropped rows of `candidates` that were over the threshold, but by the manifest's rule not likely enough real
 * @param most of them that are kept; a few times as many are judged
 */
export function weakBeside(
  candidates: Candidates,
  survivors: Uint32Array,
  dropped: Uint32Array,
  weak: Candidates,
  overlap: OverlapOptions,
  most: number,
): WeakCandidates {
  if (weak.count + dropped.length === 0) return createWeak(0, weak.nRays, null);
  const { nRays } = weak;
  const best = bestRows(weak, JUDGED * most);
  const centre = ({ y, x }: Candidates, row: number): [number, number] => [y[row]!, x[row]!];
  const longest = Math.max(longestRay(candidates, dropped), longestRay(weak, best));
  const reach = longestRay(candidates, survivors) + longest;
  const others = [
    ...Array.from(dropped, (row) => centre(candidates, row)),
    ...Array.from(best, (row) => centre(weak, row)),
  ];
  const near = rowsNear(survivors, (row) => centre(candidates, row), others, reach);
  const both = joined([
    [candidates, near],
    [candidates, dropped],
    [weak, best],
  ]);
  const kept = suppressOverlaps(both, overlap, near.length)
    .filter((row) => row >= near.length)
    .subarray(0, most);
  const out = createWeak(kept.length, nRays, null);
  const wedge = Math.sin((2 * Math.PI) / nRays) / 2;
  kept.forEach((row, i) => {
    out.y[i] = both.y[row]!;
    out.x[i] = both.x[row]!;
    out.prob[i] = both.prob[row]!;
    const dist = both.dist.subarray(row * nRays, (row + 1) * nRays);
    const area = dist.reduce((sum, d, k) => sum + wedge * d * dist[(k + 1) % nRays]!, 0);
    out.radius[i] = Math.sqrt(area / Math.PI);
    for (let k = 0; k < nRays; k++) out.dist[i * nRays + k] = weakDist(dist[k]!);
  });
  return out;
}
