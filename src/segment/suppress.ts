import type { Candidates } from './candidates.ts';
import { addToGrid, type CellGrid, cellOf, createCellGrid } from './cellGrid.ts';
import { clipArea } from './clipArea.ts';
import { byProbDescending } from './order.ts';
import { buildStrips, createStrips, intersectionArea, type StripPolygon } from './polygonArea.ts';
import { singleRays2d } from './rays2d.ts';
import { createRoughDisc, fitRoughDisc, type RoughDisc } from './roughDisc.ts';
import { addShape, createShape, fitShape, type Shape, type Shapes } from './shapes2d.ts';

/** How overlaps are judged. */
export interface OverlapOptions {
  /** Largest overlap (intersection over the smaller area) that two objects may have, in [0, 1). */
  nmsThreshold: number;
  /**
   * Vertices are put on integers before areas are taken: 1 = truncated towards zero, as StarDist in Python does;
   * 100 = times 100 and rounded, as its Fiji plugin does (nearly exact). Default 1.
   */
  integerScale?: 1 | 100;
}

/**
 * Greedy non-maximum suppression of star-convex polygons: the best candidate stays, every other that overlaps it by
 * more than the threshold goes, and so on. Overlap is intersection over the smaller of the two areas.
 *
 * Cost: O(n) for the order, O(n nRays) for the polygons, and for each candidate the survivors near it. Most fall by a
 * disc inside their polygon, which need not be built then; an
 * exact intersection is taken only when bounds by circles and boxes leave the decision open, and the intersection as
 * an integer clipper rounds it only when the exact one lies near the threshold.
 *
 * Source: Schmidt, Weigert et al. 2018, doi 10.1007/978-3-030-00934-2_30, and StarDist's rules for ties (larger
 * flat index first), vertices and areas.
 *
 * @param known so many first rows are survivors of an earlier suppression, better than the others, and not judged again
 * @returns rows of the survivors, best first
 */
export function suppressOverlaps(candidates: Candidates, options: OverlapOptions, known = 0): Uint32Array {
  const { count, nRays, y, x, dist } = candidates;
  const { nmsThreshold, integerScale = 1 } = options;
  const order = byProbDescending(candidates);
  const rays = singleRays2d(nRays);
  const survivors: Shapes = { nRays, shapes: [] };
  const grid = createCellGrid(candidates, integerScale);
  const shape = createShape(nRays);
  const strips = createStrips(nRays);
  const disc = createRoughDisc();
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    const row = order[i]!;
    if (integerScale === 1) {
      fitRoughDisc(disc, y[row]!, x[row]!, dist, row * nRays, rays);
      if (discIsCovered(disc, survivors.shapes, grid, nmsThreshold)) continue;
    }
    fitShape(shape, y[row]!, x[row]!, dist, row * nRays, rays, integerScale);
    if (row >= known && isCovered(shape, survivors.shapes, grid, nmsThreshold, strips)) continue;
    addToGrid(grid, shape, kept.length);
    addShape(survivors, shape);
    kept.push(row);
  }
  return Uint32Array.from(kept);
}

/** True when some survivor has more in common with a disc inside the candidate than it may have with the whole. */
function discIsCovered(
  { cy, cx, radius, longest }: RoughDisc,
  survivors: readonly Shape[],
  { y0, x0, cell, rows, columns, head, next, item }: CellGrid,
  threshold: number,
): boolean {
  if (radius <= 0) return false;
  const reach = 2 * longest + 2;
  const home = cellOf(cy - y0, cell, rows) * columns + cellOf(cx - x0, cell, columns);
  for (let entry = head[home]!; entry >= 0; entry = next[entry]!) {
    const other = survivors[item[entry]!]!;
    // The smaller area is at most the survivor's.
    const limit = threshold * (other.area + 1e-10) + CLIP_SLACK * (reach + other.outer);
    const small = Math.min(radius, other.inner);
    if (Math.PI * small * small <= limit) continue;
    const dy = cy - other.cy;
    const dx = cx - other.cx;
    if (lensArea(Math.sqrt(dy * dy + dx * dx), radius, other.inner) > limit) return true;
  }
  return false;
}

/** Survivors near the candidate whose bounds leave the decision open; reused. */
const open: Shape[] = [];

