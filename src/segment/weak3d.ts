import type { Triple } from '../model/index.ts';
import {
  addCandidate,
  type Candidates3d,
  centreOf,
  createCandidates3d,
  DIST_STEPS,
  firstRay,
  raysOf,
} from './candidates3d.ts';
import type { Cones } from './cones.ts';
import { suppressOverlaps3d } from './suppress3d.ts';
import { bestRows, createWeak, JUDGED, rowsNear, type WeakCandidates, weakDist } from './weak.ts';

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
