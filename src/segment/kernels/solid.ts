import { Cones } from './cones';
import { f64At, i32At, need, setF64, setI32 } from './memory';

/** Steps of a voxel in ray lengths, see candidates3d.ts. */
export const DIST_STEPS: f64 = 512;
/** Points this little outside a face count as on it, relative to the face's distance. */
const ON_FACE: f64 = 1 + 1e-9;
/** The box is that much larger than the ray ends: more than rounding moves a voxel. */
const SLACK: f64 = 1e-6;
/** Bytes of a face's plane: n as (z, y, x), f64, and the number of the solid that it was reckoned for. */
const PLANE_BITS = 5;

/**
 * A star-convex polyhedron about a whole-voxel centre: the union of the tetrahedra (centre, A, B, C), boundary included. What
 * is not asked for is not reckoned.
 */
@unmanaged
export class Solid {
  cones: Cones;
  /** Centre, voxels. */
  z: i32;
  y: i32;
  x: i32;
  /** First and last voxel that may lie inside, inclusive. */
  z0: i32;
  z1: i32;
  y0: i32;
  y1: i32;
  x0: i32;
  x1: i32;
  /** Radius of the ball around, in the frame where axes are stretched by the rays' anisotropy. */
  outer: f64;
  /** `nRays` u16, and 1 over each, voxels, f64. */
  dist: usize;
  inverse: usize;
  /** Planes of the faces that were asked for, and the solid's number. */
  planes: usize;
  number: u32;
  /** Pairs of columns, i32: the last row that `findSpans` was asked for. */
  spans: usize;
}

/** A solid to be filled by `fitSolid`. */
export function createSolid(cones: Cones): Solid {
  const solid = changetype<Solid>(need(offsetof<Solid>()));
  const bytes = (cones.nFaces as usize) << PLANE_BITS;
  solid.cones = cones;
  solid.inverse = need(8 * (cones.nRays as f64));
  solid.planes = need(bytes as f64);
  memory.fill(solid.planes, 0, bytes);
  solid.number = 0;
  solid.spans = need(8 * ((2 * max(0, cones.rx) + 1) as f64));
  return solid;
}

/** Takes a centre and rays of `nRays` u16; with the box and the ball around. O(nRays). */
export function fitSolid(solid: Solid, z: i32, y: i32, x: i32, dist: usize): void {
  const cones = solid.cones;
  const nRays = cones.nRays;
  const inverse = solid.inverse;
  let near = f64x2.splat(0);
  let far = f64x2.splat(0);
  let x0: f64 = 0;
  let x1: f64 = 0;
  let outer: f64 = 0;
  for (let k = 0; k < nRays; k++) {
    const steps = load<u16>(dist + ((k as usize) << 1)) as f64;
    const d = steps / DIST_STEPS;
    setF64(inverse, k, DIST_STEPS / steps);
    const vector = cones.vector + (((3 * k) as usize) << 3);
    const end = f64x2.mul(f64x2.splat(d), v128.load(vector));
    near = f64x2.pmin(near, end);
    far = f64x2.pmax(far, end);
    const ex = d * load<f64>(vector, 16);
    x0 = min(x0, ex);
    x1 = max(x1, ex);
    outer = max(outer, d * f64At(cones.stretch, k));
  }
  solid.z = z;
  solid.y = y;
  solid.x = x;
  solid.z0 = z + (ceil(f64x2.extract_lane(near, 0) - SLACK) as i32);
  solid.z1 = z + (floor(f64x2.extract_lane(far, 0) + SLACK) as i32);
  solid.y0 = y + (ceil(f64x2.extract_lane(near, 1) - SLACK) as i32);
  solid.y1 = y + (floor(f64x2.extract_lane(far, 1) + SLACK) as i32);
  solid.x0 = x + (ceil(x0 - SLACK) as i32);
  solid.x1 = x + (floor(x1 + SLACK) as i32);
  solid.outer = outer;
  solid.dist = dist;
  solid.number++;
}

/** Cubic voxels. O(nFaces). */
export function volumeOf(solid: Solid): f64 {
  const cones = solid.cones;
  const n = cones.nFaces;
  const dist = solid.dist;
  let volume: f64 = 0;
  for (let f = 0; f < n; f++) {
    const face = cones.face + (((3 * f) as usize) << 1);
    const a = load<u16>(dist + ((load<u16>(face) as usize) << 1)) as f64;
    const b = load<u16>(dist + ((load<u16>(face, 2) as usize) << 1)) as f64;
    const c = load<u16>(dist + ((load<u16>(face, 4) as usize) << 1)) as f64;
    volume += f64At(cones.unitVolume, f) * a * b * c;
  }
  return volume / (DIST_STEPS * DIST_STEPS * DIST_STEPS);
}

/**
 * The plane of a face, n as (z, y, x), f64: a point at offset o from the centre, in the cone of the face, lies inside when
 * n . o <= 1.
 *
 * A point o = alpha v_a + beta v_b + gamma v_c with no negative coefficient lies in the tetrahedron of rays d_a, d_b, d_c
 * when alpha / d_a + beta / d_b + gamma / d_c <= 1, which is one plane for each face.
 */
