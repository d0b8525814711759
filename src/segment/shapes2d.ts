import { type StripPolygon, shoelace } from './polygonArea.ts';
import type { Rays2d } from './rays2d.ts';

/** A star-convex polygon on integer vertices, with the measures by which overlaps are bounded. */
export interface Shape {
  /** Integer vertices (scaled by `integerScale`). */
  vy: Int32Array;
  vx: Int32Array;
  /** A point inside, from which the circles are drawn. */
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
  /** Strips, once an exact intersection has asked for them. */
  strips: StripPolygon | null;
}

/** The survivors so far. */
export interface Shapes {
  nRays: number;
  shapes: Shape[];
}

/** An empty shape to be filled by `fitShape`. */
export function createShape(nRays: number): Shape {
  return {
    vy: new Int32Array(nRays),
    vx: new Int32Array(nRays),
    cy: 0,
    cx: 0,
    inner: 0,
    outer: 0,
    area: 0,
    minY: 0,
    minX: 0,
    maxY: 0,
    maxX: 0,
    top: 0,
    left: 0,
    bottom: 0,
    right: 0,
    strips: null,
  };
}

/** Appends a copy, so that the original can be filled anew. */
export function addShape(list: Shapes, shape: Shape): void {
  list.shapes.push({ ...shape, vy: shape.vy.slice(), vx: shape.vx.slice(), strips: null });
}

/**
 * Fills a shape from a centre and its ray lengths. Vertices are float32 first, as in the reference program.
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
    const fy = Math.fround(y + d * sin[k]!);
    const fx = Math.fround(x + d * cos[k]!);
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
  shape.area = Math.abs(shoelace(vy, vx, 0, n));
  // Truncation moves vertices by half a pixel on average, and the centre goes with them.
  shape.cy = scale === 1 ? y - 0.5 : y * scale;
  shape.cx = scale === 1 ? x - 0.5 : x * scale;
  fitCircles(shape);
}

/** Largest disc about the centre inside the polygon, smallest outside. The inner one needs a star-convex polygon. */
function fitCircles(shape: Shape): void {
  const { vy, vx, cy, cx } = shape;
  const n = vy.length;
  let inner = Number.POSITIVE_INFINITY;
  let outer = 0;
  let py = vy[n - 1]! - cy;
  let px = vx[n - 1]! - cx;
  for (let k = 0; k < n; k++) {
    const qy = vy[k]! - cy;
    const qx = vx[k]! - cx;
    outer = Math.max(outer, qy * qy + qx * qx);
    const cross = px * qy - qx * py;
    const ey = qy - py;
    const ex = qx - px;
    const length = ey * ey + ex * ex;
    // The distance to the edge's line is at most that to the edge, so it is safe; an edge of no length bounds nothing.
    if (length > 0) inner = cross <= 0 ? 0 : Math.min(inner, (cross * cross) / length);
    py = qy;
    px = qx;
  }
  shape.inner = Number.isFinite(inner) ? Math.sqrt(inner) : 0;
  shape.outer = Math.sqrt(outer);
}