/** True when some survivor overlaps the candidate by more than the threshold. */
function isCovered(
  shape: Shape,
  survivors: Shape[],
  grid: CellGrid,
  threshold: number,
  strips: StripPolygon,
): boolean {
  grid.stamp++;
  open.length = 0;
  const { rows, columns, cell, y0, x0 } = grid;
  // The likeliest suppressors cover the candidate's centre.
  const home = cellOf(shape.cy - y0, cell, rows) * columns + cellOf(shape.cx - x0, cell, columns);
  if (coveredInCell(home, shape, survivors, grid, threshold)) return true;
  const bottom = cellOf(shape.maxY - y0, cell, rows);
  const right = cellOf(shape.maxX - x0, cell, columns);
  const left = cellOf(shape.minX - x0, cell, columns);
  for (let cy = cellOf(shape.minY - y0, cell, rows); cy <= bottom; cy++)
    for (let cx = left; cx <= right; cx++)
      if (coveredInCell(cy * columns + cx, shape, survivors, grid, threshold)) return true;
  return open.length > 0 && coveredExactly(shape, threshold, strips);
}

/** True when bounds alone show that a survivor of the cell covers the candidate; pairs left open are collected. */
function coveredInCell(
  cell: number,
  shape: Shape,
  survivors: Shape[],
  { head, next, item, seen, stamp }: CellGrid,
  threshold: number,
): boolean {
  for (let entry = head[cell]!; entry >= 0; entry = next[entry]!) {
    const id = item[entry]!;
    if (seen[id] === stamp) continue;
    seen[id] = stamp;
    const verdict = judge(survivors[id]!, shape, threshold);
    if (verdict === 'covered') return true;
    if (verdict === 'open') open.push(survivors[id]!);
  }
  return false;
}

/** What bounds alone say of a pair. */
function judge(a: Shape, b: Shape, threshold: number): 'covered' | 'free' | 'open' {
  const height = Math.min(a.maxY, b.maxY) - Math.max(a.minY, b.minY);
  const width = Math.min(a.maxX, b.maxX) - Math.max(a.minX, b.minX);
  if (height < 0 || width < 0) return 'free';
  const limit = threshold * (Math.min(a.area, b.area) + 1e-10);
  // Boxes of the integer vertices bound the intersection from above.
  const bound =
    (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)) *
    (Math.min(a.right, b.right) - Math.max(a.left, b.left));
  if (bound <= limit) return 'free';
  const dy = a.cy - b.cy;
  const dx = a.cx - b.cx;
  const d = Math.sqrt(dy * dy + dx * dx);
  const slack = clipSlack(a, b);
  if (lensArea(d, a.outer, b.outer) <= Math.max(0, limit - slack)) return 'free';
  const small = Math.min(a.inner, b.inner);
  if (Math.PI * small * small <= limit + slack) return 'open';
  return lensArea(d, a.inner, b.inner) > limit + slack ? 'covered' : 'open';
}

/**
 * How far the area of an integer clipper may lie from the exact one: at most 0.145 (outer + outer) among 3000 random
 * pairs with radii of 4 to 40 pixels.
 */
const CLIP_SLACK = 0.2;

function clipSlack(a: Shape, b: Shape): number {
  return CLIP_SLACK * (a.outer + b.outer);
}

/** StarDist's decision, in single precision as there. */
export function overlapsMore(area: number, smaller: number, threshold: number): boolean {
  return Math.fround(area / (smaller + 1e-10)) > Math.fround(threshold);
}

function coveredExactly(shape: Shape, threshold: number, strips: StripPolygon): boolean {
  buildStrips(shape.vy, shape.vx, 0, shape.vy.length, strips);
  for (const other of open) {
    if (!other.strips) {
      other.strips = createStrips(other.vy.length);
      buildStrips(other.vy, other.vx, 0, other.vy.length, other.strips);
    }
    const smaller = Math.min(shape.area, other.area);
    const limit = threshold * (smaller + 1e-10);
    const slack = clipSlack(shape, other);
    const exact = intersectionArea(other.strips, strips, limit + slack);
    if (exact > limit + slack) return true;
    if (exact >= limit - slack && overlapsMore(clipArea(other, shape), smaller, threshold)) return true;
  }
  return false;
}

/** Area that two discs of radius p and q with centres d apart have in common. */
export function lensArea(d: number, p: number, q: number): number {
  if (d >= p + q) return 0;
  const small = Math.min(p, q);
  if (d <= Math.abs(p - q)) return Math.PI * small * small;
  const u = (d * d + p * p - q * q) / (2 * d);
  const v = d - u;
  const h = Math.sqrt(Math.max(0, p * p - u * u));
  return sectorArea(p, u) + sectorArea(q, v) - d * h;
}

/** Area of the sector of a disc of radius r whose chord has the distance c from the centre. */
function sectorArea(r: number, c: number): number {
  return r * r * Math.acos(Math.max(-1, Math.min(1, c / r)));
}
