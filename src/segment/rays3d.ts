import { hullTriangles } from './hull.ts';

/** Directions of the rays of a 3D star-convex polyhedron, and the triangles between their ends. */
export interface Rays3d {
  nRays: number;
  nFaces: number;
  /** `nRays x 3`, unit vectors as (z, y, x). */
  vector: Float64Array;
  /** `nFaces x 3` ray numbers; det[a, b, c] <= 0. */
  face: Uint16Array;
  /** Voxel size that the directions were spread evenly in, `[z, y, x]`, any unit. */
  anisotropy: readonly [number, number, number];
}

/**
 * Rays along a golden spiral: evenly spread on a sphere of equal physical radius, for voxels of the given shape.
 *
 * Source: StarDist's `Rays_GoldenSpiral`; Weigert et al. 2020, doi 10.1109/WACV45572.2020.9093435.
 *
 * @param nRays 8 or more
 * @param anisotropy relative voxel size `[z, y, x]`, over 0
 */
export function goldenSpiral(nRays: number, anisotropy: readonly [number, number, number]): Rays3d {
  const turn = (3 - Math.sqrt(5)) * Math.PI;
  const vector = new Float64Array(nRays * 3);
  for (let k = 0; k < nRays; k++) {
    const z = -1 + (2 * k) / (nRays - 1);
    const rho = Math.sqrt(Math.max(0, 1 - z * z));
    vector[3 * k] = z / anisotropy[0];
    vector[3 * k + 1] = (rho * Math.sin(turn * k)) / anisotropy[1];
    vector[3 * k + 2] = (rho * Math.cos(turn * k)) / anisotropy[2];
  }
  const face = hullTriangles(vector);
  for (let k = 0; k < nRays; k++) {
    const length = Math.hypot(vector[3 * k], vector[3 * k + 1], vector[3 * k + 2]);
    for (let axis = 0; axis < 3; axis++) vector[3 * k + axis] /= length;
  }
  return { nRays, nFaces: face.length / 3, vector, face, anisotropy };
}
