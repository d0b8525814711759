import { f32At, f64At, need, setF32, setF64, setU32, u32At } from './memory';

/** A neighbour counts from this share of the centre's prob on. */
const LEAST_SHARE: f64 = 0.5;
/** Knuth's multiplier: places side by side get slots far apart. */
const SPREAD: u32 = 0x9e3779b1;

/** Rows of candidates by their place in the grid, found by hashing: `slots` holds row + 1, 0 = none. */
let places: usize = 0;
let slots: usize = 0;
let mask: u32 = 0;
let shift: u32 = 0;

/**
 * Mean outlines of the survivors, see `meanShapes`.
 *
 * @param count of the candidates
 * @param prob,index,y,x,dist their columns
 * @param rows `nRows` u32: the survivors
 * @param columns of the grid
 * @param sin,cos as `rays2d` gives them
 * @param out `nRows x nRays` f32
 */
export function meanOutlines(
  count: i32,
  nRays: i32,
  prob: usize,
  index: usize,
  y: usize,
  x: usize,
  dist: usize,
  rows: usize,
  nRows: i32,
  columns: i32,
  sin: usize,
  cos: usize,
  out: usize,
): void {
  findPlaces(count, index);
  const step = (nRays as usize) << 2;
  const sum = need(8 * (nRays as f64));
  const seen = need(8 * (nRays as f64));
  const outline = need(16 * (nRays as f64));
  for (let i = 0; i < nRows; i++) {
    const centre: i32 = u32At(rows, i);
    const own = f32At(prob, centre) as f64;
    const least = LEAST_SHARE * own;
    let weight = own;
    for (let k = 0; k < nRays; k++)
      setF64(sum, k, weight * (f32At(dist + (centre as usize) * step, k) as f64));
    for (let j = 0; j < 9; j++) {
      const other = rowBeside(u32At(index, centre), j, columns);
      if (other < 0) continue;
      const share = f32At(prob, other) as f64;
      if (share < least) continue;
      const dy = f64At(y, other) - f64At(y, centre);
      const dx = f64At(x, other) - f64At(x, centre);
      outlineFrom(outline, dy, dx, dist + (other as usize) * step, nRays, sin, cos);
      if (!seenFromOrigin(outline, nRays, sin, cos, seen)) continue;
      weight += share;
      for (let k = 0; k < nRays; k++) setF64(sum, k, f64At(sum, k) + share * f64At(seen, k));
    }
    for (let k = 0; k < nRays; k++) setF32(out + (i as usize) * step, k, (f64At(sum, k) / weight) as f32);
  }
}

function findPlaces(count: i32, index: usize): void {
  const bits: u32 = 33 - clz<u32>(count);
  const size: usize = (1 as usize) << bits;
  places = index;
  slots = need(4 * (size as f64));
  memory.fill(slots, 0, size << 2);
  mask = (size as u32) - 1;
  shift = 32 - bits;
  for (let row = 0; row < count; row++) setU32(slots, slotOf(u32At(index, row)), row + 1);
}

/** The slot of a place: where its row stands, or the empty one where it would. */
function slotOf(place: u32): u32 {
  let slot = (place * SPREAD) >>> shift;
  while (u32At(slots, slot) !== 0 && u32At(places, u32At(slots, slot) - 1) !== place)
    slot = (slot + 1) & mask;
  return slot;
}

/**
 * The candidate at one of the nine places about a place, row by row from the top left (4 = the place itself, which does
 * not count); -1 without one. In the first and last row some places hold no grid position, so no candidate either.
 */
function rowBeside(place: u32, step: i32, columns: i32): i32 {
  const column: i32 = place % (columns as u32);
  const dx = (step % 3) - 1;
  if (step === 4 || column + dx < 0 || column + dx === columns) return -1;
  return u32At(slots, slotOf(place + dx + columns * (step / 3 - 1))) - 1;
}

/** The vertices of a candidate's outline, `nRays x 2` as (y, x), for a candidate `dy, dx` away from the origin. */
function outlineFrom(
  outline: usize,
  dy: f64,
  dx: f64,
  dist: usize,
  nRays: i32,
  sin: usize,
  cos: usize,
): void {
  for (let k = 0; k < nRays; k++) {
    const d = f32At(dist, k) as f64;
    setF64(outline, 2 * k, dy + d * f64At(sin, k));
    setF64(outline, 2 * k + 1, dx + d * f64At(cos, k));
  }
}

/**
 * How far an outline lies from the origin along each ray: where the ray crosses the edge that it passes through.
 *
 * @param outline `n x 2` as (y, x) from the origin, vertex k roughly in the direction of ray k
 * @param seen overwritten
 * @returns false if a ray meets no edge between its neighbours' vertices: the origin is not well inside
 */
function seenFromOrigin(outline: usize, n: i32, sin: usize, cos: usize, seen: usize): bool {
  const reach = n >> 2;
  for (let k = 0; k < n; k++) {
    const sinK = f64At(sin, k);
    const cosK = f64At(cos, k);
    let a = k;
    let steps = 0;
    let before = sideOf(outline, a, sinK, cosK);
    while (before > 0 && steps++ < reach) {
      a = a === 0 ? n - 1 : a - 1;
      before = sideOf(outline, a, sinK, cosK);
    }
    let b = a + 1 === n ? 0 : a + 1;
    let after = sideOf(outline, b, sinK, cosK);
    while (after <= 0 && steps++ < reach) {
      a = b;
      before = after;
      b = b + 1 === n ? 0 : b + 1;
      after = sideOf(outline, b, sinK, cosK);
    }
    if (!(before <= 0 && after > 0)) return false;
    const share = before / (before - after);
    const ay = f64At(outline, 2 * a);
    const ax = f64At(outline, 2 * a + 1);
    const y = ay + share * (f64At(outline, 2 * b) - ay);
    const x = ax + share * (f64At(outline, 2 * b + 1) - ax);
    const length = y * sinK + x * cosK;
    if (!(length > 0)) return false;
    setF64(seen, k, length);
  }
  return true;
}

/** Over 0 for a vertex past the ray of angle (sin, cos), in the order of the rays; 0 on it. */
function sideOf(outline: usize, vertex: i32, sin: f64, cos: f64): f64 {
  return cos * f64At(outline, 2 * vertex) - sin * f64At(outline, 2 * vertex + 1);
}
