import { Cones, walkTo } from './cones';
import { i32At, setU32, u32At } from './memory';
import { createSolid, findSpans, fitSolid, innerSquare, isInside, Solid } from './solid';

/**
 * Paints polyhedra into rows `[first, end)` of a label volume, all planes' rows under one another; where they overlap the
 * first (best) one stays. Polyhedron i has label i + 1. What belongs to one: `renderPolyhedra`.
 *
 * @param centres `n x 3` i32, voxels
 * @param dist `n x nRays` u16
 * @param labels the rows alone, u32; overwritten
 */
export function paintSolids(
  at: usize,
  n: i32,
  centres: usize,
  dist: usize,
  labels: usize,
  first: i32,
  end: i32,
  height: i32,
  width: i32,
): void {
  const solid = startPainting(at, labels, first, end, width);
  for (let i = 0; i < n; i++) {
    takeSolid(solid, i, centres, dist);
    const x0 = max(0, solid.x0);
    const x1 = min(width - 1, solid.x1);
    const y0 = max(0, solid.y0);
    const y1 = min(height - 1, solid.y1);
    const z1 = min((end - 1) / height, solid.z1);
    for (let z = max(first / height, solid.z0); z <= z1; z++) {
      const last = min(y1, end - 1 - z * height);
      for (let y = max(y0, first - z * height); y <= last; y++) {
        const spans = findSpans(solid, z, y, x0, x1);
        const row = labels + ((((z * height + y - first) * width) as usize) << 2);
        for (let j = 0; j < spans; j++)
          fillFree(row, i32At(solid.spans, 2 * j), i32At(solid.spans, 2 * j + 1), i + 1);
      }
    }
  }
}

/** Clears the labels. */
function startPainting(at: usize, labels: usize, first: i32, end: i32, width: i32): Solid {
  memory.fill(labels, 0, (((end - first) as usize) * (width as usize)) << 2);
  return createSolid(changetype<Cones>(at));
}

function takeSolid(solid: Solid, i: i32, centres: usize, dist: usize): void {
  const rays = dist + (((i as usize) * (solid.cones.nRays as usize)) << 1);
  fitSolid(solid, i32At(centres, 3 * i), i32At(centres, 3 * i + 1), i32At(centres, 3 * i + 2), rays);
}

/** Gives a label to the background of some columns. */
function fillFree(row: usize, from: i32, to: i32, label: u32): void {
  const labels = i32x4.splat(label);
  let x = from;
  for (; x + 3 <= to; x += 4) {
    const at = row + ((x as usize) << 2);
    const there = v128.load(at);
    v128.store(at, v128.bitselect(labels, there, i32x4.eq(there, i32x4.splat(0))));
  }
  for (; x <= to; x++) if (u32At(row, x) === 0) setU32(row, x, label);
}

/**
 * As `paintSolids`, where a voxel p of the volume belongs to a polyhedron when p times the scale lies in it.
 *
 * @param sz,sy,sx the scale
 */
export function paintScaled(
  at: usize,
  n: i32,
  centres: usize,
  dist: usize,
  sz: f64,
  sy: f64,
  sx: f64,
  labels: usize,
  first: i32,
  end: i32,
  height: i32,
  width: i32,
): void {
  const solid = startPainting(at, labels, first, end, width);
  const cones = solid.cones;
  for (let i = 0; i < n; i++) {
    takeSolid(solid, i, centres, dist);
    const least = innerSquare(solid) * (1 - 1e-9);
    const most = solid.outer * solid.outer * (1 + 1e-9);
    const x0 = firstOf(solid.x0, sx);
    const x1 = lastOf(solid.x1, sx, width);
    const y0 = firstOf(solid.y0, sy);
    const y1 = lastOf(solid.y1, sy, height);
    const z1 = min((end - 1) / height, lastOf(solid.z1, sz, i32.MAX_VALUE));
    let face = 0;
    for (let z = max(first / height, firstOf(solid.z0, sz)); z <= z1; z++) {
      const oz = (z as f64) * sz - (solid.z as f64);
      const last = min(y1, end - 1 - z * height);
      for (let y = max(y0, first - z * height); y <= last; y++) {
        const oy = (y as f64) * sy - (solid.y as f64);
        const row = labels + ((((z * height + y - first) * width) as usize) << 2);
        const side = cones.az * oz * (cones.az * oz) + cones.ay * oy * (cones.ay * oy);
        for (let x = x0; x <= x1; x++) {
          if (u32At(row, x) !== 0) continue;
          const ox = (x as f64) * sx - (solid.x as f64);
          const far = side + cones.ax * ox * (cones.ax * ox);
          if (far > most) continue;
          if (far >= least) {
            face = walkTo(cones, face, oz, oy, ox);
            if (!isInside(solid, face, oz, oy, ox)) continue;
          }
          setU32(row, x, i + 1);
        }
      }
    }
  }
}

/** First and last voxel that may lie inside, in a volume of `size`; the surface lies less than one beyond the box. */
function firstOf(first: i32, scale: f64): i32 {
  return max(0, ceil(((first - 1) as f64) / scale) as i32);
}

function lastOf(last: i32, scale: f64, size: i32): i32 {
  return min(size - 1, floor(((last + 1) as f64) / scale) as i32);
}
