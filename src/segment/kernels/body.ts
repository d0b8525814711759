import { f64At, i32At, need, setF64 } from './memory';
import { findSpans, Solid } from './solid';

/** A survivor: measures, and the voxels inside as bits. */
@unmanaged
export class Body {
  z: i32;
  y: i32;
  x: i32;
  z0: i32;
  z1: i32;
  y0: i32;
  y1: i32;
  x0: i32;
  x1: i32;
  outer: f64;
  volume: f64;
  /** Voxels of the box, u32 of 32 columns: `words` for each row. */
  bits: usize;
  words: i32;
  /** Of the voxels, offsets from the centre: number, sums of z, y, x, zz, zy, zx, yy, yx, xx; f64. */
  moments: usize;
  /** The last query that met the body, so that none is judged twice. */
  seen: u32;
}

/** A body with the voxels of a solid. Cost: the cones that its rows cross. */
export function createBody(solid: Solid, volume: f64): Body {
  const body = changetype<Body>(need(offsetof<Body>()));
  body.z = solid.z;
  body.y = solid.y;
  body.x = solid.x;
  body.z0 = solid.z0;
  body.z1 = solid.z1;
  body.y0 = solid.y0;
  body.y1 = solid.y1;
  body.x0 = solid.x0;
  body.x1 = solid.x1;
  body.outer = solid.outer;
  body.volume = volume;
  body.seen = 0;
  const words = (solid.x1 - solid.x0 + 32) >> 5;
  const rows = (solid.z1 - solid.z0 + 1) * (solid.y1 - solid.y0 + 1);
  const bytes = ((rows * words) as usize) << 2;
  body.words = words;
  body.bits = need(bytes as f64);
  memory.fill(body.bits, 0, bytes);
  body.moments = need(80);
  memory.fill(body.moments, 0, 80);
  let row = body.bits;
  for (let z = solid.z0; z <= solid.z1; z++)
    for (let y = solid.y0; y <= solid.y1; y++, row += (words as usize) << 2) {
      const n = findSpans(solid, z, y, solid.x0, solid.x1);
      for (let i = 0; i < n; i++) {
        const left = i32At(solid.spans, 2 * i);
        const right = i32At(solid.spans, 2 * i + 1);
        setBits(row, left - solid.x0, right - solid.x0);
        addMoments(body.moments, z - solid.z, y - solid.y, left - solid.x, right - solid.x);
      }
    }
  return body;
}

/** Adds the voxels from column `left` to `right`. */
function addMoments(moments: usize, dz: i32, dy: i32, left: i32, right: i32): void {
  const z = dz as f64;
  const y = dy as f64;
  const n = (right - left + 1) as f64;
  const x = ((left + right) as f64) / 2;
  addTo(moments, 0, n);
  addTo(moments, 1, n * z);
  addTo(moments, 2, n * y);
  addTo(moments, 3, n * x);
  addTo(moments, 4, n * z * z);
  addTo(moments, 5, n * z * y);
  addTo(moments, 6, n * z * x);
  addTo(moments, 7, n * y * y);
  addTo(moments, 8, n * y * x);
  addTo(moments, 9, n * x * x + (n * (n * n - 1)) / 12);
}

function addTo(moments: usize, i: i32, value: f64): void {
  setF64(moments, i, f64At(moments, i) + value);
}

function setBits(row: usize, from: i32, to: i32): void {
  for (let w = from >> 5; w <= to >> 5; w++) {
    const at = row + ((w as usize) << 2);
    store<u32>(at, load<u32>(at) | wordOf(w, from, to));
  }
}

/** The bits from `from` to `to` that lie in word w. */
function wordOf(w: i32, from: i32, to: i32): u32 {
  let bits: u32 = 0xffffffff;
  if (w === from >> 5) bits <<= from & 31;
  if (w === to >> 5) bits &= 0xffffffff >>> (31 - (to & 31));
  return bits;
}

