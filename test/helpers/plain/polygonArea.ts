/**
 * A closed polygon cut at its vertices' rows into strips; in each strip its edges are straight lines from top to
 * bottom. Built once for a polygon, used for every intersection with it.
 */
export interface StripPolygon {
  nStrips: number;
  /** Ascending, `nStrips + 1` values: strip i is `[ys[i], ys[i + 1]]`. */
  ys: Float64Array;
  /** Strip i has the edges `[start[i], start[i + 1])`. */
  start: Int32Array;
  /** Per edge: column at the strip's top, change of column per row, direction (+1 down, -1 up). */
  x: Float64Array;
  slope: Float64Array;
  wind: Int8Array;
}

/** An empty strip polygon with room for n vertices. */
export function createStrips(n: number): StripPolygon {
  return {
    nStrips: 0,
    ys: new Float64Array(n + 1),
    start: new Int32Array(n + 2),
    x: new Float64Array(n * 4),
    slope: new Float64Array(n * 4),
    wind: new Int8Array(n * 4),
  };
}

/** Signed area by the shoelace formula; positive when vertices run from +x towards +y. */
export function shoelace(vy: ArrayLike<number>, vx: ArrayLike<number>, offset: number, n: number): number {
  let twice = 0;
  let py = vy[offset + n - 1]!;
  let px = vx[offset + n - 1]!;
  for (let k = offset; k < offset + n; k++) {
    twice += px * vy[k]! - vx[k]! * py;
    py = vy[k]!;
    px = vx[k]!;
  }
  return twice / 2;
}

/** Strip that begins at each vertex, in the order of the vertices; reused. */
let placeOf = new Int32Array(64);
/** Strip that begins at each row of a polygon that spans few rows; reused. */
const rowTable = new Int32Array(512);

/**
 * Cuts the polygon of vertices `[offset, offset + n)` into strips. O(n + rows + edges times strips crossed).
 *
 * @param vy integers
 * @param out overwritten; grows when needed
 */
export function buildStrips(
  vy: ArrayLike<number>,
  vx: ArrayLike<number>,
  offset: number,
  n: number,
  out: StripPolygon,
): void {
  if (placeOf.length < n) placeOf = new Int32Array(n);
  rankRows(vy, offset, n, out);
  // How many edges each strip has: entries and exits first, then their sums.
  const { ys, start, nStrips } = out;
  start.fill(0, 0, nStrips + 2);
  for (let k = 0; k < n; k++) {
    const p = placeOf[k]!;
    const q = placeOf[k + 1 === n ? 0 : k + 1]!;
    start[Math.min(p, q) + 1]!++;
    start[Math.max(p, q) + 1]!--;
  }
  for (let i = 0, active = 0; i <= nStrips; i++) {
    active += start[i + 1]!;
    start[i + 1] = start[i]! + active;
  }
  reserve(out, start[nStrips]!);
  // The edges, with `start` as the cursor; it then stands one strip ahead and is moved back.
  const { x, slope, wind } = out;
  for (let k = 0; k < n; k++) {
    const next = k + 1 === n ? 0 : k + 1;
    const p = placeOf[k]!;
    const q = placeOf[next]!;
    if (p === q) continue;
    const y0 = vy[offset + k]!;
    const x0 = vx[offset + k]!;
    const rise = (vx[offset + next]! - x0) / (vy[offset + next]! - y0);
    const direction = q > p ? 1 : -1;
    for (let i = Math.min(p, q), end = Math.max(p, q); i < end; i++) {
      const at = start[i]!++;
      x[at] = x0 + (ys[i]! - y0) * rise;
      slope[at] = rise;
      wind[at] = direction;
    }
  }
  for (let i = nStrips; i > 0; i--) start[i] = start[i - 1]!;
  start[0] = 0;
}

