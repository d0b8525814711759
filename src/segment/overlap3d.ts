import type { Cones } from './cones.ts';
import { ON_FACE, type Polyhedron } from './polyhedron.ts';

/** Balls about a voxel, in the frame where axes are stretched by the anisotropy. */
export interface Balls {
  anisotropy: readonly [number, number, number];
  /** Half a voxel's diagonal. */
  half: number;
  /** Squared distances of the nearest voxels, ascending: a ball of squared radius `squares[n]` holds over n voxels. */
  squares: Float64Array;
}

const NEAREST = 16_384;

/** The nearest voxels of a voxel, by distance. */
export function createBalls(anisotropy: Balls['anisotropy']): Balls {
  const [sz, sy, sx] = anisotropy;
  const radius = Math.cbrt((3 * NEAREST * sz * sy * sx) / (4 * Math.PI));
  const [rz, ry, rx] = [sz, sy, sx].map((s) => Math.ceil(radius / s));
  const squares: number[] = [];
  for (let z = -rz; z <= rz; z++)
    for (let y = -ry; y <= ry; y++)
      for (let x = -rx; x <= rx; x++) {
        const square = (z * sz) ** 2 + (y * sy) ** 2 + (x * sx) ** 2;
        if (square <= radius * radius) squares.push(square);
      }
  return { anisotropy, half: Math.hypot(sz, sy, sx) / 2, squares: Float64Array.from(squares).sort() };
}

/** Squared radius of a ball about a voxel that holds more than `limit` voxels. */
export function ballOver({ anisotropy, half, squares }: Balls, limit: number): number {
  const n = Math.floor(limit);
  if (n < squares.length) return squares[n];
  const [sz, sy, sx] = anisotropy;
  return (Math.cbrt((3 * (n + 1) * sz * sy * sx) / (4 * Math.PI)) + half) ** 2;
}

/**
 * True when bounds alone show that two polyhedra share no more voxels than `limit`: by their boxes, or by the balls
 * around them. Certified for the count: the voxels of a convex set are at most the volume of the set grown by half a
 * voxel's diagonal.
 */
export function shareAtMost(a: Polyhedron, b: Polyhedron, balls: Balls, limit: number): boolean {
  const dz = Math.min(a.z1, b.z1) - Math.max(a.z0, b.z0) + 1;
  const dy = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0) + 1;
  const dx = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0) + 1;
  if (dz <= 0 || dy <= 0 || dx <= 0 || dz * dy * dx <= limit) return true;
  const [sz, sy, sx] = balls.anisotropy;
  const [z, y, x] = [sz * (a.z - b.z), sy * (a.y - b.y), sx * (a.x - b.x)];
  const lens = lensVolume(Math.sqrt(z * z + y * y + x * x), a.outer + balls.half, b.outer + balls.half);
  return lens <= limit * sz * sy * sx * (1 - 1e-9);
}

/**
 * True when some ball about the centre of `a` lies in both polyhedra and holds more than `limit` voxels: then they
 * share more than `limit`. The half-spaces of a polyhedron's faces have no more in common than the polyhedron
 * itself. O(nFaces).
 */
export function shareBall(a: Polyhedron, b: Polyhedron, balls: Balls, limit: number): boolean {
  const square = ballOver(balls, limit) * (1 + 1e-9);
  if (a.inner * a.inner < square) return false;
  const { planes, steep } = b;
  const z = a.z - b.z;
  const y = a.y - b.y;
  const x = a.x - b.x;
  for (let f = 0; f < steep.length; f++) {
    const t = 1 - planes[3 * f] * z - planes[3 * f + 1] * y - planes[3 * f + 2] * x;
    if (t < 0 || t * t < square * steep[f]) return false;
  }
  return true;
}

/** Volume that two balls of radius p and q with centres d apart have in common. */
export function lensVolume(d: number, p: number, q: number): number {
  if (d >= p + q) return 0;
  const small = Math.min(p, q);
  if (d <= Math.abs(p - q)) return (4 / 3) * Math.PI * small ** 3;
  return (Math.PI * (p + q - d) ** 2 * (d * d + 2 * d * (p + q) - 3 * (p - q) ** 2)) / (12 * d);
}

/**
 * True when two polyhedra share more voxels than `limit`. Exact; planes are taken from the middle of the shared box
 * outwards, and counting ends as soon as the rest cannot change the answer.
 *
 * Cost: at most the voxels of the shared box.
 */
export function shareMoreThan(a: Polyhedron, b: Polyhedron, cones: Cones, limit: number): boolean {
  const z0 = Math.max(a.z0, b.z0);
  const depth = Math.min(a.z1, b.z1) - z0 + 1;
  const middle = z0 + ((depth - 1) >> 1);
  const perPlane =
    (Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0) + 1) * (Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0) + 1);
  let shared = 0;
  for (let i = 0; i < depth; i++) {
    const z = middle + ((i & 1) === 1 ? (i + 1) >> 1 : -(i >> 1));
    shared += sharedInPlane(a, b, cones, z, limit - shared);
    if (shared > limit) return true;
    if (shared + (depth - 1 - i) * perPlane <= limit) return false;
  }
  return false;
}

/** Voxels of one plane that lie in both; stops when more than `enough` are found. */
function sharedInPlane(a: Polyhedron, b: Polyhedron, cones: Cones, z: number, enough: number): number {
  const { table, reach } = cones;
  const width = 2 * reach[2] + 1;
  const height = 2 * reach[1] + 1;
  const [pa, pb] = [a.planes, b.planes];
  const [az, bz] = [z - a.z, z - b.z];
  const y1 = Math.min(a.y1, b.y1);
  const x0 = Math.max(a.x0, b.x0);
  const x1 = Math.min(a.x1, b.x1);
  let shared = 0;
  for (let y = Math.max(a.y0, b.y0); y <= y1; y++) {
    const ay = y - a.y;
    const by = y - b.y;
    const rowA = ((az + reach[0]) * height + ay + reach[1]) * width + reach[2] - a.x;
    const rowB = ((bz + reach[0]) * height + by + reach[1]) * width + reach[2] - b.x;
    for (let x = x0; x <= x1; x++) {
      const f = table[rowB + x];
      if (pb[f] * bz + pb[f + 1] * by + pb[f + 2] * (x - b.x) > ON_FACE) continue;
      const g = table[rowA + x];
      if (pa[g] * az + pa[g + 1] * ay + pa[g + 2] * (x - a.x) <= ON_FACE) shared++;
    }
    if (shared > enough) break;
  }
  return shared;
}
