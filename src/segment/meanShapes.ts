import type { Candidates } from './candidates.ts';
import { rays2d } from './rays2d.ts';

/** A neighbour counts from this share of the centre's prob on. */
const LEAST_SHARE = 0.5;

/** Star-convex shapes: columns as in `Candidates`, one row for each. */
export interface Shapes {
  y: Float64Array;
  x: Float64Array;
  dist: Float32Array;
}

/**
 * Outlines of the objects that survived: each is the mean, weighted by prob, of those that its centre and the up to
 * eight candidates beside it in the output grid predict, measured along the rays of its own centre. They are
 * predictions of one object from other points, so that their errors partly cancel.
 *
 * @param rows candidates that were not suppressed
 * @param columns width of the grid that `candidates.index` counts in
 * @returns rows in the order of `rows`, pixels
 */
export function meanShapes(candidates: Candidates, rows: Uint32Array, columns: number): Shapes {
  const { nRays, prob, index, y, x, dist } = candidates;
  const { sin, cos } = rays2d(nRays);
  const at = placesOf(candidates, rows, columns);
  const shapes: Shapes = {
    y: Float64Array.from(rows, (row) => y[row]!),
    x: Float64Array.from(rows, (row) => x[row]!),
    dist: new Float32Array(rows.length * nRays),
  };
  const sum = new Float64Array(nRays);
  const seen = new Float64Array(nRays);
  const outline = new Float64Array(2 * nRays);
  for (let i = 0; i < rows.length; i++) {
    const centre = rows[i]!;
    let weight = prob[centre]!;
    for (let k = 0; k < nRays; k++) sum[k] = weight * dist[centre * nRays + k]!;
    for (const place of around(index[centre]!, columns)) {
      const other = at.get(place);
      if (other === undefined || prob[other]! < LEAST_SHARE * prob[centre]!) continue;
      for (let k = 0; k < nRays; k++) {
        outline[2 * k] = y[other]! - y[centre]! + dist[other * nRays + k]! * sin[k]!;
        outline[2 * k + 1] = x[other]! - x[centre]! + dist[other * nRays + k]! * cos[k]!;
      }
      if (!seenFromOrigin(outline, sin, cos, seen)) continue;
      weight += prob[other]!;
      for (let k = 0; k < nRays; k++) sum[k]! += prob[other]! * seen[k]!;
    }
    for (let k = 0; k < nRays; k++) shapes.dist[i * nRays + k] = sum[k]! / weight;
  }
  return shapes;
}

/** The up to eight places beside one; in the first and last row some hold no grid position, so no candidate either. */
function around(place: number, columns: number): number[] {
  const column = place % columns;
  const left = column === 0 ? [] : [-1];
  const right = column === columns - 1 ? [] : [1];
  const steps = [...left, 0, ...right];
  return [-columns, 0, columns]
    .flatMap((row) => steps.map((step) => place + row + step))
    .filter((p) => p !== place);
}

/** The candidates beside the rows, by their place in the grid. */
function placesOf(candidates: Candidates, rows: Uint32Array, columns: number): Map<number, number> {
  const wanted = new Set<number>();
  for (const row of rows) for (const place of around(candidates.index[row]!, columns)) wanted.add(place);
  const at = new Map<number, number>();
  for (let i = 0; i < candidates.count; i++) {
    const place = candidates.index[i]!;
    if (wanted.has(place)) at.set(place, i);
  }
  return at;
}

/**
 * How far an outline lies from the origin along each ray: where the ray crosses the edge that it passes through.
 *
 * @param outline `nRays x 2` as (y, x) from the origin, vertex k roughly in the direction of ray k
 * @param seen overwritten
 * @returns false if a ray meets no edge between its neighbours' vertices: the origin is not well inside
 */
function seenFromOrigin(
  outline: Float64Array,
  sin: Float64Array,
  cos: Float64Array,
  seen: Float64Array,
): boolean {
  const n = sin.length;
  const reach = n >> 2;
  for (let k = 0; k < n; k++) {
    const side = (j: number): number => cos[k]! * outline[2 * j]! - sin[k]! * outline[2 * j + 1]!;
    let a = k;
    let steps = 0;
    while (side(a) > 0 && steps++ < reach) a = (a + n - 1) % n;
    let b = (a + 1) % n;
    while (side(b) <= 0 && steps++ < reach) {
      a = b;
      b = (b + 1) % n;
    }
    const before = side(a);
    const after = side(b);
    if (!(before <= 0 && after > 0)) return false;
    const share = before / (before - after);
    const y = outline[2 * a]! + share * (outline[2 * b]! - outline[2 * a]!);
    const x = outline[2 * a + 1]! + share * (outline[2 * b + 1]! - outline[2 * a + 1]!);
    const length = y * sin[k]! + x * cos[k]!;
    if (!(length > 0)) return false;
    seen[k] = length;
  }
  return true;
}
