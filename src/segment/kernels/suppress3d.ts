import { Body, createBody, holdsVoxel, shareMoreThan } from './body';
import { Cones } from './cones';
import { Core, createCore, holdsCore, openCores } from './core';
import {
  addToGrid3d,
  CellGrid3d,
  columnIn,
  createGrid3d,
  Entry3d,
  firstIn3d,
  planeIn,
  rowIn,
} from './grid3d';
import { f64At, need, setU32, u32At } from './memory';
import { createSolid, DIST_STEPS, fitSolid, Solid, volumeOf } from './solid';

/** A suppression under way: candidates come to it in parts, the best first. */
@unmanaged
class Suppression {
  cones: Cones;
  grid: CellGrid3d;
  solid: Solid;
  threshold: f64;
  /** Half a voxel's diagonal in the frame where axes are stretched. */
  half: f64;
  /** Columns and rows of the candidates' grid, and voxels from position to position. */
  width: u32;
  height: u32;
  gz: i32;
  gy: i32;
  gx: i32;
}

/**
 * Begins a suppression of star-convex polyhedra, see `suppressOverlaps3d`.
 *
 * @param depth,height,width of the candidates' grid, whose positions lie `gz`, `gy` and `gx` voxels apart
 * @param dist rays of some candidates, `n x nRays` u16: they tell how large objects usually are
 */
export function openSuppression(
  at: usize,
  depth: i32,
  height: i32,
  width: i32,
  gz: i32,
  gy: i32,
  gx: i32,
  threshold: f64,
  dist: usize,
  n: i32,
): usize {
  const cones = changetype<Cones>(at);
  const s = changetype<Suppression>(need(offsetof<Suppression>()));
  s.cones = cones;
  s.threshold = threshold;
  s.half = sqrt(cones.az * cones.az + cones.ay * cones.ay + cones.ax * cones.ax) / 2;
  s.width = width;
  s.height = height;
  s.gz = gz;
  s.gy = gy;
  s.gx = gx;
  openCores(cones);
  s.solid = createSolid(cones);
  s.grid = createGrid3d(
    (depth as f64) * (gz as f64),
    (height as f64) * (gy as f64),
    (width as f64) * (gx as f64),
    halfExtent(cones, 0, dist, n),
    halfExtent(cones, 1, dist, n),
    halfExtent(cones, 2, dist, n),
  );
  return changetype<usize>(s);
}

/** Half the mean extent of candidates along an axis, voxels. */
function halfExtent(cones: Cones, axis: i32, dist: usize, n: i32): f64 {
  const nRays = cones.nRays;
  let sum: f64 = 0;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < nRays; k++)
      sum +=
        (load<u16>(dist + (((i * nRays + k) as usize) << 1)) as f64) * abs(f64At(cones.vector, 3 * k + axis));
  return n > 0 ? (2 * sum) / ((n as f64) * (nRays as f64) * DIST_STEPS) : 0;
}

/**
 * Judges the next candidates.
 *
 * @param order their rows, `n` u32
 * @param index of all candidates, u32
 * @param dist `n x nRays` u16, in their order
 * @param known rows below it are survivors and not judged
 * @param kept overwritten: rows of the survivors among them, u32
 * @returns how many
 */
export function suppressPart(
  at: usize,
  n: i32,
  order: usize,
  index: usize,
  dist: usize,
  known: u32,
  kept: usize,
): i32 {
  const s = changetype<Suppression>(at);
  const solid = s.solid;
  const nRays = s.cones.nRays;
  let survivors = 0;
  for (let i = 0; i < n; i++) {
    const row = u32At(order, i);
    const place = u32At(index, row);
    const plane = place / s.width;
    const z = ((plane / s.height) as i32) * s.gz;
    const y = ((plane % s.height) as i32) * s.gy;
    const x = ((place % s.width) as i32) * s.gx;
    const rays = dist + (((i as usize) * (nRays as usize)) << 1);
    if (row >= known && holdsACore(s.grid, nRays, z, y, x, rays)) continue;
    fitSolid(solid, z, y, x, rays);
    if (row >= known && isCoveredAtCentre(s, solid)) continue;
    const volume = volumeOf(solid);
    if (row >= known && isCovered(s, solid, volume)) continue;
    const body = createBody(solid, volume);
    addToGrid3d(s.grid, body, createCore(body, s.cones, s.threshold * volume));
    setU32(kept, survivors++, row);
  }
  return survivors;
}

/** True when a candidate's rays alone show that a survivor covers it. */
function holdsACore(grid: CellGrid3d, nRays: i32, z: i32, y: i32, x: i32, dist: usize): bool {
  let at = firstIn3d(grid, planeIn(grid, z), rowIn(grid, y), columnIn(grid, x));
  for (; at !== 0; at = changetype<Entry3d>(at).next) {
    const core = changetype<Entry3d>(at).core;
    if (core !== 0 && holdsCore(changetype<Core>(core), nRays, z, y, x, dist)) return true;
  }
  return false;
}

