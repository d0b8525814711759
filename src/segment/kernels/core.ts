import { Body } from './body';
import { Cones } from './cones';
import { f64At, i32At, need, setF32, setF64, setI32 } from './memory';
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
  /** alpha^2 / 2, where alpha is the radius of the largest cap that three rays of a face span, in the frame of the ball. */
  cap: f64;
  /** M times the ray vectors over the steps of a voxel: z of all rays, y, x; f32, each column as long as `lengthsOf`'s. */
  ends: usize;
}

/** Squared distances up to `FAR` are told apart in so many bins a unit. In a full ellipsoid the surface lies at 5. */
const FAR = 8;
const BINS = 32;
/** Float32 moves a squared distance by less than this share. */
const SLACK: f64 = 1e-4;
/** Counts of the squared distances, i32; ray vectors of unit length in the frame of a ball, `nRays x 3` f64. */
let counts: usize = 0;
let unit: usize = 0;
/** Ray lengths of a candidate, see `lengthsOf`. */
let lengths: usize = 0;

/** Makes room: to be called before all others, once after `clear`. */
export function openCores(cones: Cones): void {
  counts = need(4 * (FAR * BINS + 1));
  unit = need(24 * (cones.nRays as f64));
  lengths = need(4 * (paddedTo4(cones.nRays) as f64));
}

function paddedTo4(n: i32): i32 {
  return (n + 3) & ~3;
}

/** The ray lengths of `nRays` u16 as f32, to a multiple of four: the first one again and again. */
export function lengthsOf(dist: usize, nRays: i32): usize {
  const padded = paddedTo4(nRays);
  for (let k = 0; k < padded; k++) {
    const own = k < nRays ? k : 0;
    setF32(lengths, k, load<u16>(dist + ((own as usize) << 1)) as f32);
  }
  return lengths;
}

/** The core of a body with more than `limit` voxels; 0 where there is none. O(voxels + nFaces). */
export function createCore(body: Body, cones: Cones, limit: f64): usize {
  const core = changetype<Core>(need(offsetof<Core>()));
  if (!fitAxes(core, body)) return 0;
  const square = squareOver(core, body, limit);
  if (square === 0) return 0;
  core.radius = sqrt(square);
  const padded = paddedTo4(cones.nRays);
  core.ends = need(12 * (padded as f64));
  for (let k = 0; k < padded; k++) fitEnd(core, cones, k, padded);
  let least: f64 = 1;
  for (let f = 0; f < cones.nFaces; f++) least = min(least, capOf(cones.face + (((3 * f) as usize) << 1)));
  if (!(least > 0)) return 0;
  // alpha = 2 asin(s) <= 2 s / sqrt(1 - s^2), where s^2 = (1 - cos(alpha)) / 2.
  core.cap = (4 * (1 - least)) / (1 + least) / 2;
  return core.cap < 0.5 ? changetype<usize>(core) : 0;
}

