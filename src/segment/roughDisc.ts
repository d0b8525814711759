import type { Rays2d } from './rays2d.ts';

/** A disc that lies in a candidate's polygon, also after its vertices are truncated to whole pixels. */
export interface RoughDisc {
  cy: number;
  cx: number;
  /** 0 or less: none was found. */
  radius: number;
  /** The longest ray, pixels: the polygon lies in the disc of twice that and 2 more about its centroid. */
  longest: number;
}

/** Rays between two corners of the coarse polygon. */
const STEP = 4;
/** Room for the corners of polygons of up to 1024 rays, about the candidate's centre. */
const cornerY = new Float64Array(1024 / STEP);
const cornerX = new Float64Array(1024 / STEP);
const length = new Float64Array(1024 / STEP);
/** How far truncation can move a vertex from its mean move of (-1/2, -1/2), and float32 rounding besides. */
const SLACK = Math.SQRT1_2 + 1e-2;

/** The disc of a candidate of which nothing is known. */
export function createRoughDisc(): RoughDisc {
  return { cy: Number.NaN, cx: Number.NaN, radius: Number.NaN, longest: Number.NaN };
}

/**
 * Finds a disc inside a candidate's polygon at a fifth of the cost of the polygon itself: enough to tell of most
 * candidates that they are covered. O(nRays).
 *
 * Every fourth vertex is a corner of a coarse polygon, which is shrunk towards the centre until none of its edges
 * passes beyond a vertex between; it then lies in the polygon. An edge of length L between corners at least r away
 * from a point comes no nearer to it than sqrt(r^2 - L^2 / 4). Truncation moves every point of an outline by
 * (-1/2, -1/2) and at most `SLACK` more as long as no vertex is negative; no disc is given where one may be.
 *
 * @param disc overwritten
 * @param dist,offset `nRays` ray lengths, pixels, over 0; `nRays` is a multiple of 4 (no disc is given else)
 */
export function fitRoughDisc(
  disc: RoughDisc,
  y: number,
  x: number,
  dist: Float32Array,
  offset: number,
  { sin, cos }: Rays2d,
): void {
  const n = sin.length;
  disc.radius = 0;
  if (n % STEP !== 0 || n < 2 * STEP) return;
  shrinkCorners(disc, dist, offset, sin);
  if (disc.longest > y || disc.longest > x) return;
  const corners = n / STEP;
  let sum = 0;
  let sumY = 0;
  let sumX = 0;
  let a = length[corners - 1]!;
  let py = a * sin[n - STEP]!;
  let px = a * cos[n - STEP]!;
  for (let j = 0, k = 0; j < corners; j++, k += STEP) {
    const b = length[j]!;
    const qy = b * sin[k]!;
    const qx = b * cos[k]!;
    const weight = a * b;
    sum += weight;
    sumY += (py + qy) * weight;
    sumX += (px + qx) * weight;
    cornerY[j] = qy;
    cornerX[j] = qx;
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
function shrinkCorners(disc: RoughDisc, dist: Float32Array, offset: number, sin: Float64Array): void {
  const n = sin.length;
  const [s1, s2, s3, s4] = [sin[1]!, sin[2]!, sin[3]!, sin[4]!];
  let longest = 0;
  let first = 1;
  let a = dist[offset]!;
  let before = 1;
  for (let k = 0, j = 0; k < n; k += STEP, j++) {
    const d1 = dist[offset + k + 1]!;
    const d2 = dist[offset + k + 2]!;
    const d3 = dist[offset + k + 3]!;
    const b = dist[offset + (k + STEP === n ? 0 : k + STEP)]!;
    const full = a * b * s4;
    const least = Math.min(d1 * (a * s1 + b * s3), d2 * (a + b) * s2, d3 * (a * s3 + b * s1));
    const share = least < full ? least / full : 1;
    longest = Math.max(longest, a, d1, d2, d3);
    if (j === 0) first = share;
    length[j] = a * Math.min(before, share);
    before = share;
    a = b;
  }
  length[0] = dist[offset]! * Math.min(first, before);
  disc.longest = longest;
}

/** Radius of a disc about a point that no edge of the coarse polygon enters; 0 when the point is outside. */
function innerRadius(corners: number, cy: number, cx: number): number {
  let py = cornerY[corners - 1]! - cy;
  let px = cornerX[corners - 1]! - cx;
  let near = py * py + px * px;
  let inner = near;
  let winding = 0;
  for (let j = 0; j < corners; j++) {
    const qy = cornerY[j]! - cy;
    const qx = cornerX[j]! - cx;
    const far = qy * qy + qx * qx;
    const ey = qy - py;
    const ex = qx - px;
    inner = Math.min(inner, Math.min(near, far) - 0.25 * (ey * ey + ex * ex));
    if (qy > 0 !== py > 0 && px * ey > ex * py === qy > py) winding += qy > py ? 1 : -1;
    py = qy;
    px = qx;
    near = far;
  }
  return winding !== 0 && inner > 0 ? Math.sqrt(inner) : 0;
}
