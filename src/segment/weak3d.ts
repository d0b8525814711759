import type { Triple, VolumeOutput } from '../model/index.ts';
import { quantiseProb } from './candidates.ts';
import {
  addCandidate,
  type Candidates3d,
  centreOf,
  createCandidates3d,
  DIST_STEPS,
  firstRay,
  keepBest,
  quantiseRays,
  raysOf,
} from './candidates3d.ts';
import type { Cones } from './cones.ts';
import { copyRays } from './copyRays.ts';
import { scanWindow } from './scanWindow.ts';
import { suppressOverlaps3d } from './suppress3d.ts';
import {
  bestRows,
  createWeak,
  JUDGED,
  MAX_WEAK,
  rowsNear,
  SLACK,
  type WeakCandidates,
  weakDist,
  weakFloor,
} from './weak.ts';

/**
 * Appends the positions that a tile writes whose rounded prob lies below the threshold but over `weakFloor`, and is
 * better than those around it.
 *
 * @param from,to first position that the tile writes along each axis, and the one after the last, frame's grid
 * @param offset frame's grid position of the output's first voxel
 * @param isPeak tells whether a position is better than the up to 26 around it
 */
export function gatherWeak3d(
  weak: Candidates3d,
  output: VolumeOutput,
  from: Triple,
  to: Triple,
  offset: Triple,
  probThreshold: number,
  isPeak: (z: number, y: number, x: number) => boolean,
): void {
  const { nRays, gridShape } = weak;
  const floor = weakFloor(probThreshold);
  const [low, high] = [floor - SLACK, probThreshold + SLACK];
  const rows = to[1] - from[1];
  const columns = to[2] - from[2];
  const hits = new Uint32Array(Math.max(0, rows) * Math.max(0, columns));
  const place = new Uint32Array(1);
  const lengths = new Float32Array(nRays);
  for (let z = from[0]; z < to[0]; z++) {
    const plane = (z - offset[0]) * output.height * output.width;
    const first = plane + (from[1] - offset[1]) * output.width + from[2] - offset[2];
    const [nHits] = scanWindow(output.prob, first, output.width, rows, columns, low, hits);
    for (let j = 0; j < nHits; j++) {
      const prob = output.prob[hits[j]];
      if (prob >= high) continue;
      const rounded = quantiseProb(prob);
      if (!(rounded > floor && rounded <= probThreshold)) continue;
      const row = Math.floor((hits[j] - plane) / output.width);
      const y = row + offset[1];
      const x = hits[j] - plane - row * output.width + offset[2];
      if (!isPeak(z, y, x)) continue;
      const added = addCandidate(weak, prob, (z * gridShape[1] + y) * gridShape[2] + x);
      place[0] = hits[j];
      copyRays(output, nRays, place, 1, lengths, 0);
      quantiseRays(weak, added, lengths, 0);
    }
  }
  if (weak.count > 2 * MAX_WEAK) keepBest(weak, MAX_WEAK);
}

/** The weak candidates that stay beside the objects, in voxels of the network's input; as `weakBeside`. */
export function weakBeside3d(
  candidates: Candidates3d,
  survivors: Uint32Array,
  weak: Candidates3d,
  nmsThreshold: number,
  cones: Cones,
  most: number,
): WeakCandidates {
  const { nRays, grid, gridShape } = weak;
  const { anisotropy } = cones.rays;
  if (weak.count === 0) return createWeak(0, nRays, anisotropy);
  const best = bestRows(weak, JUDGED * most);
  const reach = longestRay(candidates, survivors) + longestRay(weak, best);
  const others = Array.from(best, (row) => centreOf(weak, row));
  const near = rowsNear(survivors, (row) => centreOf(candidates, row), others, reach);
  const both = createCandidates3d(nRays, grid, gridShape);
  for (const row of near) copyRow(candidates, row, both);
  for (const row of best) copyRow(weak, row, both);
  const kept = suppressOverlaps3d(both, nmsThreshold, cones, near.length)
    .filter((row) => row >= near.length)
    .subarray(0, most);
  const out = createWeak(kept.length, nRays, anisotropy);
  const { unitVolume } = cones;
  const { face, nFaces } = cones.rays;
  kept.forEach((row, i) => {
    [out.z[i], out.y[i], out.x[i]] = centreOf(both, row);
    out.prob[i] = both.prob[row];
    const first = firstRay(both, row);
    const dist = Float64Array.from(raysOf(both, row).subarray(first, first + nRays), (d) => d / DIST_STEPS);
    let volume = 0;
    for (let f = 0; f < nFaces; f++)
      volume += unitVolume[f] * dist[face[3 * f]] * dist[face[3 * f + 1]] * dist[face[3 * f + 2]];
    out.radius[i] = Math.cbrt((3 * volume) / (4 * Math.PI));
    for (let k = 0; k < nRays; k++) out.dist[i * nRays + k] = weakDist(dist[k]);
  });
  return out;
}

/**
 * Weak candidates of a resized volume in voxels of the frame: the ends of the rays are divided by the scale, which
 * makes them rays of a golden spiral for the frame's voxels.
 *
 * @param scale network voxels per frame voxel, `[z, y, x]`
 */
export function weakInFrame(weak: WeakCandidates, { rays }: Cones, scale: Triple): WeakCandidates {
  const { nRays, dist } = weak;
  const stretch = Float64Array.from({ length: nRays }, (_, k) =>
    Math.hypot(...scale.map((s, axis) => rays.vector[3 * k + axis] / s)),
  );
  const shrink = Math.cbrt(scale[0] * scale[1] * scale[2]);
  return {
    ...weak,
    z: weak.z.map((v) => v / scale[0]),
    y: weak.y.map((v) => v / scale[1]),
    x: weak.x.map((v) => v / scale[2]),
    radius: weak.radius.map((v) => v / shrink),
    dist: dist.map((d, i) => Math.min(65535, Math.round(d * stretch[i % nRays]))),
    anisotropy: rays.anisotropy.map((a, axis) => a * scale[axis]) as unknown as Triple,
  };
}

/** Voxels. */
function longestRay(candidates: Candidates3d, rows: Uint32Array): number {
  const { nRays } = candidates;
  let longest = 0;
  for (const row of rows) {
    const rays = raysOf(candidates, row);
    const first = firstRay(candidates, row);
    for (let k = first; k < first + nRays; k++) longest = Math.max(longest, rays[k]);
  }
  return longest / DIST_STEPS;
}

function copyRow(from: Candidates3d, row: number, to: Candidates3d): void {
  const added = addCandidate(to, from.prob[row], from.index[row]);
  const first = firstRay(from, row);
  raysOf(to, added).set(raysOf(from, row).subarray(first, first + from.nRays), firstRay(to, added));
}