/**
 * True when a body and a solid share more voxels than `limit`. Exact; planes and their rows are taken from the middle of the
 * shared box outwards, and counting ends as soon as the rest cannot change the answer.
 */
export function shareMoreThan(body: Body, solid: Solid, limit: f64): bool {
  const z0 = max(body.z0, solid.z0);
  const y0 = max(body.y0, solid.y0);
  const x0 = max(body.x0, solid.x0);
  const x1 = min(body.x1, solid.x1);
  const depth = min(body.z1, solid.z1) - z0 + 1;
  const rows = min(body.y1, solid.y1) - y0 + 1;
  const perPlane = (rows * (x1 - x0 + 1)) as f64;
  if (depth <= 0 || rows <= 0 || x1 < x0) return 0 > limit;
  let shared: f64 = 0;
  for (let i = 0; i < depth; i++) {
    const z = z0 + outwards(i, depth);
    for (let j = 0; j < rows; j++) {
      const y = y0 + outwards(j, rows);
      shared += sharedInRow(body, solid, z, y, x0, x1) as f64;
      if (shared > limit) return true;
    }
    if (shared + ((depth - 1 - i) as f64) * perPlane <= limit) return false;
  }
  return false;
}

/** The i-th of n places from the middle outwards. */
function outwards(i: i32, n: i32): i32 {
  return ((n - 1) >> 1) + ((i & 1) === 1 ? (i + 1) >> 1 : -(i >> 1));
}

/** Where the bits of a row lie. */
function rowAt(body: Body, z: i32, y: i32): usize {
  const line = (z - body.z0) * (body.y1 - body.y0 + 1) + y - body.y0;
  return body.bits + (((line * body.words) as usize) << 2);
}

/** Whether a voxel lies inside. */
export function holdsVoxel(body: Body, z: i32, y: i32, x: i32): bool {
  if (z < body.z0 || z > body.z1 || y < body.y0 || y > body.y1 || x < body.x0 || x > body.x1) return false;
  const bit = x - body.x0;
  return ((load<u32>(rowAt(body, z, y) + ((bit >> 5) << 2)) >>> (bit & 31)) & 1) === 1;
}

function sharedInRow(body: Body, solid: Solid, z: i32, y: i32, x0: i32, x1: i32): i32 {
  const row = rowAt(body, z, y);
  // What the body has in the row bounds what is looked at.
  let first = 0;
  let last = body.words - 1;
  while (first < last && load<u32>(row + ((first as usize) << 2)) === 0) first++;
  while (last > first && load<u32>(row + ((last as usize) << 2)) === 0) last--;
  const left = (first << 5) + (ctz<u32>(load<u32>(row + ((first as usize) << 2))) as i32);
  const right = (last << 5) + 31 - (clz<u32>(load<u32>(row + ((last as usize) << 2))) as i32);
  const n = findSpans(solid, z, y, max(x0, body.x0 + left), min(x1, body.x0 + right));
  let shared = 0;
  for (let i = 0; i < n; i++)
    shared += countBits(row, i32At(solid.spans, 2 * i) - body.x0, i32At(solid.spans, 2 * i + 1) - body.x0);
  return shared;
}

/** How many bits of a row are set from `from` to `to`. */
function countBits(row: usize, from: i32, to: i32): i32 {
  let count = 0;
  for (let w = from >> 5; w <= to >> 5; w++)
    count += popcnt<u32>(load<u32>(row + ((w as usize) << 2)) & wordOf(w, from, to)) as i32;
  return count;
}

/** How many voxels of a row lie between two columns, whole numbers. */
export function countBetween(body: Body, z: i32, y: i32, left: f64, right: f64): i32 {
  const from = max(left, body.x0 as f64);
  const to = min(right, body.x1 as f64);
  if (from > to) return 0;
  return countBits(rowAt(body, z, y), (from as i32) - body.x0, (to as i32) - body.x0);
}
