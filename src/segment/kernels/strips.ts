import { f64At, i32At, need, setF64, setI32 } from './memory';

/**
 * A closed polygon cut at its vertices' rows into strips; in each strip its edges are straight lines from top to
 * bottom. Built once for a polygon, used for every intersection with it.
 */
@unmanaged
export class Strips {
  nStrips: i32;
  /** Edges that there is room for. */
  capacity: i32;
  /** Ascending, `nStrips + 1` f64: strip i is `[ys[i], ys[i + 1]]`. */
  ys: usize;
  /** Strip i has the edges `[start[i], start[i + 1])`, i32. */
  start: usize;
  /** Per edge, f64: column at the strip's top, change of column per row. */
  x: usize;
  slope: usize;
  /** Per edge, i32: direction (+1 down, -1 up). */
  wind: usize;
}

/** An empty strip polygon with room for n vertices. */
export function createStrips(n: i32): Strips {
  const strips = changetype<Strips>(need(offsetof<Strips>()));
  strips.nStrips = 0;
  strips.ys = need(8 * ((n as f64) + 1));
  strips.start = need(4 * ((n as f64) + 2));
  giveRoom(strips, 4 * n);
  return strips;
}

function giveRoom(strips: Strips, edges: i32): void {
  strips.capacity = edges;
  strips.x = need(8 * (edges as f64));
  strips.slope = need(8 * (edges as f64));
  strips.wind = need(4 * (edges as f64));
}

/** Rows that a polygon may span to be ranked by a table. */
const TABLE = 512;
/** Strip that begins at each vertex, in the order of the vertices; and at each row, i32. */
let placeOf: usize = 0;
let rowTable: usize = 0;
/** The edges of one strip of two polygons: columns at its top, bottom and at a row, f64; directions, and their order. */
let top: usize = 0;
let bottom: usize = 0;
let middle: usize = 0;
let turn: usize = 0;
let order: usize = 0;
/** Where edges cross, f64, and how many there is room for. */
let cuts: usize = 0;
let mostCuts: i32 = 0;

/** Makes room for polygons of n vertices: to be called before all others, once after `clear`. */
export function openStrips(n: i32): void {
  const edges = 2 * (n as f64);
  placeOf = need(4 * (n as f64));
  rowTable = need(4 * TABLE);
  top = need(8 * edges);
  bottom = need(8 * edges);
  middle = need(8 * edges);
  turn = need(4 * edges);
  order = need(4 * edges);
  mostCuts = 64;
  cuts = need(8 * 64);
}

/** Cuts a polygon of n vertices (i32) into strips. O(n + rows + edges times strips crossed). */
export function buildStrips(vy: usize, vx: usize, n: i32, out: Strips): void {
  rankRows(vy, n, out);
  // How many edges each strip has: entries and exits first, then their sums.
  const start = out.start;
  const nStrips = out.nStrips;
  memory.fill(start, 0, ((nStrips + 2) as usize) << 2);
  for (let k = 0; k < n; k++) {
    const p = i32At(placeOf, k);
    const q = i32At(placeOf, k + 1 === n ? 0 : k + 1);
    const low = min(p, q) + 1;
    const high = max(p, q) + 1;
    setI32(start, low, i32At(start, low) + 1);
    setI32(start, high, i32At(start, high) - 1);
  }
  let active = 0;
  for (let i = 0; i <= nStrips; i++) {
    active += i32At(start, i + 1);
    setI32(start, i + 1, i32At(start, i) + active);
  }
  if (i32At(start, nStrips) > out.capacity) giveRoom(out, 2 * i32At(start, nStrips));
  // The edges, with `start` as the cursor; it then stands one strip ahead and is moved back.
  for (let k = 0; k < n; k++) {
    const next = k + 1 === n ? 0 : k + 1;
    const p = i32At(placeOf, k);
    const q = i32At(placeOf, next);
    if (p === q) continue;
    const y0 = i32At(vy, k) as f64;
    const x0 = i32At(vx, k) as f64;
    const rise = ((i32At(vx, next) as f64) - x0) / ((i32At(vy, next) as f64) - y0);
    const direction = q > p ? 1 : -1;
    const end = max(p, q);
    for (let i = min(p, q); i < end; i++) {
      const at = i32At(start, i);
      setI32(start, i, at + 1);
      setF64(out.x, at, x0 + (f64At(out.ys, i) - y0) * rise);
      setF64(out.slope, at, rise);
      setI32(out.wind, at, direction);
    }
  }
  for (let i = nStrips; i > 0; i--) setI32(start, i, i32At(start, i - 1));
  setI32(start, 0, 0);
}

