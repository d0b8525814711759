import type { Rays2d } from '../../../src/segment/rays2d.ts';

/** A star-convex polygon on integer vertices, with the measures by which the kernels bound overlaps. */
export interface Shape {
  /** Integer vertices (scaled by `integerScale`). */
  vy: Int32Array;
  vx: Int32Array;
  /** Centroid, from which the circles are drawn. */
  cy: number;
  cx: number;
  /** The disc of radius `inner` lies in the polygon (0 = not known), the polygon lies in the disc of radius `outer`. */
  inner: number;
  outer: number;
  area: number;
  /** Box of the float vertices: only pairs whose boxes meet are compared. */
  minY: number;
  minX: number;
  maxY: number;
  maxX: number;
  /** Box of the integer vertices. */
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** An empty shape to be filled by `fitShape`. */
export function createShape(nRays: number): Shape {
  return {
    vy: new Int32Array(nRays),
    vx: new Int32Array(nRays),
    cy: Number.NaN,
    cx: Number.NaN,
    inner: Number.NaN,
    outer: Number.NaN,
    area: Number.NaN,
    minY: Number.NaN,
    minX: Number.NaN,
    maxY: Number.NaN,
    maxX: Number.NaN,
    top: 0,
    left: 0,
    bottom: 0,
    right: 0,
  };
}

/**
 * Fills a shape from a centre and its ray lengths. Vertices are reckoned in float32, as in the reference program.
 *
 * @param rays as `singleRays2d` gives them
 *
 * @param offset of the candidate's first ray in `dist`
 * @param scale 1: vertices are truncated towards zero; 100: times 100 and rounded
 */
export function fitShape(
  shape: Shape,
  y: number,
  x: number,
  dist: Float32Array,
  offset: number,
  { sin, cos }: Rays2d,
  scale: 1 | 100,
): void {
  const { vy, vx } = shape;
  const n = vy.length;
  let minY = Number.POSITIVE_INFINITY;
  let minX = Number.POSITIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < n; k++) {
    const d = dist[offset + k]!;
    const fy = Math.fround(y + Math.fround(d * sin[k]!));
    const fx = Math.fround(x + Math.fround(d * cos[k]!));
    if (fy < minY) minY = fy;
    if (fy > maxY) maxY = fy;
    if (fx < minX) minX = fx;
    if (fx > maxX) maxX = fx;
    vy[k] = scale === 1 ? fy : Math.round(fy * scale);
    vx[k] = scale === 1 ? fx : Math.round(fx * scale);
  }
  shape.minY = minY * scale;
  shape.minX = minX * scale;
  shape.maxY = maxY * scale;
  shape.maxX = maxX * scale;
  shape.top = scale === 1 ? Math.trunc(minY) : Math.round(shape.minY);
  shape.left = scale === 1 ? Math.trunc(minX) : Math.round(shape.minX);
  shape.bottom = scale === 1 ? Math.trunc(maxY) : Math.round(shape.maxY);
  shape.right = scale === 1 ? Math.trunc(maxX) : Math.round(shape.maxX);
  fitArea(shape);
  fitCircles(shape);
}

/** Area by the shoelace formula, and the centroid that goes with it (the first vertex where the area is 0). */
function fitArea(shape: Shape): void {
  const { vy, vx } = shape;
  const n = vy.length;
  const y0 = vy[0]!;
  const x0 = vx[0]!;
  let twice = 0;
  let sumY = 0;
  let sumX = 0;
  let py = vy[n - 1]! - y0;
  let px = vx[n - 1]! - x0;
  for (let k = 0; k < n; k++) {
    const qy = vy[k]! - y0;
    const qx = vx[k]! - x0;
    const cross = px * qy - qx * py;
    twice += cross;
    sumY += (py + qy) * cross;
    sumX += (px + qx) * cross;
    py = qy;
    px = qx;
  }
  shape.area = Math.abs(twice / 2);
  shape.cy = y0 + (twice === 0 ? 0 : sumY / (3 * twice));
  shape.cx = x0 + (twice === 0 ? 0 : sumX / (3 * twice));
}

/** Largest disc about the centroid that no edge enters (0 when the centroid is outside), smallest that holds all. */
function fitCircles(shape: Shape): void {
  const { vy, vx, cy, cx } = shape;
  const n = vy.length;
  let inner = Number.POSITIVE_INFINITY;
  let outer = 0;
  let winding = 0;
  let py = vy[n - 1]! - cy;
  let px = vx[n - 1]! - cx;
  for (let k = 0; k < n; k++) {
    const qy = vy[k]! - cy;
    const qx = vx[k]! - cx;
    const far = qy * qy + qx * qx;
    if (far > outer) outer = far;
    const ey = qy - py;
    const ex = qx - px;
    const cross = px * ey - ex * py;
    if (qy > 0 !== py > 0 && cross > 0 === qy > py) winding += qy > py ? 1 : -1;
    // Distance to the edge: to its line where the foot lies on it, else to its end (this one or the last one's).
    const length = ey * ey + ex * ex;
    const foot = -(py * ey + px * ex);
    const near = foot > 0 && foot < length ? (cross * cross) / length : far;
    if (near < inner) inner = near;
    py = qy;
    px = qx;
  }
  shape.inner = winding === 0 ? 0 : Math.sqrt(inner);
  shape.outer = Math.sqrt(outer);
}