/** True when a survivor with the candidate's centre inside shares too much even with a candidate of its own volume. */
function isCoveredAtCentre(s: Suppression, solid: Solid): bool {
  const grid = s.grid;
  const z = solid.z;
  const y = solid.y;
  const x = solid.x;
  let at = firstIn3d(grid, planeIn(grid, z), rowIn(grid, y), columnIn(grid, x));
  for (; at !== 0; at = changetype<Entry3d>(at).next) {
    const body = changetype<Entry3d>(at).body;
    if (holdsVoxel(body, z, y, x) && shareMoreThan(body, solid, s.threshold * body.volume)) return true;
  }
  return false;
}

/** True when some survivor overlaps the candidate by more than the threshold. */
function isCovered(s: Suppression, solid: Solid, volume: f64): bool {
  const grid = s.grid;
  grid.stamp++;
  const z1 = planeIn(grid, solid.z1);
  const y0 = rowIn(grid, solid.y0);
  const y1 = rowIn(grid, solid.y1);
  const x0 = columnIn(grid, solid.x0);
  const x1 = columnIn(grid, solid.x1);
  for (let z = planeIn(grid, solid.z0); z <= z1; z++)
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) if (coveredInCell(s, z, y, x, solid, volume)) return true;
  return false;
}

function coveredInCell(s: Suppression, z: i32, y: i32, x: i32, solid: Solid, volume: f64): bool {
  const stamp = s.grid.stamp;
  for (let at = firstIn3d(s.grid, z, y, x); at !== 0; at = changetype<Entry3d>(at).next) {
    const body = changetype<Entry3d>(at).body;
    if (body.seen === stamp) continue;
    body.seen = stamp;
    const limit = s.threshold * min(body.volume, volume);
    if (!shareAtMost(s, body, solid, limit) && shareMoreThan(body, solid, limit)) return true;
  }
  return false;
}

/**
 * True when bounds alone show that a pair shares no more voxels than `limit`: by their boxes, or by the balls around them.
 * Certified for the count: the voxels of a convex set are at most the volume of the set grown by half a voxel's diagonal.
 */
function shareAtMost(s: Suppression, body: Body, solid: Solid, limit: f64): bool {
  const dz = min(body.z1, solid.z1) - max(body.z0, solid.z0) + 1;
  const dy = min(body.y1, solid.y1) - max(body.y0, solid.y0) + 1;
  const dx = min(body.x1, solid.x1) - max(body.x0, solid.x0) + 1;
  if (dz <= 0 || dy <= 0 || dx <= 0 || ((dz * dy * dx) as f64) <= limit) return true;
  const cones = s.cones;
  const z = cones.az * ((body.z - solid.z) as f64);
  const y = cones.ay * ((body.y - solid.y) as f64);
  const x = cones.ax * ((body.x - solid.x) as f64);
  const lens = lensVolume(sqrt(z * z + y * y + x * x), body.outer + s.half, solid.outer + s.half);
  return lens <= limit * cones.az * cones.ay * cones.ax * (1 - 1e-9);
}

/** Volume that two balls of radius p and q with centres d apart have in common. */
export function lensVolume(d: f64, p: f64, q: f64): f64 {
  const reach = p + q - d;
  if (reach <= 0) return 0;
  const small = min(p, q);
  if (d <= abs(p - q)) return (4.0 / 3) * Math.PI * small * small * small;
  return (Math.PI * reach * reach * (d * d + 2 * d * (p + q) - 3 * (p - q) * (p - q))) / (12 * d);
}

/**
 * Copies the rays of candidates that lie in one block into their order.
 *
 * @param block rays of rows `[first, end)`, `nRays` u16 each
 * @param order `n` rows, u32
 * @param out `n x nRays` u16: what belongs to other blocks stays
 */
export function orderRays(
  block: usize,
  first: u32,
  end: u32,
  nRays: i32,
  order: usize,
  n: i32,
  out: usize,
): void {
  const bytes = (nRays as usize) << 1;
  for (let i = 0; i < n; i++) {
    const row = u32At(order, i);
    if (row < first || row >= end) continue;
    const from = block + ((row - first) as usize) * bytes;
    const to = out + (i as usize) * bytes;
    let k: usize = 0;
    for (; k + 15 < bytes; k += 16) v128.store(to + k, v128.load(from + k));
    for (; k < bytes; k += 2) store<u16>(to + k, load<u16>(from + k));
  }
}

/** Raises `longest`, `nRays` u16, to the longest ray of each direction among n candidates. */
export function findLongest(dist: usize, n: i32, nRays: i32, longest: usize): void {
  const bytes = (nRays as usize) << 1;
  let row = dist;
  for (let i = 0; i < n; i++, row += bytes) {
    let k: usize = 0;
    for (; k + 15 < bytes; k += 16)
      v128.store(longest + k, v128.max<u16>(v128.load(longest + k), v128.load(row + k)));
    for (; k < bytes; k += 2) store<u16>(longest + k, max(load<u16>(longest + k), load<u16>(row + k)));
  }
}
