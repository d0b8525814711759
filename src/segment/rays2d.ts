/** Directions of the rays of a 2D star-convex polygon. */
export interface Rays2d {
  /** Row and column steps of ray k, at angle 2 pi k / n from +x towards +y; float64, exact at quarter turns. */
  sin: Float64Array;
  cos: Float64Array;
}

/**
 * Ray directions: row = y + d sin(2 pi k / n), column = x + d cos(2 pi k / n).
 *
 * Source: Schmidt, Weigert et al. 2018, Cell Detection with Star-Convex Polygons, doi 10.1007/978-3-030-00934-2_30.
 */
export function rays2d(nRays: number): Rays2d {
  const sin = new Float64Array(nRays);
  const cos = new Float64Array(nRays);
  const snap = (v: number): number => (Math.abs(v) < 1e-12 ? 0 : v);
  for (let k = 0; k < nRays; k++) {
    sin[k] = snap(Math.sin((2 * Math.PI * k) / nRays));
    cos[k] = snap(Math.cos((2 * Math.PI * k) / nRays));
  }
  return { sin, cos };
}

/**
 * The same directions in single precision, angles too, as StarDist's suppression has them: without that a vertex can
 * be truncated to another whole number.
 */
export function singleRays2d(nRays: number): Rays2d {
  const step = Math.fround((2 * Math.PI) / nRays);
  const along = (f: (angle: number) => number): Float64Array =>
    Float64Array.from({ length: nRays }, (_, k) => Math.fround(f(Math.fround(step * k))));
  return { sin: along(Math.sin), cos: along(Math.cos) };
}

/**
 * Vertices of star-convex polygons, float32 as in the reference program.
 *
 * @param rows which candidates, in the order of the output
 * @returns `rows.length x nRays x 2` as (y, x), pixels
 */
export function starVertices(
  y: ArrayLike<number>,
  x: ArrayLike<number>,
  dist: ArrayLike<number>,
  nRays: number,
  rows: ArrayLike<number>,
): Float32Array {
  const { sin, cos } = rays2d(nRays);
  const out = new Float32Array(rows.length * nRays * 2);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    for (let k = 0; k < nRays; k++) {
      const d = dist[row * nRays + k]!;
      out[(i * nRays + k) * 2] = y[row]! + Math.fround(d * sin[k]!);
      out[(i * nRays + k) * 2 + 1] = x[row]! + Math.fround(d * cos[k]!);
    }
  }
  return out;
}
