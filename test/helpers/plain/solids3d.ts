import {
  type Candidates3d,
  centreOf,
  DIST_STEPS,
  firstRay,
  raysOf,
} from '../../../src/segment/candidates3d.ts';
import type { Cones } from '../../../src/segment/cones.ts';
import type { Triple } from '../volumes.ts';

/** Points this little outside a face count as on it, relative to the face's distance. */
const ON_FACE = 1 + 1e-9;

/** A star-convex polyhedron, read plainly: one plane for each cone of the rays, in the order of sums that the kernels have. */
export interface PlainSolid {
  centre: Triple;
  volume: number;
  /** Whether an offset from the centre lies inside. */
  inside(z: number, y: number, x: number): boolean;
  /** No voxel farther from the centre lies inside. */
  reach: number;
}

/** The polyhedron of a candidate. */
export function plainSolid(candidates: Candidates3d, row: number, cones: Cones): PlainSolid {
  const { rays, dual, unitVolume } = cones;
  const { nRays, nFaces, face } = rays;
  const first = firstRay(candidates, row);
  const dist = raysOf(candidates, row).subarray(first, first + nRays);
  const planes: number[][] = [];
  let volume = 0;
  for (let f = 0; f < nFaces; f++) {
    const [a, b, c] = [...face.subarray(3 * f, 3 * f + 3)].map((k) => dist[k]!) as [number, number, number];
    volume += unitVolume[f]! * a * b * c;
    planes.push(
      [0, 1, 2].map(
        (axis) =>
          dual[9 * f + axis]! * (DIST_STEPS / a) +
          dual[9 * f + 3 + axis]! * (DIST_STEPS / b) +
          dual[9 * f + 6 + axis]! * (DIST_STEPS / c),
      ),
    );
  }
  const inside = (z: number, y: number, x: number): boolean => {
    const [nz, ny, nx] = planes[faceTowards(cones, z, y, x)] as [number, number, number];
    return nz * z + ny * y + nx * x <= ON_FACE;
  };
  const reach = Math.ceil(Math.max(...dist) / DIST_STEPS);
  return { centre: centreOf(candidates, row), volume: volume / DIST_STEPS ** 3, inside, reach };
}

/** Triangles that were found in some directions. */
const known = new WeakMap<Cones, Map<string, number>>();

/** The triangle of the hull in whose cone an offset lies. */
function faceTowards(cones: Cones, z: number, y: number, x: number): number {
  const found = known.get(cones) ?? new Map<string, number>();
  known.set(cones, found);
  const key = `${z} ${y} ${x}`;
  const { hull } = cones;
  const facing = (f: number): number => hull[3 * f]! * z + hull[3 * f + 1]! * y + hull[3 * f + 2]! * x;
  let best = found.get(key) ?? -1;
  if (best >= 0) return best;
  best = 0;
  for (let f = 1; f < cones.rays.nFaces; f++) if (facing(f) > facing(best)) best = f;
  found.set(key, best);
  return best;
}

/** The voxels inside, as numbers that count from -`far` on along each axis. */
function plainVoxels({ centre, inside, reach }: PlainSolid, far = 512): Set<number> {
  const found = new Set<number>();
  const side = 4 * far;
  for (let z = -reach; z <= reach; z++)
    for (let y = -reach; y <= reach; y++)
      for (let x = -reach; x <= reach; x++)
        if (inside(z, y, x))
          found.add(((centre[0] + z + far) * side + centre[1] + y + far) * side + centre[2] + x + far);
  return found;
}

/** `suppressOverlaps3d` by its definition: every pair, every voxel, no bounds. */
export function plainSuppression(
  candidates: Candidates3d,
  threshold: number,
  cones: Cones,
  known = 0,
): number[] {
  const { prob, index, count } = candidates;
  const order = Array.from({ length: count }, (_, row) => row);
  order.sort((a, b) => prob[b]! - prob[a]! || index[b]! - index[a]!);
  const kept: { row: number; volume: number; voxels: Set<number> }[] = [];
  for (const row of order) {
    const solid = plainSolid(candidates, row, cones);
    const voxels = plainVoxels(solid);
    const covered = kept.some((other) => {
      let shared = 0;
      for (const voxel of voxels) if (other.voxels.has(voxel)) shared++;
      return shared > threshold * Math.min(other.volume, solid.volume);
    });
    if (row < known || !covered) kept.push({ row, volume: solid.volume, voxels });
  }
  return kept.map(({ row }) => row);
}

/** `renderPolyhedra` voxel by voxel. */
export function plainPainting(
  candidates: Candidates3d,
  rows: readonly number[],
  cones: Cones,
  [depth, height, width]: Triple,
  [sz, sy, sx]: Triple = [1, 1, 1],
): Uint32Array {
  const labels = new Uint32Array(depth * height * width);
  const solids = rows.map((row) => plainSolid(candidates, row, cones));
  let i = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        labels[i++] =
          solids.findIndex(({ centre: [cz, cy, cx], inside }) =>
            inside(z * sz - cz, y * sy - cy, x * sx - cx),
          ) + 1;
  return labels;
}
