import { f32At, f64At, need, setF32 } from './memory';

/** What float32 may lose of a squared distance, as a share of the longest ray's square; and of a length. */
const LOST: f32 = 4e-6;
/** Floats before the first one of an array, of which the last one stands for the one behind the array's end. */
const LEAD = 4;

/** Of each corner, f32: how far the edge behind it is shrunk, its distance, its place about the candidate's centre. */
let shares: usize = 0;
let lengths: usize = 0;
let cornerY: usize = 0;
let cornerX: usize = 0;
/** Sine and cosine of the corners' rays, f32. */
let sines: usize = 0;
let cosines: usize = 0;

/** What `wideDisc` found: the disc about the candidate's centre; `longest` is the longest ray. */
export let discY: f64 = 0;
export let discX: f64 = 0;
export let discRadius: f64 = 0;
export let longest: f64 = 0;

/** Room for n rays, a multiple of 16: before all others, once after `clear`. @param sin,cos as `singleRays2d` gives them */
export function openWideDisc(n: i32, sin: usize, cos: usize): void {
  const corners = n >> 2;
  shares = roomFor(corners);
  lengths = roomFor(corners);
  cornerY = roomFor(corners);
  cornerX = roomFor(corners);
  sines = roomFor(corners);
  cosines = roomFor(corners);
  for (let j = 0; j < corners; j++) {
    setF32(sines, j, f64At(sin, 4 * j) as f32);
    setF32(cosines, j, f64At(cos, 4 * j) as f32);
  }
}

function roomFor(corners: i32): usize {
  return need(4 * ((corners + LEAD) as f64)) + 4 * LEAD;
}

/** The last one stands before the first one, too. */
function close(array: usize, corners: i32): void {
  setF32(array, -1, f32At(array, corners - 1));
}

/** Of four corners each the one before. */
function before(array: usize, j: i32): v128 {
  return v128.load(array + ((j as usize) << 2) - 4);
}

function at(array: usize, j: i32): v128 {
  return v128.load(array + ((j as usize) << 2));
}

function set(array: usize, j: i32, four: v128): void {
  v128.store(array + ((j as usize) << 2), four);
}

/** Of four: the sum. */
function sumOf(four: v128): f64 {
  return (
    (f32x4.extract_lane(four, 0) as f64) +
    (f32x4.extract_lane(four, 1) as f64) +
    (f32x4.extract_lane(four, 2) as f64) +
    (f32x4.extract_lane(four, 3) as f64)
  );
}