/** Sets `ys` to the rows of the vertices, ascending, each once, and `placeOf` to every vertex's place among them. */
function rankRows(vy: usize, n: i32, out: Strips): void {
  const ys = out.ys;
  let low = i32At(vy, 0);
  let high = low;
  for (let k = 1; k < n; k++) {
    low = min(low, i32At(vy, k));
    high = max(high, i32At(vy, k));
  }
  let m = 0;
  if (high - low < TABLE) {
    memory.fill(rowTable, 0, ((high - low + 1) as usize) << 2);
    for (let k = 0; k < n; k++) setI32(rowTable, i32At(vy, k) - low, 1);
    for (let row = 0; row <= high - low; row++) {
      if (i32At(rowTable, row) === 0) continue;
      setF64(ys, m, (row + low) as f64);
      setI32(rowTable, row, m++);
    }
    for (let k = 0; k < n; k++) setI32(placeOf, k, i32At(rowTable, i32At(vy, k) - low));
  } else {
    for (let k = 0; k < n; k++) m = insertRow(ys, m, i32At(vy, k) as f64);
    for (let k = 0; k < n; k++) setI32(placeOf, k, rankOf(ys, m, i32At(vy, k) as f64));
  }
  out.nStrips = m - 1;
}

/** Puts a row among m ascending ones unless it is there; returns how many there are then. */
function insertRow(ys: usize, m: i32, row: f64): i32 {
  const at = rankOf(ys, m, row);
  if (at < m && f64At(ys, at) === row) return m;
  for (let i = m; i > at; i--) setF64(ys, i, f64At(ys, i - 1));
  setF64(ys, at, row);
  return m + 1;
}

/** How many of m ascending rows are smaller. */
function rankOf(ys: usize, m: i32, row: f64): i32 {
  let low = 0;
  let high = m;
  while (low < high) {
    const half = (low + high) >> 1;
    if (f64At(ys, half) < row) low = half + 1;
    else high = half;
  }
  return low;
}

/**
 * Area of the intersection of two polygons, each filled where its winding number is not 0. Exact but for rounding
 * (about 1e-12 of the area). O(strips x edges per strip), quadratic in the edges of one strip.
 *
 * The rows are cut at every vertex of both polygons and at every crossing of two edges. Between two cuts the common
 * length of a row is linear, so its value in the middle times the height is the area.
 *
 * @param stopAbove the sum may stop as soon as it is over this value
 */
export function intersectionArea(a: Strips, b: Strips, stopAbove: f64): f64 {
  if (a.nStrips === 0 || b.nStrips === 0) return 0;
  let y = max(f64At(a.ys, 0), f64At(b.ys, 0));
  const end = min(f64At(a.ys, a.nStrips), f64At(b.ys, b.nStrips));
  let i = 0;
  let j = 0;
  let area: f64 = 0;
  while (y < end && area <= stopAbove) {
    while (f64At(a.ys, i + 1) <= y) i++;
    while (f64At(b.ys, j + 1) <= y) j++;
    const next = min(f64At(a.ys, i + 1), f64At(b.ys, j + 1));
    const nA = loadEdges(a, i, y, next, 0);
    const n = nA + loadEdges(b, j, y, next, nA);
    if (nA > 0 && n > nA) area += stripArea(nA, n) * (next - y);
    y = next;
  }
  return area;
}

/** Columns of a strip's edges at two rows, into the tables from `at` on; returns how many. */
function loadEdges(p: Strips, strip: i32, y0: f64, y1: f64, at: i32): i32 {
  const first = i32At(p.start, strip);
  const n = i32At(p.start, strip + 1) - first;
  const d0 = y0 - f64At(p.ys, strip);
  const d1 = y1 - f64At(p.ys, strip);
  for (let k = 0; k < n; k++) {
    const x = f64At(p.x, first + k);
    const slope = f64At(p.slope, first + k);
    setF64(top, at + k, x + d0 * slope);
    setF64(bottom, at + k, x + d1 * slope);
    setI32(turn, at + k, i32At(p.wind, first + k));
  }
  return n;
}

