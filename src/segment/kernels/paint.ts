import { f32At, f64At, i32At, need, setF64, setI32, setU32 } from './memory';

/**
 * Paints polygons into rows `[first, end)` of a label image, the first (best) one last. Polygon i has label i + 1. What
 * belongs to a polygon: `renderPolygons`.
 *
 * @param vertices `n x nRays x 2` as (y, x), f32
 * @param labels the rows alone, u32; overwritten
 */
export function paintAll(
  vertices: usize,
  n: i32,
  nRays: i32,
  labels: usize,
  first: i32,
  end: i32,
  width: i32,
): void {
  memory.fill(labels, 0, ((end - first) as usize) * (width as usize) * 4);
  const step = (nRays as usize) << 3;
  openRows(vertices, n, nRays, first, end);
  for (let i = n - 1; i >= 0; i--)
    paint(vertices + (i as usize) * step, nRays, (i as u32) + 1, labels, first, end, width);
}

/** Of each row of a polygon: how many edges that start below it cross it, and how many that start above, i32. */
let counts: usize = 0;
/** The columns at which they do: room for n and n, f64. */
let crossings: usize = 0;

/** Makes room for the rows of the tallest of the polygons. */
function openRows(vertices: usize, n: i32, nRays: i32, first: i32, end: i32): void {
  let tallest = 0;
  for (let i = 0; i < n; i++) {
    findRows(vertices + (i as usize) * ((nRays as usize) << 3), nRays, first, end);
    tallest = max(tallest, y1 - y0 + 1);
  }
  counts = need(8 * (tallest as f64));
  crossings = need(16 * (tallest as f64) * (nRays as f64));
}

/** Rows `y0..y1` of a polygon; none where y1 < y0. */
let y0: i32 = 0;
let y1: i32 = 0;

function findRows(polygon: usize, n: i32, first: i32, end: i32): void {
  let least = Infinity;
  let most = -Infinity;
  for (let k = 0; k < n; k++) {
    const y = f32At(polygon, 2 * k) as f64;
    least = min(least, y);
    most = max(most, y);
  }
  const any = least < (end as f64) && most >= (first as f64);
  y0 = any ? (max(first as f64, ceil(least)) as i32) : 0;
  y1 = any ? (min((end - 1) as f64, floor(most)) as i32) : -1;
}

/** Paints one polygon: edge by edge, then row by row. */
function paint(polygon: usize, n: i32, label: u32, labels: usize, first: i32, end: i32, width: i32): void {
  findRows(polygon, n, first, end);
  if (y1 < y0) return;
  memory.fill(counts, 0, ((y1 - y0 + 1) as usize) << 3);
  const last = (width - 1) as f64;
  let py = f32At(polygon, 2 * n - 2) as f64;
  let px = f32At(polygon, 2 * n - 1) as f64;
  for (let k = 0; k < n; k++) {
    const qy = f32At(polygon, 2 * k) as f64;
    const qx = f32At(polygon, 2 * k + 1) as f64;
    cross(n, py, px, qy, qx);
    if (
      floor(qy) === qy &&
      qy >= (y0 as f64) &&
      qy <= (y1 as f64) &&
      qx >= 0 &&
      qx <= last &&
      floor(qx) === qx
    )
      setU32(labels, ((qy as i32) - first) * width + (qx as i32), label);
    py = qy;
    px = qx;
  }
  for (let y = y0; y <= y1; y++)
    fillRow(labels + ((((y - first) * width) as usize) << 2), y - y0, n, width, label);
}

/** Enters an edge into the rows that it crosses. */
function cross(n: i32, py: f64, px: f64, qy: f64, qx: f64): void {
  const low = min(py, qy);
  const high = max(py, qy);
  const to = min(y1 as f64, floor(high));
  for (let y = max(y0 as f64, ceil(low)); y <= to; y++) {
    const x = px + ((y - py) * (qx - px)) / (qy - py);
    const row = (y as i32) - y0;
    const list = crossings + (((2 * row * n) as usize) << 3);
    if (y < high) add(2 * row, list, x);
    if (y > low) add(2 * row + 1, list + ((n as usize) << 3), x);
  }
}

function add(count: i32, list: usize, x: f64): void {
  const n = i32At(counts, count);
  setF64(list, n, x);
  setI32(counts, count, n + 1);
}

/** Paints a row between its crossings: what has an odd number of them to the right, or else to the left. */
function fillRow(row: usize, i: i32, n: i32, width: i32, label: u32): void {
  const right = crossings + (((2 * i * n) as usize) << 3);
  const left = right + ((n as usize) << 3);
  const nRight = i32At(counts, 2 * i);
  const nLeft = i32At(counts, 2 * i + 1);
  const last = (width - 1) as f64;
  if (nRight === 2 && nLeft === 2) {
    const a = f64At(right, 0);
    const b = f64At(right, 1);
    fillRun(row, ceil(min(a, b)), ceil(max(a, b)) - 1, last, label);
    const c = f64At(left, 0);
    const d = f64At(left, 1);
    fillRun(row, floor(min(c, d)) + 1, floor(max(c, d)), last, label);
    return;
  }
  let from = Infinity;
  let to = -Infinity;
  for (let k = 0; k < nRight; k++) {
    from = min(from, f64At(right, k));
    to = max(to, f64At(right, k));
  }
  for (let k = 0; k < nLeft; k++) {
    from = min(from, f64At(left, k));
    to = max(to, f64At(left, k));
  }
  const x1 = min(last, floor(to));
  for (let x = max(0.0, ceil(from)); x <= x1; x++) {
    let r = 0;
    let l = 0;
    for (let k = 0; k < nRight; k++) r ^= (f64At(right, k) > x) as i32;
    for (let k = 0; k < nLeft; k++) l ^= (f64At(left, k) < x) as i32;
    if (r === 1 || r !== l) setU32(row, x as i32, label);
  }
}

function fillRun(row: usize, from: f64, to: f64, last: f64, label: u32): void {
  if (!(from <= last) || !(to >= 0)) return;
  const end = min(last, to) as i32;
  for (let x = max(0.0, from) as i32; x <= end; x++) setU32(row, x, label);
}
