/** Small 3D scenes, and a slow reading of the definitions that the fast kernels are held against. */
import {
  addCandidate,
  type Candidates3d,
  centreOf,
  createCandidates3d,
  DIST_STEPS,
  firstRay,
  quantiseDist,
  raysOf,
} from '../../src/segment/candidates3d.ts';
import type { Rays3d } from '../../src/segment/rays3d.ts';

export type Triple = readonly [number, number, number];

export interface Star3d {
  centre: Triple;
  prob: number;
  /** One length, or one per ray, voxels. */
  d: number | ArrayLike<number>;
}

/** Candidates on a grid of single voxels. */
export function starTable(stars: readonly Star3d[], nRays: number, shape: Triple): Candidates3d {
  const table = createCandidates3d(nRays, [1, 1, 1], shape);
  for (const { centre, prob, d } of stars) {
    const [z, y, x] = centre;
    const row = addCandidate(table, prob, (z * shape[1] + y) * shape[2] + x);
    const first = firstRay(table, row);
    for (let k = 0; k < nRays; k++)
      raysOf(table, row)[first + k] = quantiseDist(typeof d === 'number' ? d : d[k]);
  }
  return table;
}

const det = (a: number[], b: number[], c: number[]): number =>
  a[0] * (b[1] * c[2] - b[2] * c[1]) -
  a[1] * (b[0] * c[2] - b[2] * c[0]) +
  a[2] * (b[0] * c[1] - b[1] * c[0]);

/** A polyhedron by its definition: the union of the tetrahedra (centre, A, B, C), boundary included. */
export function slowPolyhedron(candidates: Candidates3d, row: number, rays: Rays3d) {
  const centre = centreOf(candidates, row);
  const vertices = Array.from({ length: rays.nRays }, (_, k) => {
    const d = raysOf(candidates, row)[firstRay(candidates, row) + k] / DIST_STEPS;
    return [0, 1, 2].map((a) => d * rays.vector[3 * k + a]);
  });
  const faces = Array.from({ length: rays.nFaces }, (_, f) => {
    const [a, b, c] = [0, 1, 2].map((i) => vertices[rays.face[3 * f + i]]);
    return { a, b, c, size: det(a, b, c) };
  });
  const volume = -faces.reduce((sum, { size }) => sum + size, 0) / 6;
  const inside = (z: number, y: number, x: number): boolean => {
    const o = [z - centre[0], y - centre[1], x - centre[2]];
    return faces.some(({ a, b, c, size }) => {
      const u = det(o, b, c) / size;
      const v = det(a, o, c) / size;
      const w = det(a, b, o) / size;
      return u >= -1e-9 && v >= -1e-9 && w >= -1e-9 && u + v + w <= 1 + 1e-9;
    });
  };
  const reach = Math.ceil(Math.max(...vertices.flat().map(Math.abs))) + 1;
  return { centre, volume, inside, reach };
}

/** Every voxel inside a polyhedron, as texts. */
export function voxelsOf({ centre, inside, reach }: ReturnType<typeof slowPolyhedron>): Set<string> {
  const found = new Set<string>();
  const [cz, cy, cx] = centre;
  for (let z = cz - reach; z <= cz + reach; z++)
    for (let y = cy - reach; y <= cy + reach; y++)
      for (let x = cx - reach; x <= cx + reach; x++) if (inside(z, y, x)) found.add(`${z} ${y} ${x}`);
  return found;
}