/** Mean common length of the loaded strip: edges [0, nA) are one polygon's, [nA, n) the other's. */
function stripArea(nA: i32, n: i32): f64 {
  if (nA === 2 && n === 4) {
    const simple = twoSpans();
    if (simple >= 0) return simple;
  }
  const nCuts = crossings(n);
  let sum: f64 = 0;
  let from: f64 = 0;
  for (let c = 0; c <= nCuts; c++) {
    const to: f64 = c < nCuts ? f64At(cuts, c) : 1;
    if (to > from) sum += commonLength(nA, n, (from + to) / 2) * (to - from);
    from = to;
  }
  return sum;
}

/** The usual case, one span each: no cut is needed when the same edges bound the overlap from top to bottom; else -1. */
function twoSpans(): f64 {
  const a = f64At(top, 0) + f64At(bottom, 0) <= f64At(top, 1) + f64At(bottom, 1) ? 0 : 1;
  const b = f64At(top, 2) + f64At(bottom, 2) <= f64At(top, 3) + f64At(bottom, 3) ? 2 : 3;
  const ra = 1 - a;
  const rb = 5 - b;
  if (f64At(top, a) > f64At(top, ra) || f64At(bottom, a) > f64At(bottom, ra)) return -1;
  if (f64At(top, b) > f64At(top, rb) || f64At(bottom, b) > f64At(bottom, rb)) return -1;
  const left = f64At(top, a) >= f64At(top, b) ? a : b;
  const right = f64At(top, ra) <= f64At(top, rb) ? ra : rb;
  if (f64At(bottom, left) < max(f64At(bottom, a), f64At(bottom, b))) return -1;
  if (f64At(bottom, right) > min(f64At(bottom, ra), f64At(bottom, rb))) return -1;
  const f0 = f64At(top, right) - f64At(top, left);
  const f1 = f64At(bottom, right) - f64At(bottom, left);
  if (f0 >= 0 && f1 >= 0) return (f0 + f1) / 2;
  if (f0 <= 0 && f1 <= 0) return 0;
  return f0 > 0 ? (f0 * f0) / (2 * (f0 - f1)) : (f1 * f1) / (2 * (f1 - f0));
}

/** Finds the fractions of the strip's height at which two of its edges cross, ascending in `cuts`; returns how many. */
function crossings(n: i32): i32 {
  let count = 0;
  for (let p = 0; p < n; p++) {
    for (let q = p + 1; q < n; q++) {
      const d0 = f64At(top, p) - f64At(top, q);
      const d1 = f64At(bottom, p) - f64At(bottom, q);
      if (d0 * d1 >= 0) continue;
      if (count === mostCuts) growCuts();
      const t = d0 / (d0 - d1);
      let at = count++;
      for (; at > 0 && f64At(cuts, at - 1) > t; at--) setF64(cuts, at, f64At(cuts, at - 1));
      setF64(cuts, at, t);
    }
  }
  return count;
}

function growCuts(): void {
  const larger = need(16 * (mostCuts as f64));
  memory.copy(larger, cuts, (mostCuts as usize) << 3);
  cuts = larger;
  mostCuts *= 2;
}

/** Length of the row at fraction t where both windings are not 0. */
function commonLength(nA: i32, n: i32, t: f64): f64 {
  for (let k = 0; k < n; k++) {
    const column = f64At(top, k) + (f64At(bottom, k) - f64At(top, k)) * t;
    setF64(middle, k, column);
    let at = k;
    for (; at > 0 && f64At(middle, i32At(order, at - 1)) > column; at--)
      setI32(order, at, i32At(order, at - 1));
    setI32(order, at, k);
  }
  let length: f64 = 0;
  let inA = 0;
  let inB = 0;
  for (let k = 0; k < n; k++) {
    const edge = i32At(order, k);
    if (inA !== 0 && inB !== 0) length += f64At(middle, edge) - f64At(middle, i32At(order, k - 1));
    if (edge < nA) inA += i32At(turn, edge);
    else inB += i32At(turn, edge);
  }
  return length;
}