/** Centroid and M, whose square is the inverse of the voxels' covariance. False where there are none. */
function fitAxes(core: Core, body: Body): bool {
  let n: f64 = 0;
  let sz: f64 = 0;
  let sy: f64 = 0;
  let sx: f64 = 0;
  let szz: f64 = 0;
  let szy: f64 = 0;
  let szx: f64 = 0;
  let syy: f64 = 0;
  let syx: f64 = 0;
  let sxx: f64 = 0;
  let row = body.bits;
  for (let pz = body.z0; pz <= body.z1; pz++)
    for (let py = body.y0; py <= body.y1; py++) {
      const z = (pz - body.z) as f64;
      const y = (py - body.y) as f64;
      let m: f64 = 0;
      let mx: f64 = 0;
      for (let w = 0; w < body.words; w++, row += 4)
        for (let bits = load<u32>(row); bits !== 0; bits &= bits - 1) {
          const x = (body.x0 + (w << 5) + (ctz<u32>(bits) as i32) - body.x) as f64;
          m += 1;
          mx += x;
          sxx += x * x;
        }
      n += m;
      sz += m * z;
      sy += m * y;
      sx += mx;
      szz += m * z * z;
      szy += m * z * y;
      szx += mx * z;
      syy += m * y * y;
      syx += mx * y;
    }
  if (n === 0) return false;
  const mz = sz / n;
  const my = sy / n;
  const mx = sx / n;
  core.z = (body.z as f64) + mz;
  core.y = (body.y as f64) + my;
  core.x = (body.x as f64) + mx;
  // A voxel's own extent keeps flat bodies from having none.
  const czz = szz / n - mz * mz + 1.0 / 12;
  const cyy = syy / n - my * my + 1.0 / 12;
  const cxx = sxx / n - mx * mx + 1.0 / 12;
  const czy = szy / n - mz * my;
  const czx = szx / n - mz * mx;
  const cyx = syx / n - my * mx;
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

/** The squared radius, in the frame of the ball, within which there are more than `limit` voxels; 0 where it is too large. */
function squareOver(core: Core, body: Body, limit: f64): f64 {
  memory.fill(counts, 0, 4 * (FAR * BINS + 1));
  let row = body.bits;
  for (let pz = body.z0; pz <= body.z1; pz++)
    for (let py = body.y0; py <= body.y1; py++) {
      const z = (pz as f64) - core.z;
      const y = (py as f64) - core.y;
      const bz = core.zz * z + core.zy * y;
      const by = core.yy * y;
      for (let w = 0; w < body.words; w++, row += 4)
        for (let bits = load<u32>(row); bits !== 0; bits &= bits - 1) {
          const x = ((body.x0 + (w << 5) + (ctz<u32>(bits) as i32)) as f64) - core.x;
          const uz = bz + core.zx * x;
          const uy = by + core.yx * x;
          const ux = core.xx * x;
          const square = uz * uz + uy * uy + ux * ux;
          const bin = square < FAR ? ((square * BINS) as i32) : FAR * BINS;
          setI32(counts, bin, i32At(counts, bin) + 1);
        }
    }
  let within: f64 = 0;
  for (let bin = 0; bin < FAR * BINS; bin++) {
    within += i32At(counts, bin) as f64;
    if (within > limit) return ((bin + 1) as f64) / BINS;
  }
  return 0;
}

/** M times a ray vector: into the core's table, and of unit length. */
function fitEnd(core: Core, cones: Cones, k: i32, padded: i32): void {
  const ray = k < cones.nRays ? k : 0;
  const vector = cones.vector + (((3 * ray) as usize) << 3);
  const z = f64At(vector, 0);
  const y = f64At(vector, 1);
  const x = f64At(vector, 2);
  const uz = core.zz * z + core.zy * y + core.zx * x;
  const uy = core.yy * y + core.yx * x;
  const ux = core.xx * x;
  setF32(core.ends, k, (uz / DIST_STEPS) as f32);
  setF32(core.ends, padded + k, (uy / DIST_STEPS) as f32);
  setF32(core.ends, 2 * padded + k, (ux / DIST_STEPS) as f32);
  if (k >= cones.nRays) return;
  const length = sqrt(uz * uz + uy * uy + ux * ux);
  setF64(unit, 3 * k, uz / length);
  setF64(unit, 3 * k + 1, uy / length);
  setF64(unit, 3 * k + 2, ux / length);
}

/** Cosine of the radius of the cap that the three unit vectors of a face span: its plane's distance from the centre. */
function capOf(face: usize): f64 {
  const a = unit + (load<u16>(face) as usize) * 24;
  const b = unit + (load<u16>(face, 2) as usize) * 24;
  const c = unit + (load<u16>(face, 4) as usize) * 24;
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
  return far / sqrt(nz * nz + ny * ny + nx * nx);
}

/**
 * True when a candidate certainly has the core inside. O(nRays), of its rays alone.
 *
 * In the frame where the core is a ball of radius r about v, seen from the candidate's centre at distance e < r: let all ray
 * ends lie outside a ball of radius R >= r about v. Shortened to that ball, they span a smaller polyhedron. From the centre
 * an angle is seen that is at most 1 + e / R times as large from v, so that the ends of a face lie in a cap of radius
 * beta = (1 + e / R) alpha about v and the face at least R cos(beta) away from it. That is r or more when
 * R (1 - alpha^2 / 2) >= r + alpha^2 / 2 (2 e + e^2 / r), for cos(beta) >= 1 - beta^2 / 2.
 *
 * @param ends the candidate's ray lengths as `lengthsOf` gives them
 */
export function holdsCore(core: Core, nRays: i32, z: i32, y: i32, x: i32, own: usize): bool {
  const oz = core.z - (z as f64);
  const oy = core.y - (y as f64);
  const ox = core.x - (x as f64);
  const vz = core.zz * oz + core.zy * oy + core.zx * ox;
  const vy = core.yy * oy + core.yx * ox;
  const vx = core.xx * ox;
  const square = vz * vz + vy * vy + vx * vx;
  const r = core.radius;
  if (square >= r * r) return false;
  const outside = (r + core.cap * (2 * sqrt(square) + square / r)) / (1 - core.cap);
  const least = f32x4.splat((outside * outside * (1 + SLACK)) as f32);
  const z4 = f32x4.splat(vz as f32);
  const y4 = f32x4.splat(vy as f32);
  const x4 = f32x4.splat(vx as f32);
  const bytes = (paddedTo4(nRays) as usize) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const d = v128.load(own + at);
    const dz = f32x4.sub(f32x4.mul(d, v128.load(core.ends + at)), z4);
    const dy = f32x4.sub(f32x4.mul(d, v128.load(core.ends + bytes + at)), y4);
    const dx = f32x4.sub(f32x4.mul(d, v128.load(core.ends + 2 * bytes + at)), x4);
    const far = f32x4.add(f32x4.add(f32x4.mul(dz, dz), f32x4.mul(dy, dy)), f32x4.mul(dx, dx));
    if (!v128.all_true<i32>(f32x4.ge(far, least))) return false;
  }
  return true;
}