/** Sets `ys` to the rows of the vertices, ascending, each once, and `placeOf` to every vertex's place among them. */
function rankRows(vy: ArrayLike<number>, offset: number, n: number, out: StripPolygon): void {
  const { ys } = out;
  let low = vy[offset]!;
  let high = low;
  for (let k = 1; k < n; k++) {
    const y = vy[offset + k]!;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  let m = 0;
  if (high - low < rowTable.length) {
    rowTable.fill(0, 0, high - low + 1);
    for (let k = 0; k < n; k++) rowTable[vy[offset + k]! - low] = 1;
    for (let row = 0; row <= high - low; row++) {
      if (rowTable[row] === 0) continue;
      ys[m] = row + low;
      rowTable[row] = m++;
    }
    for (let k = 0; k < n; k++) placeOf[k] = rowTable[vy[offset + k]! - low]!;
  } else {
    for (let k = 0; k < n; k++) ys[k] = vy[offset + k]!;
    ys.subarray(0, n).sort();
    for (let k = 0; k < n; k++) if (k === 0 || ys[k] !== ys[m - 1]) ys[m++] = ys[k]!;
    for (let k = 0; k < n; k++) placeOf[k] = ys.subarray(0, m).indexOf(vy[offset + k]!);
  }
  out.nStrips = m - 1;
}

function reserve(out: StripPolygon, total: number): void {
  if (total <= out.x.length) return;
  out.x = new Float64Array(total * 2);
  out.slope = new Float64Array(total * 2);
  out.wind = new Int8Array(total * 2);
}

/** Edges in one strip of two polygons of at most 1024 rays. */
const MAX_EDGES = 2048;
const top = new Float64Array(MAX_EDGES);
const bottom = new Float64Array(MAX_EDGES);
const turn = new Int8Array(MAX_EDGES);
const order = new Int32Array(MAX_EDGES);
const middle = new Float64Array(MAX_EDGES);
let cuts = new Float64Array(64);

/**
 * Area of the intersection of two polygons, each filled where its winding number is not 0. Exact but for rounding
 * (about 1e-12 of the area). O(strips x edges per strip), quadratic in the edges of one strip.
 *
 * The rows are cut at every vertex of both polygons and at every crossing of two edges. Between two cuts the common
 * length of a row is linear, so its value in the middle times the height is the area.
 *
 * @param stopAbove the sum may stop as soon as it is over this value
 */
export function intersectionArea(
  a: StripPolygon,
  b: StripPolygon,
  stopAbove = Number.POSITIVE_INFINITY,
): number {
  if (a.nStrips === 0 || b.nStrips === 0) return 0;
  let y = Math.max(a.ys[0]!, b.ys[0]!);
  const end = Math.min(a.ys[a.nStrips]!, b.ys[b.nStrips]!);
  let i = 0;
  let j = 0;
  let area = 0;
  while (y < end && area <= stopAbove) {
    while (a.ys[i + 1]! <= y) i++;
    while (b.ys[j + 1]! <= y) j++;
    const next = Math.min(a.ys[i + 1]!, b.ys[j + 1]!);
    const nA = loadEdges(a, i, y, next, 0);
    const n = nA + loadEdges(b, j, y, next, nA);
    if (nA > 0 && n > nA) area += stripArea(nA, n) * (next - y);
    y = next;
  }
  return area;
}

/** Columns of a strip's edges at two rows, into the shared tables from `at` on; returns how many. */
function loadEdges(p: StripPolygon, strip: number, y0: number, y1: number, at: number): number {
  const first = p.start[strip]!;
  const n = p.start[strip + 1]! - first;
  const d0 = y0 - p.ys[strip]!;
  const d1 = y1 - p.ys[strip]!;
  for (let k = 0; k < n; k++) {
    top[at + k] = p.x[first + k]! + d0 * p.slope[first + k]!;
    bottom[at + k] = p.x[first + k]! + d1 * p.slope[first + k]!;
    turn[at + k] = p.wind[first + k]!;
  }
  return n;
}

/** Mean common length of the loaded strip: edges [0, nA) are one polygon's, [nA, n) the other's. */
function stripArea(nA: number, n: number): number {
  if (nA === 2 && n === 4) {
    const simple = twoSpans();
    if (simple >= 0) return simple;
  }
  const nCuts = crossings(n);
  let sum = 0;
  let from = 0;
  for (let c = 0; c <= nCuts; c++) {
    const to = c < nCuts ? cuts[c]! : 1;
    if (to > from) sum += commonLength(nA, n, (from + to) / 2) * (to - from);
    from = to;
  }
  return sum;
}

/** The usual case, one span each: no cut is needed when the same edges bound the overlap from top to bottom; else -1. */
function twoSpans(): number {
  const a = top[0]! + bottom[0]! <= top[1]! + bottom[1]! ? 0 : 1;
  const b = top[2]! + bottom[2]! <= top[3]! + bottom[3]! ? 2 : 3;
  const ra = 1 - a;
  const rb = 5 - b;
  if (top[a]! > top[ra]! || bottom[a]! > bottom[ra]! || top[b]! > top[rb]! || bottom[b]! > bottom[rb]!)
    return -1;
  const left = top[a]! >= top[b]! ? a : b;
  const right = top[ra]! <= top[rb]! ? ra : rb;
  if (bottom[left]! < Math.max(bottom[a]!, bottom[b]!)) return -1;
  if (bottom[right]! > Math.min(bottom[ra]!, bottom[rb]!)) return -1;
  const f0 = top[right]! - top[left]!;
  const f1 = bottom[right]! - bottom[left]!;
  if (f0 >= 0 && f1 >= 0) return (f0 + f1) / 2;
  if (f0 <= 0 && f1 <= 0) return 0;
  return f0 > 0 ? (f0 * f0) / (2 * (f0 - f1)) : (f1 * f1) / (2 * (f1 - f0));
}

/** Finds the fractions of the strip's height at which two of its edges cross, ascending in `cuts`; returns how many. */
function crossings(n: number): number {
  let count = 0;
  for (let p = 0; p < n; p++) {
    for (let q = p + 1; q < n; q++) {
      const d0 = top[p]! - top[q]!;
      const d1 = bottom[p]! - bottom[q]!;
      if (d0 * d1 >= 0) continue;
      if (count === cuts.length) cuts = growFloats(cuts);
      const t = d0 / (d0 - d1);
      let at = count++;
      for (; at > 0 && cuts[at - 1]! > t; at--) cuts[at] = cuts[at - 1]!;
      cuts[at] = t;
    }
  }
  return count;
}

function growFloats(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}

/** Length of the row at fraction t where both windings are not 0. */
function commonLength(nA: number, n: number, t: number): number {
  for (let k = 0; k < n; k++) {
    middle[k] = top[k]! + (bottom[k]! - top[k]!) * t;
    let at = k;
    for (; at > 0 && middle[order[at - 1]!]! > middle[k]!; at--) order[at] = order[at - 1]!;
    order[at] = k;
  }
  let length = 0;
  let inA = 0;
  let inB = 0;
  for (let k = 0; k < n; k++) {
    const edge = order[k]!;
    if (inA !== 0 && inB !== 0) length += middle[edge]! - middle[order[k - 1]!]!;
    if (edge < nA) inA += turn[edge]!;
    else inB += turn[edge]!;
  }
  return length;
}
