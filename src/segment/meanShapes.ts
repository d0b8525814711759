import type { Candidates } from './candidates.ts';
import { rays2d } from './rays2d.ts';

/** A neighbour counts from this share of the centre's prob on. */
const LEAST_SHARE = 0.5;

/** Star-convex shapes: columns as in `Candidates`, one row for each. */
export interface Shapes {
  y: Float64Array;
  x: Float64Array;
  dist: Float32Array;
}

/**
 * Outlines of the objects that survived: each is the mean, weighted by prob, of those that its centre and the up to
 * eight candidates beside it in the output grid predict, measured along the rays of its own centre. They are
 * predictions of one object from other points, so that their errors partly cancel.
 *
 * @param rows candidates that were not suppressed
 * @param columns width of the grid that `candidates.index` counts in
 * @returns rows in the order of `rows`, pixels
 */
export function meanShapes(candidates: Candidates, rows: Uint32Array, columns: number): Shapes {
  const { nRays, prob, index, y, x, dist } = candidates;
  const { sin, cos } = rays2d(nRays);
  const places = placesOf(candidates);
  const shapes: Shapes = {
    y: new Float64Array(rows.length),
    x: new Float64Array(rows.length),
    dist: new Float32Array(rows.length * nRays),
  };
  const sum = new Float64Array(nRays);
  const seen = new Float64Array(nRays);
  const outline = new Float64Array(2 * nRays);
  for (let i = 0; i < rows.length; i++) {
    const centre = rows[i]!;
    shapes.y[i] = y[centre]!;
    shapes.x[i] = x[centre]!;
    const least = LEAST_SHARE * prob[centre]!;
    let weight = prob[centre]!;
    for (let k = 0; k < nRays; k++) sum[k] = weight * dist[centre * nRays + k]!;
    for (let step = 0; step < 9; step++) {
      const other = rowBeside(places, index[centre]!, step, columns);
      if (other < 0 || prob[other]! < least) continue;
      outlineFrom(outline, y[other]! - y[centre]!, x[other]! - x[centre]!, dist, other * nRays, sin, cos);
      if (!seenFromOrigin(outline, sin, cos, seen)) continue;
      weight += prob[other]!;
      for (let k = 0; k < nRays; k++) sum[k]! += prob[other]! * seen[k]!;
    }
    for (let k = 0; k < nRays; k++) shapes.dist[i * nRays + k] = sum[k]! / weight;
  }
  return shapes;
}

/** Rows of candidates by their place in the grid, found by hashing: `slots` holds row + 1, 0 = none. */
interface Places {
  index: Uint32Array;
  slots: Uint32Array;
  shift: number;
}

/** Knuth's multiplier: places side by side get slots far apart. */
const SPREAD = 0x9e3779b1;

function placesOf({ count, index }: Candidates): Places {
  const bits = 33 - Math.clz32(count);
  const slots = new Uint32Array(2 ** bits);
  const places = { index, slots, shift: 32 - bits };
  for (let row = 0; row < count; row++) slots[slotOf(places, index[row]!)] = row + 1;
  return places;
}

/** The slot of a place: where its row stands, or the empty one where it would. */
function slotOf({ index, slots, shift }: Places, place: number): number {
  let slot = Math.imul(place, SPREAD) >>> shift;
  while (slots[slot] !== 0 && index[slots[slot]! - 1] !== place) slot = (slot + 1) & (slots.length - 1);
  return slot;
}

/**
 * The candidate at one of the nine places about a place, row by row from the top left (4 = the place itself, which does
 * not count); -1 without one. In the first and last row some places hold no grid position, so no candidate either.
 */
function rowBeside(places: Places, place: number, step: number, columns: number): number {
  const column = place % columns;
  const dx = (step % 3) - 1;
  if (step === 4 || column + dx < 0 || column + dx === columns) return -1;
  return places.slots[slotOf(places, place + dx + columns * (Math.floor(step / 3) - 1))]! - 1;
}

/** The vertices of a candidate's outline, `nRays x 2` as (y, x), for a candidate `dy, dx` away from the origin. */
function outlineFrom(
  outline: Float64Array,
  dy: number,
  dx: number,
  dist: Float32Array,
  offset: number,
  sin: Float64Array,
  cos: Float64Array,
): void {
  for (let k = 0; k < sin.length; k++) {
    outline[2 * k] = dy + dist[offset + k]! * sin[k]!;
    outline[2 * k + 1] = dx + dist[offset + k]! * cos[k]!;
  }
}

/**
 * How far an outline lies from the origin along each ray: where the ray crosses the edge that it passes through.
 *
 * @param outline `nRays x 2` as (y, x) from the origin, vertex k roughly in the direction of ray k
 * @param seen overwritten
 * @returns false if a ray meets no edge between its neighbours' vertices: the origin is not well inside
 */
function seenFromOrigin(
  outline: Float64Array,
  sin: Float64Array,
  cos: Float64Array,
  seen: Float64Array,
): boolean {
  const n = sin.length;
  const reach = n >> 2;
  for (let k = 0; k < n; k++) {
    let a = k;
    let steps = 0;
    let before = sideOf(outline, a, sin[k]!, cos[k]!);
    while (before > 0 && steps++ < reach) {
      a = a === 0 ? n - 1 : a - 1;
      before = sideOf(outline, a, sin[k]!, cos[k]!);
    }
    let b = a + 1 === n ? 0 : a + 1;
    let after = sideOf(outline, b, sin[k]!, cos[k]!);
    while (after <= 0 && steps++ < reach) {
      a = b;
      before = after;
      b = b + 1 === n ? 0 : b + 1;
      after = sideOf(outline, b, sin[k]!, cos[k]!);
    }
    if (!(before <= 0 && after > 0)) return false;
    const share = before / (before - after);
    const y = outline[2 * a]! + share * (outline[2 * b]! - outline[2 * a]!);
    const x = outline[2 * a + 1]! + share * (outline[2 * b + 1]! - outline[2 * a + 1]!);
    const length = y * sin[k]! + x * cos[k]!;
    if (!(length > 0)) return false;
    seen[k] = length;
  }
  return true;
}

/** Over 0 for a vertex past the ray of angle (sin, cos), in the order of the rays; 0 on it. */
function sideOf(outline: Float64Array, vertex: number, sin: number, cos: number): number {
  return cos * outline[2 * vertex]! - sin * outline[2 * vertex + 1]!;
}
