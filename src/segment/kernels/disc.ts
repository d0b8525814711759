import { f32At, f64At, need, setF64 } from './memory';
import { discRadius, discX, discY, longest, openWideDisc, wideDisc } from './wideDisc';

/** A disc that lies in a candidate's polygon, also after its vertices are truncated to whole pixels. */
@unmanaged
export class Disc {
  cy: f64;
  cx: f64;
  /** 0 or less: none was found. */
  radius: f64;
  /** The longest ray, pixels: the polygon lies in the disc of twice that and 2 more about its centroid. */
  longest: f64;
}

/** Rays between two corners of the coarse polygon. */
const STEP = 4;
/** Multiples of so many rays are worked on four corners at a time. */
const WIDE = 16;
/** How far truncation can move a vertex from its mean move of (-1/2, -1/2), and float32 rounding besides. */
const SLACK: f64 = Math.SQRT1_2 + 1e-2;
/** The corners, about the candidate's centre, and their distances, f64. */
let cornerY: usize = 0;
let cornerX: usize = 0;
let length: usize = 0;

/**
 * A disc, with room for polygons of n vertices: to be called before all others, once after `clear`.
 *
 * @param sin,cos as `singleRays2d` gives them, f64
 */
export function openDisc(n: i32, sin: usize, cos: usize): Disc {
  if (n % WIDE === 0) openWideDisc(n, sin, cos);
  const bytes = 2 * (n as f64) + 8;
  cornerY = need(bytes);
  cornerX = need(bytes);
  length = need(bytes);
  return changetype<Disc>(need(offsetof<Disc>()));
}

/**
 * Finds a disc inside a candidate's polygon at a fifth of the cost of the polygon itself: enough to tell of most
 * candidates that they are covered. O(n).
 *
 * Every fourth vertex is a corner of a coarse polygon, which is shrunk towards the centre until none of its edges
 * passes beyond a vertex between; it then lies in the polygon. An edge of length L between corners at least r away
 * from a point comes no nearer to it than sqrt(r^2 - L^2 / 4). Truncation moves every point of an outline by
 * (-1/2, -1/2) and at most `SLACK` more as long as no vertex is negative; no disc is given where one may be.
 *
 * @param disc overwritten
 * @param n of the rays, a multiple of 4 (no disc is given else)
 * @param dist ray lengths, pixels, over 0, f32
 * @param sin,cos as `singleRays2d` gives them, f64
 */
export function fitRoughDisc(disc: Disc, n: i32, y: f64, x: f64, dist: usize, sin: usize, cos: usize): void {
  disc.radius = 0;
  if (n % STEP !== 0 || n < 2 * STEP) return;
  if (n % WIDE === 0) {
    wideDisc(n, dist, sin);
    disc.longest = longest;
    if (longest > y || longest > x) return;
    disc.cy = y + discY - 0.5;
    disc.cx = x + discX - 0.5;
    disc.radius = discRadius - SLACK;
    return;
  }
  shrinkCorners(disc, n, dist, sin);
  if (disc.longest > y || disc.longest > x) return;
  const corners = n / STEP;
  let sum: f64 = 0;
  let sumY: f64 = 0;
  let sumX: f64 = 0;
  let a = f64At(length, corners - 1);
  let py = a * f64At(sin, n - STEP);
  let px = a * f64At(cos, n - STEP);
  for (let j = 0, k = 0; j < corners; j++, k += STEP) {
    const b = f64At(length, j);
    const qy = b * f64At(sin, k);
    const qx = b * f64At(cos, k);
    const weight = a * b;
    sum += weight;
    sumY += (py + qy) * weight;
    sumX += (px + qx) * weight;
    setF64(cornerY, j, qy);
    setF64(cornerX, j, qx);
    a = b;
    py = qy;
    px = qx;
  }
  const cy = sumY / (3 * sum);
  const cx = sumX / (3 * sum);
  disc.cy = y + cy - 0.5;
  disc.cx = x + cx - 0.5;
  disc.radius = innerRadius(corners, cy, cx) - SLACK;
}

/**
 * Sets the corners' distances: each that of its ray, shortened until neither of its edges passes beyond a vertex
 * between, and `longest` to the longest ray. The edge from a to b meets the i-th ray between at a b s4 / (a s_i + b s_(4 - i)).
 */
function shrinkCorners(disc: Disc, n: i32, dist: usize, sin: usize): void {
  const s1 = f64At(sin, 1);
  const s2 = f64At(sin, 2);
  const s3 = f64At(sin, 3);
  const s4 = f64At(sin, 4);
  let longest: f64 = 0;
  let first: f64 = 1;
  let a = f32At(dist, 0) as f64;
  let before: f64 = 1;
  for (let k = 0, j = 0; k < n; k += STEP, j++) {
    const d1 = f32At(dist, k + 1) as f64;
    const d2 = f32At(dist, k + 2) as f64;
    const d3 = f32At(dist, k + 3) as f64;
    const b = f32At(dist, k + STEP === n ? 0 : k + STEP) as f64;
    const full = a * b * s4;
    const least = min(min(d1 * (a * s1 + b * s3), d2 * (a + b) * s2), d3 * (a * s3 + b * s1));
    const share: f64 = least < full ? least / full : 1;
    longest = max(max(longest, a), max(max(d1, d2), d3));
    if (j === 0) first = share;
    setF64(length, j, a * min(before, share));
    before = share;
    a = b;
  }
  setF64(length, 0, (f32At(dist, 0) as f64) * min(first, before));
  disc.longest = longest;
}

/** Radius of a disc about a point that no edge of the coarse polygon enters; 0 when the point is outside. */
function innerRadius(corners: i32, cy: f64, cx: f64): f64 {
  let py = f64At(cornerY, corners - 1) - cy;
  let px = f64At(cornerX, corners - 1) - cx;
  let near = py * py + px * px;
  let inner = near;
  let winding = 0;
  for (let j = 0; j < corners; j++) {
    const qy = f64At(cornerY, j) - cy;
    const qx = f64At(cornerX, j) - cx;
    const far = qy * qy + qx * qx;
    const ey = qy - py;
    const ex = qx - px;
    inner = min(inner, min(near, far) - 0.25 * (ey * ey + ex * ex));
    if (qy > 0 !== py > 0 && px * ey > ex * py === qy > py) winding += qy > py ? 1 : -1;
    py = qy;
    px = qx;
    near = far;
  }
  return winding !== 0 && inner > 0 ? sqrt(inner) : 0;
}
