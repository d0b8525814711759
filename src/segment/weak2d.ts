import type { GridOutput } from '../model/index.ts';
import {
  type Candidates,
  createCandidates,
  type GridWindow,
  gatherCandidates,
  quantiseProb,
} from './candidates.ts';
import { scanRow } from './scanRow.ts';
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
  const { prob, width } = output;
  const floor = weakFloor(probThreshold);
  const [from, to] = [floor - SLACK, probThreshold + SLACK];
  const hits = new Uint32Array(window.x1 - window.x0);
  for (let gy = window.y0; gy < window.y1; gy++) {
    const row = (gy - window.offsetY) * width - window.offsetX;
    const [nHits] = scanRow(prob, row + window.x0, row + window.x1, from, hits);
    for (let j = 0; j < nHits; j++) {
      const p = prob[hits[j]!]!;
      if (p >= to) continue;
      const gx = hits[j]! - row;
      const rounded = quantiseProb(p);
      if (!(rounded > floor && rounded <= probThreshold)) continue;
      if (!isPeak(output, window, centres, gy, gx, rounded)) continue;
      const pixel = { ...window, y0: gy, y1: gy + 1, x0: gx, x1: gx + 1 };
      gatherCandidates(weak, output, pixel, floor, grid, scale, maxDist);
    }
  }
  if (weak.count > 2 * MAX_WEAK) keepBest(weak, MAX_WEAK);
}

function isPeak(
  { prob, height, width }: GridOutput,
  { offsetY, offsetX }: GridWindow,
  centres: CentreBox,
  gy: number,
  gx: number,
  own: number,
): boolean {
  const top = Math.max(gy - 1, centres.y0, offsetY);
  const left = Math.max(gx - 1, centres.x0, offsetX);
  const bottom = Math.min(gy + 1, centres.y1 - 1, offsetY + height - 1);
  const right = Math.min(gx + 1, centres.x1 - 1, offsetX + width - 1);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const other = quantiseProb(prob[(y - offsetY) * width + x - offsetX]!);
      if (other > own || (other === own && (y > gy || (y === gy && x > gx)))) return false;
    }
  }
  return true;
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
 * The weak candidates that stay beside the objects. The objects' candidates are all better, so that suppressing both
 * together leaves the objects as they are.
 *
 * @param survivors rows of `candidates` that became objects
 * @param most of them that are kept; a few times as many are judged
 */
export function weakBeside(
  candidates: Candidates,
  survivors: Uint32Array,
  weak: Candidates,
  overlap: OverlapOptions,
  most: number,
): WeakCandidates {
  if (weak.count === 0) return createWeak(0, weak.nRays, null);
  const { nRays } = weak;
  const best = bestRows(weak, JUDGED * most);
  const centre = ({ y, x }: Candidates, row: number): [number, number] => [y[row]!, x[row]!];
  const reach = longestRay(candidates, survivors) + longestRay(weak, best);
  const others = Array.from(best, (row) => centre(weak, row));
  const near = rowsNear(survivors, (row) => centre(candidates, row), others, reach);
  const both = joined([
    [candidates, near],
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
