import { Disc, fitRoughDisc, openDisc } from './disc';
import { addToGrid, CellGrid, columnOf, createGrid, Entry, firstIn, rowOf } from './grid';
import { clipArea } from './host';
import { f64At, i32At, need, setU32, u32At } from './memory';
import { orderByProb } from './order';
import { copyShape, createShape, fitShape, Shape } from './shape';
import { buildStrips, createStrips, intersectionArea, openStrips, Strips } from './strips';

/** Survivors near the candidate whose bounds leave the decision open: pointers. */
let open: usize = 0;
let nOpen: i32 = 0;
let nRays: i32 = 0;
let threshold: f64 = 0;

/**
 * Greedy non-maximum suppression of star-convex polygons, see `suppressOverlaps`.
 *
 * @param prob,index,y,x,dist columns of `count` candidates, `dist` of `count x rays`
 * @param sin,cos as `singleRays2d` gives them
 * @param scale 1 or 100
 * @param known so many first rows are survivors and not judged
 * @param kept `count` u32: rows of the survivors, best first
 * @returns how many
 */
export function suppress(
  count: i32,
  rays: i32,
  prob: usize,
  index: usize,
  y: usize,
  x: usize,
  dist: usize,
  sin: usize,
  cos: usize,
  most: f64,
  scale: f64,
  known: i32,
  kept: usize,
): i32 {
  nRays = rays;
  threshold = most;
  const order = orderByProb(count, prob, index);
  openStrips(rays);
  open = need(4 * (count as f64));
  const grid = createGrid(count, rays, y, x, dist, scale);
  const shape = createShape(rays);
  const strips = createStrips(rays);
  const disc = openDisc(rays, sin, cos);
  let survivors = 0;
  for (let i = 0; i < count; i++) {
    const row = i32At(order, i);
    const lengths = dist + (((row as usize) * (rays as usize)) << 2);
    if (scale === 1) {
      fitRoughDisc(disc, rays, f64At(y, row), f64At(x, row), lengths, sin, cos);
      if (discIsCovered(disc, grid)) continue;
    }
    fitShape(shape, rays, f64At(y, row), f64At(x, row), lengths, sin, cos, scale);
    if (row >= known && isCovered(shape, grid, strips)) continue;
    addToGrid(grid, copyShape(shape, rays));
    setU32(kept, survivors++, row);
  }
  return survivors;
}

/** True when some survivor has more in common with a disc inside the candidate than it may have with the whole. */
function discIsCovered(disc: Disc, grid: CellGrid): bool {
  const radius = disc.radius;
  if (radius <= 0) return false;
  const reach = 2 * disc.longest + 2;
  let at = firstIn(grid, rowOf(grid, disc.cy), columnOf(grid, disc.cx));
  for (; at !== 0; at = changetype<Entry>(at).next) {
    const other = changetype<Entry>(at).shape;
    // The smaller area is at most the survivor's.
    const limit = threshold * (other.area + 1e-10) + CLIP_SLACK * (reach + other.outer);
    const small = min(radius, other.inner);
    if (Math.PI * small * small <= limit) continue;
    const dy = disc.cy - other.cy;
    const dx = disc.cx - other.cx;
    if (lensArea(sqrt(dy * dy + dx * dx), radius, other.inner) > limit) return true;
  }
  return false;
}

/** True when some survivor overlaps the candidate by more than the threshold. */
function isCovered(shape: Shape, grid: CellGrid, strips: Strips): bool {
  grid.stamp++;
  nOpen = 0;
  // The likeliest suppressors cover the candidate's centre.
  if (coveredInCell(grid, rowOf(grid, shape.cy), columnOf(grid, shape.cx), shape)) return true;
  const bottom = rowOf(grid, shape.maxY);
  const right = columnOf(grid, shape.maxX);
  const left = columnOf(grid, shape.minX);
  for (let cy = rowOf(grid, shape.minY); cy <= bottom; cy++)
    for (let cx = left; cx <= right; cx++) if (coveredInCell(grid, cy, cx, shape)) return true;
  return nOpen > 0 && coveredExactly(shape, strips);
}

