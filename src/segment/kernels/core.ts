import { Body, countBetween } from './body';
import { Cones } from './cones';
import { f64At, need, setF32, setF64 } from './memory';
import { DIST_STEPS } from './solid';

/**
 * An ellipsoid about the centroid of a body that holds more of its voxels than a number: what has it inside shares more than
 * that number with the body.
 */
@unmanaged
export class Core {
  /** Centre, voxels. */
  z: f64;
  y: f64;
  x: f64;
  /** The upper triangle M (zz zy zx yy yx xx) that makes the ellipsoid a ball, and the ball's radius. */
  zz: f64;
  zy: f64;
  zx: f64;
  yy: f64;
  yx: f64;
  xx: f64;
  radius: f64;
  /**
   * Five columns of `nRays` f32. M times the ray vectors over the steps of a voxel: z, y, x. Then 1 / (1 - c) and c / (1 - c),
   * where c is alpha^2 / 2 and alpha the radius of the largest cap, in the frame of the ball, of a face with that ray.
   */
  rays: usize;
}

/** Volume of a ball of radius 1. */
const BALL: f64 = (4 * Math.PI) / 3;
/** How often a larger radius is tried, and how much larger. */
const TRIES = 12;
const LARGER: f64 = 1.02;
/** Float32 moves a squared distance by less than this share. */
const SLACK: f64 = 1e-4;
/** Ray vectors of unit length in the frame of a ball, `nRays x 3` f64. */
let unit: usize = 0;
/** Of each ray the largest c, f64. */
let caps: usize = 0;

/** Makes room: to be called before all others, once after `clear`. */
export function openCores(cones: Cones): void {
  unit = need(24 * (cones.nRays as f64));
  caps = need(8 * (cones.nRays as f64));
}

/** The core of a body with more than `limit` voxels; 0 where there is none. O(rows + nFaces). */
export function createCore(body: Body, cones: Cones, limit: f64): usize {
  const core = changetype<Core>(need(offsetof<Core>()));
  if (!fitAxes(core, body)) return 0;
  core.radius = radiusOver(core, body, limit);
  if (core.radius === 0) return 0;
  const n = cones.nRays;
  core.rays = need(20 * (n as f64));
  memory.fill(caps, 0, (n as usize) << 3);
  for (let k = 0; k < n; k++) fitEnd(core, cones, k);
  for (let f = 0; f < cones.nFaces; f++) fitCap(cones.face + (((3 * f) as usize) << 1));
  for (let k = 0; k < n; k++) {
    const cap = f64At(caps, k);
    if (!(cap < 0.5)) return 0;
    setF32(core.rays, 3 * n + k, (1 / (1 - cap)) as f32);
    setF32(core.rays, 4 * n + k, (cap / (1 - cap)) as f32);
  }
  return changetype<usize>(core);
}

/** Centroid and M, whose square is the inverse of the voxels' covariance. False where there are none. */
function fitAxes(core: Core, body: Body): bool {
  const sums = body.moments;
  const n = f64At(sums, 0);
  if (n === 0) return false;
  const mz = f64At(sums, 1) / n;
  const my = f64At(sums, 2) / n;
  const mx = f64At(sums, 3) / n;
  core.z = (body.z as f64) + mz;
  core.y = (body.y as f64) + my;
  core.x = (body.x as f64) + mx;
  // A voxel's own extent keeps flat bodies from having none.
  const czz = f64At(sums, 4) / n - mz * mz + 1.0 / 12;
  const cyy = f64At(sums, 7) / n - my * my + 1.0 / 12;
  const cxx = f64At(sums, 9) / n - mx * mx + 1.0 / 12;
  const czy = f64At(sums, 5) / n - mz * my;
  const czx = f64At(sums, 6) / n - mz * mx;
  const cyx = f64At(sums, 8) / n - my * mx;
  const aZZ = cyy * cxx - cyx * cyx;
  const aZY = czx * cyx - czy * cxx;
  const aZX = czy * cyx - czx * cyy;
  const det = czz * aZZ + czy * aZY + czx * aZX;
  core.zz = sqrt(aZZ / det);
  core.zy = aZY / det / core.zz;
  core.zx = aZX / det / core.zz;
  core.yy = sqrt((czz * cxx - czx * czx) / det - core.zy * core.zy);
  core.yx = ((czx * czy - czz * cyx) / det - core.zy * core.zx) / core.yy;
  core.xx = sqrt((czz * cyy - czy * czy) / det - core.zx * core.zx - core.yx * core.yx);
  return core.zz > 0 && core.yy > 0 && core.xx > 0;
}

/** A radius, in the frame of the ball, within which there are more than `limit` voxels; 0 where none was found. */
function radiusOver(core: Core, body: Body, limit: f64): f64 {
  // That of as large a ball, if all of it lies in the body.
  let radius = Math.cbrt(((limit + 1) * core.zz * core.yy * core.xx) / BALL);
  for (let i = 0; i < TRIES; i++) {
    if (countWithin(core, body, radius) > limit) return radius;
    radius *= LARGER;
  }
  return 0;
}

/** How many voxels of the body lie in the ellipsoid. O(rows). */
function countWithin(core: Core, body: Body, radius: f64): f64 {
  const square = core.zx * core.zx + core.yx * core.yx + core.xx * core.xx;
  let count = 0;
  for (let pz = body.z0; pz <= body.z1; pz++)
    for (let py = body.y0; py <= body.y1; py++) {
      const y = (py as f64) - core.y;
      const uz = core.zz * ((pz as f64) - core.z) + core.zy * y;
      const uy = core.yy * y;
      // The row leaves the ellipsoid where square x^2 + 2 half x + rest = 0.
      const half = uz * core.zx + uy * core.yx;
      const rest = uz * uz + uy * uy - radius * radius;
      const root = half * half - square * rest;
      if (root < 0) continue;
      const middle = core.x - half / square;
      const reach = sqrt(root) / square;
      count += countBetween(body, pz, py, ceil(middle - reach), floor(middle + reach));
    }
  return count as f64;
}