function planeOf(solid: Solid, f: usize): usize {
  const plane = solid.planes + (f << PLANE_BITS);
  if (load<u32>(plane, 24) === solid.number) return plane;
  const cones = solid.cones;
  const face = cones.face + ((3 * f) << 1);
  const dual = cones.dual + ((9 * f) << 3);
  const a = solid.inverse + ((load<u16>(face) as usize) << 3);
  const b = solid.inverse + ((load<u16>(face, 2) as usize) << 3);
  const c = solid.inverse + ((load<u16>(face, 4) as usize) << 3);
  const za = f64x2.mul(v128.load(dual), v128.load_splat<f64>(a));
  const zb = f64x2.mul(v128.load(dual, 24), v128.load_splat<f64>(b));
  const zc = f64x2.mul(v128.load(dual, 48), v128.load_splat<f64>(c));
  v128.store(plane, f64x2.add(f64x2.add(za, zb), zc));
  const nx = load<f64>(dual, 16) * load<f64>(a) + load<f64>(dual, 40) * load<f64>(b);
  store<f64>(plane, nx + load<f64>(dual, 64) * load<f64>(c), 16);
  store<u32>(plane, solid.number, 24);
  return plane;
}

/** Whether an offset in the cone of a face lies inside. */
export function isInside(solid: Solid, face: i32, z: f64, y: f64, x: f64): bool {
  const plane = planeOf(solid, face as usize);
  return load<f64>(plane) * z + load<f64>(plane, 8) * y + load<f64>(plane, 16) * x <= ON_FACE;
}

/** Squared radius of the ball inside, in the frame where axes are stretched. O(nFaces). */
export function innerSquare(solid: Solid): f64 {
  const cones = solid.cones;
  let steepest: f64 = 0;
  for (let f = 0; f < cones.nFaces; f++) {
    const plane = planeOf(solid, f as usize);
    const z = load<f64>(plane) / cones.az;
    const y = load<f64>(plane, 8) / cones.ay;
    const x = load<f64>(plane, 16) / cones.ax;
    steepest = max(steepest, z * z + y * y + x * x);
  }
  return 1 / steepest;
}

/**
 * Finds the voxels of a row that lie inside, as spans of columns in `spans`; returns how many spans. O(cones that the row
 * crosses): in a cone the row runs into its face at most once.
 *
 * @param from,to first and last column that is looked at, not beyond the box
 */
export function findSpans(solid: Solid, z: i32, y: i32, from: i32, to: i32): i32 {
  const cones = solid.cones;
  const spans = solid.spans;
  const oz = (z - solid.z) as f64;
  const oy = (y - solid.y) as f64;
  const row = (z - solid.z + cones.rz) * (2 * cones.ry + 1) + y - solid.y + cones.ry;
  let run = cones.runs + ((load<u32>(cones.rows + ((row as usize) << 2)) as usize) << 2);
  const origin = solid.x - cones.rx;
  let n = 0;
  for (let x = from; x <= to; run += 4) {
    const word = load<u32>(run);
    const end = min(origin + ((word & 0xffff) as i32), to);
    if (end < x) continue;
    const plane = planeOf(solid, (word >>> 16) as usize);
    const base = load<f64>(plane) * oz + load<f64>(plane, 8) * oy;
    const rise = load<f64>(plane, 16);
    let left = x - solid.x;
    let right = end - solid.x;
    x = end + 1;
    const isLeft = base + rise * (left as f64) <= ON_FACE;
    const isRight = base + rise * (right as f64) <= ON_FACE;
    if (!isLeft && !isRight) continue;
    if (!isRight) right = lastInside(base, rise, left, right);
    else if (!isLeft) left = firstInside(base, rise, left, right);
    left += solid.x;
    right += solid.x;
    if (n > 0 && i32At(spans, 2 * n - 1) === left - 1) {
      setI32(spans, 2 * n - 1, right);
    } else {
      setI32(spans, 2 * n, left);
      setI32(spans, 2 * n + 1, right);
      n++;
    }
  }
  return n;
}

/** The last offset inside: `left` is, `right` is not. */
function lastInside(base: f64, rise: f64, left: i32, right: i32): i32 {
  let at = max(left as f64, min((right - 1) as f64, floor((ON_FACE - base) / rise))) as i32;
  while (base + rise * (at as f64) > ON_FACE) at--;
  while (base + rise * ((at + 1) as f64) <= ON_FACE) at++;
  return at;
}

/** The first offset inside: `left` is not, `right` is. */
function firstInside(base: f64, rise: f64, left: i32, right: i32): i32 {
  let at = max((left + 1) as f64, min(right as f64, ceil((ON_FACE - base) / rise))) as i32;
  while (base + rise * (at as f64) > ON_FACE) at++;
  while (base + rise * ((at - 1) as f64) <= ON_FACE) at--;
  return at;
}
