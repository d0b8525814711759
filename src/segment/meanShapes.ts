import type { Candidates } from './candidates.ts';
import { copyOut, kernels, put, roomFor } from './compiled.ts';
import { rays2d } from './rays2d.ts';
import { type PlacedCandidates, placeCandidates } from './suppress.ts';

/**
 * Outlines of the objects that survived: each is the mean, weighted by prob, of those that its centre and the up to
 * eight candidates beside it in the output grid predict, measured along the rays of its own centre; a candidate counts from
 * half of the centre's prob on. They are predictions of one object from other points, so that their errors partly cancel.
 *
 * @param rows candidates that were not suppressed
 * @param columns width of the grid that `candidates.index` counts in
 * @returns `rows.length x nRays` lengths in the order of `rows`, pixels
 */
export function meanShapes(candidates: Candidates, rows: Uint32Array, columns: number): Float32Array {
  return meanPlaced(placeCandidates(candidates), rows, columns);
}

/** As `meanShapes`. */
export function meanPlaced(
  { count, nRays, prob, index, y, x, dist }: PlacedCandidates,
  rows: Uint32Array,
  columns: number,
): Float32Array {
  const rays = rays2d(nRays);
  const [sin, cos, centres] = [put(rays.sin), put(rays.cos), put(rows)];
  const means = new Float32Array(rows.length * nRays);
  const out = roomFor(means.byteLength);
  const table = [prob, index, y, x, dist, centres] as const;
  kernels().meanOutlines(count, nRays, ...table, rows.length, columns, sin, cos, out);
  copyOut(out, means);
  return means;
}