/** M times a ray vector: into the core's table, and of unit length. */
function fitEnd(core: Core, cones: Cones, k: i32): void {
  const n = cones.nRays;
  const vector = cones.vector + (((3 * k) as usize) << 3);
  const z = f64At(vector, 0);
  const y = f64At(vector, 1);
  const x = f64At(vector, 2);
  const uz = core.zz * z + core.zy * y + core.zx * x;
  const uy = core.yy * y + core.yx * x;
  const ux = core.xx * x;
  setF32(core.rays, k, (uz / DIST_STEPS) as f32);
  setF32(core.rays, n + k, (uy / DIST_STEPS) as f32);
  setF32(core.rays, 2 * n + k, (ux / DIST_STEPS) as f32);
  const length = sqrt(uz * uz + uy * uy + ux * ux);
  setF64(unit, 3 * k, uz / length);
  setF64(unit, 3 * k + 1, uy / length);
  setF64(unit, 3 * k + 2, ux / length);
}

/**
 * Raises `caps` of a face's rays to the face's alpha^2 / 2. cos(alpha) is the distance of the plane through the three unit
 * vectors; alpha = 2 asin(s) <= 2 s / sqrt(1 - s^2), where s^2 = (1 - cos(alpha)) / 2.
 */
function fitCap(face: usize): void {
  const i: i32 = load<u16>(face);
  const j: i32 = load<u16>(face, 2);
  const k: i32 = load<u16>(face, 4);
  const a = unit + (i as usize) * 24;
  const b = unit + (j as usize) * 24;
  const c = unit + (k as usize) * 24;
  const pz = f64At(b, 0) - f64At(a, 0);
  const py = f64At(b, 1) - f64At(a, 1);
  const px = f64At(b, 2) - f64At(a, 2);
  const qz = f64At(c, 0) - f64At(a, 0);
  const qy = f64At(c, 1) - f64At(a, 1);
  const qx = f64At(c, 2) - f64At(a, 2);
  const nz = py * qx - px * qy;
  const ny = px * qz - pz * qx;
  const nx = pz * qy - py * qz;
  const far = abs(nz * f64At(a, 0) + ny * f64At(a, 1) + nx * f64At(a, 2));
  const cosine = far / sqrt(nz * nz + ny * ny + nx * nx);
  const cap = (2 * (1 - cosine)) / (1 + cosine);
  setF64(caps, i, max(f64At(caps, i), cap));
  setF64(caps, j, max(f64At(caps, j), cap));
  setF64(caps, k, max(f64At(caps, k), cap));
}

/**
 * True when a candidate certainly has the core inside. O(nRays), of its rays alone.
 *
 * In the frame where the core is a ball of radius r about v, seen from the candidate's centre at distance e < r: let the ends of
 * a face's rays lie outside a ball of radius R >= r about v. Shortened to that ball, they span a face that lies nearer. From
 * the centre an angle is seen that is at most 1 + e / R times as large from v, so that the ends lie in a cap of radius
 * beta = (1 + e / R) alpha about v and the face at least R cos(beta) away from it. With cos(beta) >= 1 - beta^2 / 2 that is
 * r or more when R (1 - c) >= r + c (2 e + e^2 / r), c = alpha^2 / 2; a ray has the largest c of its faces.
 *
 * @param dist the candidate's rays, `nRays` u16, 8 or more
 */
export function holdsCore(core: Core, nRays: i32, z: i32, y: i32, x: i32, dist: usize): bool {
  const oz = core.z - (z as f64);
  const oy = core.y - (y as f64);
  const ox = core.x - (x as f64);
  const vz = core.zz * oz + core.zy * oy + core.zx * ox;
  const vy = core.yy * oy + core.yx * ox;
  const vx = core.xx * ox;
  const square = vz * vz + vy * vy + vx * vx;
  const r = core.radius;
  if (square >= r * r) return false;
  const slack = 1 + SLACK;
  const near = f32x4.splat((r * slack) as f32);
  const turned = f32x4.splat(((2 * sqrt(square) + square / r) * slack) as f32);
  const z4 = f32x4.splat(vz as f32);
  const y4 = f32x4.splat(vy as f32);
  const x4 = f32x4.splat(vx as f32);
  const column = (nRays as usize) << 2;
  const rays = core.rays;
  const last = column - 16;
  for (let i: usize = 0; i < column; i += 16) {
    // The last four overlap those before where the number is no multiple of four.
    const at = min(i, last);
    const ray = rays + at;
    const d = f32x4.convert_i32x4_u(v128.load16x4_u(dist + (at >> 1)));
    const dz = f32x4.sub(f32x4.mul(d, v128.load(ray)), z4);
    const dy = f32x4.sub(f32x4.mul(d, v128.load(ray + column)), y4);
    const dx = f32x4.sub(f32x4.mul(d, v128.load(ray + 2 * column)), x4);
    const far = f32x4.add(f32x4.add(f32x4.mul(dz, dz), f32x4.mul(dy, dy)), f32x4.mul(dx, dx));
    const out = f32x4.mul(near, v128.load(ray + 3 * column));
    const least = f32x4.add(out, f32x4.mul(turned, v128.load(ray + 4 * column)));
    if (v128.any_true(f32x4.lt(far, f32x4.mul(least, least)))) return false;
  }
  return true;
}
