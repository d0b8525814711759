import { type Candidates3d, centreOf, DIST_STEPS, firstRay, raysOf } from './candidates3d.ts';
import { type Cones, coverOffsets } from './cones.ts';

/** Points this little outside a face count as on it, relative to the face's distance. */
export const ON_FACE = 1 + 1e-9;

/** A star-convex polyhedron about a whole-voxel centre, with the measures by which overlaps are bounded. */
export interface Polyhedron {
  /** Centre, voxels. */
  z: number;
  y: number;
  x: number;
  /** Cubic voxels. */
  volume: number;
  /** In the frame where axes are stretched by the rays' anisotropy: the ball inside, the ball around. */
  inner: number;
  outer: number;
  /** First and last voxel that may lie inside, per axis, inclusive. */
  z0: number;
  z1: number;
  y0: number;
  y1: number;
  x0: number;
  x1: number;
  /**
   * `nFaces x 3`, n as (z, y, x): a voxel at offset o from the centre, in the cone of face f, lies inside when
   * n[f] . o <= 1.
   */
  planes: Float64Array;
  /** `nFaces`: squared length of n in the stretched frame, where the face's plane lies 1 / length from the centre. */
  steep: Float64Array;
}

/**
 * A polyhedron to be filled by `fitPolyhedron`. What will be a fraction is none that is whole at first: V8 would change
 * the object's layout later, and compile all that works with it again.
 */
export function createPolyhedron(nFaces: number): Polyhedron {
  return {
    z: 0,
    y: 0,
    x: 0,
    volume: Number.NaN,
    inner: Number.NaN,
    outer: Number.NaN,
    z0: 0,
    z1: 0,
    y0: 0,
    y1: 0,
    x0: 0,
    x1: 0,
    planes: new Float64Array(nFaces * 3),
    steep: new Float64Array(nFaces),
  };
}

/** The measures of a polyhedron without its planes. */
export function measuresOf(shape: Polyhedron): Polyhedron {
  const { z, y, x, volume, inner, outer, z0, z1, y0, y1, x0, x1 } = shape;
  const out = createPolyhedron(0);
  out.z = z;
  out.y = y;
  out.x = x;
  out.volume = volume;
  out.inner = inner;
  out.outer = outer;
  out.z0 = z0;
  out.z1 = z1;
  out.y0 = y0;
  out.y1 = y1;
  out.x0 = x0;
  out.x1 = x1;
  return out;
}

/** 1 / length of each ray; reused. */
let inverse = new Float64Array(0);

/**
 * Fills a polyhedron from a candidate. O(nRays + nFaces).
 *
 * Source: StarDist's definition: the union of the tetrahedra (centre, A, B, C), boundary included. A point
 * o = alpha v_a + beta v_b + gamma v_c with no negative coefficient lies in the tetrahedron of rays d_a, d_b, d_c
 * when alpha / d_a + beta / d_b + gamma / d_c <= 1, which is one plane for each face.
 */
export function fitPolyhedron(out: Polyhedron, candidates: Candidates3d, row: number, cones: Cones): void {
  [out.z, out.y, out.x] = centreOf(candidates, row);
  const dist = raysOf(candidates, row);
  const first = firstRay(candidates, row);
  fitBox(out, dist, first, cones);
  fitFaces(out, dist, first, cones);
}

function fitBox(out: Polyhedron, dist: Uint16Array, first: number, cones: Cones): void {
  const { vector, nRays } = cones.rays;
  const { stretch } = cones;
  if (inverse.length < nRays) inverse = new Float64Array(nRays);
  let z0 = 0;
  let z1 = 0;
  let y0 = 0;
  let y1 = 0;
  let x0 = 0;
  let x1 = 0;
  let outer = 0;
  for (let k = 0, at = first; k < nRays; k++, at++) {
    const d = dist[at] / DIST_STEPS;
    inverse[k] = DIST_STEPS / dist[at];
    const z = d * vector[3 * k];
    const y = d * vector[3 * k + 1];
    const x = d * vector[3 * k + 2];
    if (z < z0) z0 = z;
    else if (z > z1) z1 = z;
    if (y < y0) y0 = y;
    else if (y > y1) y1 = y;
    if (x < x0) x0 = x;
    else if (x > x1) x1 = x;
    const far = d * stretch[k];
    if (far > outer) outer = far;
  }
  out.outer = outer;
  const slack = 1e-6;
  out.z0 = out.z + Math.ceil(z0 - slack);
  out.z1 = out.z + Math.floor(z1 + slack);
  out.y0 = out.y + Math.ceil(y0 - slack);
  out.y1 = out.y + Math.floor(y1 + slack);
  out.x0 = out.x + Math.ceil(x0 - slack);
  out.x1 = out.x + Math.floor(x1 + slack);
  coverOffsets(
    cones,
    Math.max(out.z1 - out.z, out.z - out.z0),
    Math.max(out.y1 - out.y, out.y - out.y0),
    Math.max(out.x1 - out.x, out.x - out.x0),
  );
}

/** Planes, volume and inner ball, from `inverse`. */
function fitFaces(out: Polyhedron, dist: Uint16Array, first: number, cones: Cones): void {
  const { dual, unitVolume } = cones;
  const { face, nFaces, anisotropy } = cones.rays;
  const { planes, steep } = out;
  const sz = 1 / anisotropy[0] ** 2;
  const sy = 1 / anisotropy[1] ** 2;
  const sx = 1 / anisotropy[2] ** 2;
  let volume = 0;
  let steepest = 0;
  for (let f = 0; f < nFaces; f++) {
    const a = face[3 * f];
    const b = face[3 * f + 1];
    const c = face[3 * f + 2];
    volume += unitVolume[f] * dist[first + a] * dist[first + b] * dist[first + c];
    const w = 9 * f;
    const nz = dual[w] * inverse[a] + dual[w + 3] * inverse[b] + dual[w + 6] * inverse[c];
    const ny = dual[w + 1] * inverse[a] + dual[w + 4] * inverse[b] + dual[w + 7] * inverse[c];
    const nx = dual[w + 2] * inverse[a] + dual[w + 5] * inverse[b] + dual[w + 8] * inverse[c];
    planes[3 * f] = nz;
    planes[3 * f + 1] = ny;
    planes[3 * f + 2] = nx;
    const square = nz * nz * sz + ny * ny * sy + nx * nx * sx;
    steep[f] = square;
    if (square > steepest) steepest = square;
  }
  out.volume = volume / DIST_STEPS ** 3;
  out.inner = 1 / Math.sqrt(steepest);
}
