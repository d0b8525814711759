import { BLOCK, type Candidates3d, DIST_STEPS } from './candidates3d.ts';
import { copyIn, copyOut, kernels, type Place, roomFor, zerosFor } from './compiled.ts';
import { type Cones, coverOffsets } from './cones.ts';

/** Makes sure that the table of the cones reaches as far as the longest rays of some candidates. */
export function coverRays(candidates: Candidates3d, cones: Cones): void {
  const { nRays, count } = candidates;
  kernels().clear();
  const place = zerosFor(2 * nRays);
  const block = roomFor(2 * nRays * Math.min(BLOCK, count));
  eachBlock(candidates, block, (first, end) => kernels().findLongest(block, end - first, nRays, place));
  const longest = new Uint16Array(nRays);
  copyOut(place, longest);
  const { vector } = cones.rays;
  const reach = (axis: number): number =>
    longest.reduce((most, d, k) => Math.max(most, d * Math.abs(vector[3 * k + axis])), 0) / DIST_STEPS;
  coverOffsets(cones, reach(0), reach(1), reach(2));
}

/** Puts one block of rays after the other to a place, and says which rows it holds. */
export function eachBlock(
  { count, nRays, dist }: Candidates3d,
  place: Place,
  visit: (first: number, end: number) => void,
): void {
  for (let first = 0; first < count; first += BLOCK) {
    const end = Math.min(first + BLOCK, count);
    copyIn(dist[first / BLOCK].subarray(0, (end - first) * nRays), place);
    visit(first, end);
  }
}