/** True when bounds alone show that a survivor of the cell covers the candidate; pairs left open are collected. */
function coveredInCell(grid: CellGrid, row: i32, column: i32, shape: Shape): bool {
  for (let at = firstIn(grid, row, column); at !== 0; at = changetype<Entry>(at).next) {
    const other = changetype<Entry>(at).shape;
    if (other.seen === grid.stamp) continue;
    other.seen = grid.stamp;
    const verdict = judge(other, shape);
    if (verdict === COVERED) return true;
    if (verdict === OPEN) setU32(open, nOpen++, changetype<usize>(other) as u32);
  }
  return false;
}

const FREE = 0;
const COVERED = 1;
const OPEN = 2;

/** What bounds alone say of a pair. */
function judge(a: Shape, b: Shape): i32 {
  const height = min(a.maxY, b.maxY) - max(a.minY, b.minY);
  const width = min(a.maxX, b.maxX) - max(a.minX, b.minX);
  if (height < 0 || width < 0) return FREE;
  const limit = threshold * (min(a.area, b.area) + 1e-10);
  // Boxes of the integer vertices bound the intersection from above.
  const bound = (min(a.bottom, b.bottom) - max(a.top, b.top)) * (min(a.right, b.right) - max(a.left, b.left));
  if (bound <= limit) return FREE;
  const dy = a.cy - b.cy;
  const dx = a.cx - b.cx;
  const d = sqrt(dy * dy + dx * dx);
  const slack = clipSlack(a, b);
  if (lensArea(d, a.outer, b.outer) <= max(0.0, limit - slack)) return FREE;
  const small = min(a.inner, b.inner);
  if (Math.PI * small * small <= limit + slack) return OPEN;
  return lensArea(d, a.inner, b.inner) > limit + slack ? COVERED : OPEN;
}

/**
 * How far the area of an integer clipper may lie from the exact one: at most 0.145 (outer + outer) among 3000 random
 * pairs with radii of 4 to 40 pixels.
 */
const CLIP_SLACK: f64 = 0.2;

function clipSlack(a: Shape, b: Shape): f64 {
  return CLIP_SLACK * (a.outer + b.outer);
}

/** StarDist's decision, in single precision as there. */
function overlapsMore(area: f64, smaller: f64): bool {
  return ((area / (smaller + 1e-10)) as f32) > (threshold as f32);
}

function coveredExactly(shape: Shape, strips: Strips): bool {
  buildStrips(shape.vy, shape.vx, nRays, strips);
  for (let i = 0; i < nOpen; i++) {
    const other = changetype<Shape>(u32At(open, i) as usize);
    const smaller = min(shape.area, other.area);
    const limit = threshold * (smaller + 1e-10);
    const slack = clipSlack(shape, other);
    const exact = intersectionArea(stripsOf(other), strips, limit + slack);
    if (exact > limit + slack) return true;
    if (exact < limit - slack) continue;
    if (overlapsMore(clipArea(other.vy, other.vx, shape.vy, shape.vx, nRays), smaller)) return true;
  }
  return false;
}

/** The strips of a survivor, built when first asked for. */
function stripsOf(shape: Shape): Strips {
  const found = shape.strips;
  if (found !== null) return found;
  const made = createStrips(nRays);
  buildStrips(shape.vy, shape.vx, nRays, made);
  shape.strips = made;
  return made;
}

/** Area that two discs of radius p and q with centres d apart have in common. */
export function lensArea(d: f64, p: f64, q: f64): f64 {
  if (d >= p + q) return 0;
  const small = min(p, q);
  if (d <= abs(p - q)) return Math.PI * small * small;
  const u = (d * d + p * p - q * q) / (2 * d);
  const v = d - u;
  const h = sqrt(max(0.0, p * p - u * u));
  return sectorArea(p, u) + sectorArea(q, v) - d * h;
}

/** Area of the sector of a disc of radius r whose chord has the distance c from the centre. */
function sectorArea(r: f64, c: f64): f64 {
  return r * r * Math.acos(max(-1.0, min(1.0, c / r)));
}