/** The smallest. */
function leastOf(four: v128): f32 {
  return min(
    min(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    min(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
}

/** The largest. */
function mostOf(four: v128): f32 {
  return max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
}

/**
 * As `fitRoughDisc`, four corners at a time in float32, and what that may lose is taken off the radius. Truncation is not
 * looked at.
 *
 * @param n a multiple of 16
 * @param dist f32
 * @param sin f64
 */
export function wideDisc(n: i32, dist: usize, sin: usize): void {
  const corners = n >> 2;
  shareEdges(n, dist, sin);
  close(shares, corners);
  for (let j = 0; j < corners; j += 4) {
    const length = f32x4.mul(at(lengths, j), f32x4.pmin(before(shares, j), at(shares, j)));
    set(lengths, j, length);
    set(cornerY, j, f32x4.mul(length, at(sines, j)));
    set(cornerX, j, f32x4.mul(length, at(cosines, j)));
  }
  close(lengths, corners);
  close(cornerY, corners);
  close(cornerX, corners);
  let sum = f32x4.splat(0);
  let sumY = sum;
  let sumX = sum;
  for (let j = 0; j < corners; j += 4) {
    const weight = f32x4.mul(before(lengths, j), at(lengths, j));
    sum = f32x4.add(sum, weight);
    sumY = f32x4.add(sumY, f32x4.mul(weight, f32x4.add(before(cornerY, j), at(cornerY, j))));
    sumX = f32x4.add(sumX, f32x4.mul(weight, f32x4.add(before(cornerX, j), at(cornerX, j))));
  }
  const third = 1 / (3 * sumOf(sum));
  discY = sumOf(sumY) * third;
  discX = sumOf(sumX) * third;
  discRadius = innerRadius(corners, discY as f32, discX as f32);
}

/** Puts the corners' rays to `lengths`, the share of each edge that no vertex between lies inside of, and the longest ray. */
function shareEdges(n: i32, dist: usize, sin: usize): void {
  const s1 = f32x4.splat(f64At(sin, 1) as f32);
  const s2 = f32x4.splat(f64At(sin, 2) as f32);
  const s3 = f32x4.splat(f64At(sin, 3) as f32);
  const s4 = f32x4.splat(f64At(sin, 4) as f32);
  const whole = f32x4.splat(1 - LOST);
  let most = f32x4.splat(0);
  for (let k = 0; k < n; k += 16) {
    const rays = dist + ((k as usize) << 2);
    const r0 = v128.load(rays, 0);
    const r1 = v128.load(rays, 16);
    const r2 = v128.load(rays, 32);
    const r3 = v128.load(rays, 48);
    most = f32x4.max(most, f32x4.max(f32x4.max(r0, r1), f32x4.max(r2, r3)));
    const p = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const q = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const u = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const v = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const a = v128.shuffle<f32>(p, u, 0, 1, 4, 5);
    const d1 = v128.shuffle<f32>(p, u, 2, 3, 6, 7);
    const d2 = v128.shuffle<f32>(q, v, 0, 1, 4, 5);
    const d3 = v128.shuffle<f32>(q, v, 2, 3, 6, 7);
    const next = f32At(dist, k + 16 === n ? 0 : k + 16);
    const b = f32x4.replace_lane(v128.shuffle<f32>(a, a, 1, 2, 3, 3), 3, next);
    const first = f32x4.mul(d1, f32x4.add(f32x4.mul(a, s1), f32x4.mul(b, s3)));
    const second = f32x4.mul(f32x4.mul(d2, s2), f32x4.add(a, b));
    const third = f32x4.mul(d3, f32x4.add(f32x4.mul(a, s3), f32x4.mul(b, s1)));
    const least = f32x4.pmin(first, f32x4.pmin(second, third));
    const share = f32x4.div(least, f32x4.mul(f32x4.mul(a, b), s4));
    set(lengths, k >> 2, a);
    set(shares, k >> 2, f32x4.mul(whole, f32x4.pmin(share, f32x4.splat(1))));
  }
  longest = mostOf(most) as f64;
}

/** Radius of a disc about a point that no edge of the coarse polygon enters; 0 when the point is outside. */
function innerRadius(corners: i32, y: f32, x: f32): f64 {
  const cy = f32x4.splat(y);
  const cx = f32x4.splat(x);
  const zero = f32x4.splat(0);
  const quarter = f32x4.splat(0.25);
  let inner = f32x4.splat(f32.MAX_VALUE);
  let winding = 0;
  for (let j = 0; j < corners; j += 4) {
    const py = f32x4.sub(before(cornerY, j), cy);
    const px = f32x4.sub(before(cornerX, j), cx);
    const qy = f32x4.sub(at(cornerY, j), cy);
    const qx = f32x4.sub(at(cornerX, j), cx);
    const ey = f32x4.sub(qy, py);
    const ex = f32x4.sub(qx, px);
    const near = f32x4.add(f32x4.mul(py, py), f32x4.mul(px, px));
    const far = f32x4.add(f32x4.mul(qy, qy), f32x4.mul(qx, qx));
    const edge = f32x4.add(f32x4.mul(ey, ey), f32x4.mul(ex, ex));
    inner = f32x4.pmin(inner, f32x4.sub(f32x4.pmin(near, far), f32x4.mul(edge, quarter)));
    const up = f32x4.gt(qy, py);
    const left = f32x4.gt(f32x4.mul(px, ey), f32x4.mul(ex, py));
    const crosses = v128.xor(f32x4.gt(qy, zero), f32x4.gt(py, zero));
    const turns = v128.andnot(crosses, v128.xor(left, up));
    winding += popcnt(i32x4.bitmask(v128.and(turns, up))) - popcnt(i32x4.bitmask(v128.andnot(turns, up)));
  }
  const least = (leastOf(inner) as f64) - (LOST as f64) * longest * longest;
  return winding !== 0 && least > 0 ? sqrt(least) : 0;
}
