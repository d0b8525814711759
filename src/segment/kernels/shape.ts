import { f32At, f64At, i32At, need, setI32 } from './memory';
import { Strips } from './strips';

/** A star-convex polygon on integer vertices, with the measures by which overlaps are bounded. */
@unmanaged
export class Shape {
  /** Centroid, from which the circles are drawn. */
  cy: f64;
  cx: f64;
  /** The disc of radius `inner` lies in the polygon (0 = not known), the polygon lies in the disc of radius `outer`. */
  inner: f64;
  outer: f64;
  area: f64;
  /** Box of the float vertices: only pairs whose boxes meet are compared. */
  minY: f64;
  minX: f64;
  maxY: f64;
  maxX: f64;
  /** Box of the integer vertices. */
  top: f64;
  left: f64;
  bottom: f64;
  right: f64;
  /** Integer vertices (scaled by `integerScale`), i32. */
  vy: usize;
  vx: usize;
  /** Strips, once an exact intersection has asked for them. */
  strips: Strips | null;
  /** The last query that met the shape, so that none is judged twice. */
  seen: u32;
}

/** An empty shape of n vertices. */
export function createShape(n: i32): Shape {
  const shape = changetype<Shape>(need(offsetof<Shape>()));
  shape.vy = need(4 * (n as f64));
  shape.vx = need(4 * (n as f64));
  shape.strips = null;
  shape.seen = 0;
  return shape;
}

/** A copy of a shape, so that the original can be filled anew. */
export function copyShape(shape: Shape, n: i32): Shape {
  const copy = createShape(n);
  const vy = copy.vy;
  const vx = copy.vx;
  const bytes = (n as usize) << 2;
  memory.copy(changetype<usize>(copy), changetype<usize>(shape), offsetof<Shape>());
  memory.copy(vy, shape.vy, bytes);
  memory.copy(vx, shape.vx, bytes);
  copy.vy = vy;
  copy.vx = vx;
  return copy;
}

/**
 * Fills a shape from a centre and its ray lengths. Vertices are reckoned in float32, as in the reference program.
 *
 * @param dist n f32
 * @param sin,cos as `singleRays2d` gives them, f64
 * @param scale 1: vertices are truncated towards zero; 100: times 100 and rounded
 */
export function fitShape(
  shape: Shape,
  n: i32,
  y: f64,
  x: f64,
  dist: usize,
  sin: usize,
  cos: usize,
  scale: f64,
): void {
  const vy = shape.vy;
  const vx = shape.vx;
  let minY = Infinity;
  let minX = Infinity;
  let maxY = -Infinity;
  let maxX = -Infinity;
  for (let k = 0; k < n; k++) {
    const d = f32At(dist, k) as f64;
    const fy = (y + ((d * f64At(sin, k)) as f32 as f64)) as f32 as f64;
    const fx = (x + ((d * f64At(cos, k)) as f32 as f64)) as f32 as f64;
    minY = min(minY, fy);
    maxY = max(maxY, fy);
    minX = min(minX, fx);
    maxX = max(maxX, fx);
    setI32(vy, k, (scale === 1 ? fy : round(fy * scale)) as i32);
    setI32(vx, k, (scale === 1 ? fx : round(fx * scale)) as i32);
  }
  shape.minY = minY * scale;
  shape.minX = minX * scale;
  shape.maxY = maxY * scale;
  shape.maxX = maxX * scale;
  shape.top = scale === 1 ? trunc(minY) : round(shape.minY);
  shape.left = scale === 1 ? trunc(minX) : round(shape.minX);
  shape.bottom = scale === 1 ? trunc(maxY) : round(shape.maxY);
  shape.right = scale === 1 ? trunc(maxX) : round(shape.maxX);
  fitArea(shape, n);
  fitCircles(shape, n);
}

/** Half up. */
function round(value: f64): f64 {
  return floor(value + 0.5);
}

/** Area by the shoelace formula, and the centroid that goes with it (the first vertex where the area is 0). */
function fitArea(shape: Shape, n: i32): void {
  const vy = shape.vy;
  const vx = shape.vx;
  const y0 = i32At(vy, 0) as f64;
  const x0 = i32At(vx, 0) as f64;
  let twice: f64 = 0;
  let sumY: f64 = 0;
  let sumX: f64 = 0;
  let py = (i32At(vy, n - 1) as f64) - y0;
  let px = (i32At(vx, n - 1) as f64) - x0;
  for (let k = 0; k < n; k++) {
    const qy = (i32At(vy, k) as f64) - y0;
    const qx = (i32At(vx, k) as f64) - x0;
    const cross = px * qy - qx * py;
    twice += cross;
    sumY += (py + qy) * cross;
    sumX += (px + qx) * cross;
    py = qy;
    px = qx;
  }
  shape.area = abs(twice / 2);
  shape.cy = y0 + (twice === 0 ? 0 : sumY / (3 * twice));
  shape.cx = x0 + (twice === 0 ? 0 : sumX / (3 * twice));
}

/** Largest disc about the centroid that no edge enters (0 when the centroid is outside), smallest that holds all. */
function fitCircles(shape: Shape, n: i32): void {
  const vy = shape.vy;
  const vx = shape.vx;
  const cy = shape.cy;
  const cx = shape.cx;
  let inner = Infinity;
  let outer: f64 = 0;
  let winding = 0;
  let py = (i32At(vy, n - 1) as f64) - cy;
  let px = (i32At(vx, n - 1) as f64) - cx;
  for (let k = 0; k < n; k++) {
    const qy = (i32At(vy, k) as f64) - cy;
    const qx = (i32At(vx, k) as f64) - cx;
    const far = qy * qy + qx * qx;
    outer = max(outer, far);
    const ey = qy - py;
    const ex = qx - px;
    const cross = px * ey - ex * py;
    if (qy > 0 !== py > 0 && cross > 0 === qy > py) winding += qy > py ? 1 : -1;
    // Distance to the edge: to its line where the foot lies on it, else to its end (this one or the last one's).
    const length = ey * ey + ex * ex;
    const foot = -(py * ey + px * ex);
    inner = min(inner, foot > 0 && foot < length ? (cross * cross) / length : far);
    py = qy;
    px = qx;
  }
  shape.inner = winding === 0 ? 0 : sqrt(inner);
  shape.outer = sqrt(outer);
}
