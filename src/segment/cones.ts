import type { Rays3d } from './rays3d.ts';

/** Longest ray, voxels: bounds the table of directions (33 MB at most) and the work for a broken network. */
export const MAX_RAY = 127;

/**
 * The cones that the centre and each triangle of ray ends span. They fill space and do not depend on ray lengths, so
 * that one table tells for every whole-voxel offset from a centre which triangle lies in its direction.
 */
export interface Cones {
  rays: Rays3d;
  /** `nFaces x 9`: w_a, w_b, w_c as (z, y, x), with w_a . v_a = 1 and w_a . v_b = w_a . v_c = 0, and so on. */
  dual: Float64Array;
  /** `nRays`: length of the ray vectors in the frame where axes are stretched by the rays' anisotropy. */
  stretch: Float64Array;
  /** `nFaces`: volume of the cone's tetrahedron for rays of length 1, cubic voxels. */
  unitVolume: Float64Array;
  /** The table's half extents, voxels `[z, y, x]`, and 3 times the triangle of each offset, C order. */
  reach: [number, number, number];
  table: Uint16Array;
  /** Hull planes m . p = 1 of the triangles, `nFaces x 3`: the one with the largest m . p lies in p's direction. */
  hull: Float64Array;
  /** Triangles that share a corner with triangle f: `neighbour[start[f] .. start[f + 1]]`. */
  start: Uint32Array;
  neighbour: Uint16Array;
}

/** The cones of some rays; the table starts empty and grows with `coverOffsets`. */
export function createCones(rays: Rays3d): Cones {
  const { nRays, nFaces, face, vector, anisotropy } = rays;
  const dual = new Float64Array(nFaces * 9);
  const unitVolume = new Float64Array(nFaces);
  const hull = new Float64Array(nFaces * 3);
  const { start, neighbour } = neighboursOf(rays);
  const stretch = Float64Array.from({ length: nRays }, (_, k) =>
    Math.hypot(...anisotropy.map((s, axis) => s * vector[3 * k + axis])),
  );
  for (let f = 0; f < nFaces; f++) {
    const corners = face.subarray(3 * f, 3 * f + 3);
    const [a, b, c] = [...corners].map((k) => vector.subarray(3 * k, 3 * k + 3));
    const det = dot(a, cross(b, c));
    unitVolume[f] = Math.abs(det) / 6;
    for (const [i, w] of [cross(b, c), cross(c, a), cross(a, b)].entries()) {
      for (let axis = 0; axis < 3; axis++) {
        dual[9 * f + 3 * i + axis] = w[axis] / det;
        // Before they were scaled to unit length the ray ends lay on an ellipsoid, at v / stretch.
        hull[3 * f + axis] += (stretch[corners[i]] * w[axis]) / det;
      }
    }
  }
  return {
    rays,
    dual,
    stretch,
    unitVolume,
    reach: [0, 0, 0],
    table: new Uint16Array(1),
    hull,
    start,
    neighbour,
  };
}

/** Makes sure that the table holds every offset up to the half extents given, at most `MAX_RAY` + 1. */
export function coverOffsets(cones: Cones, z: number, y: number, x: number): void {
  const [rz, ry, rx] = cones.reach;
  if (z <= rz && y <= ry && x <= rx) return;
  const grow = (need: number, have: number): number =>
    need <= have ? have : Math.max(need, Math.min(MAX_RAY + 1, Math.ceil(1.25 * need) + 2));
  cones.reach = [grow(z, rz), grow(y, ry), grow(x, rx)];
  cones.table = fillTable(cones, cones.reach);
}

function fillTable(cones: Cones, [rz, ry, rx]: readonly [number, number, number]): Uint16Array {
  const table = new Uint16Array((2 * rz + 1) * (2 * ry + 1) * (2 * rx + 1));
  let face = 0;
  let i = 0;
  for (let z = -rz; z <= rz; z++) {
    for (let y = -ry; y <= ry; y++) {
      for (let x = -rx; x <= rx; x++) {
        face = walkTo(cones, face, z, y, x);
        table[i++] = 3 * face;
      }
    }
  }
  return table;
}

/** The triangle in a direction, found uphill from another one: the hull is convex, so the way has no dead end. */
export function walkTo(
  { hull, start, neighbour }: Cones,
  from: number,
  z: number,
  y: number,
  x: number,
): number {
  let face = from;
  let best = hull[3 * face] * z + hull[3 * face + 1] * y + hull[3 * face + 2] * x;
  for (let moved = true; moved; ) {
    moved = false;
    for (let k = start[face], end = start[face + 1]; k < end; k++) {
      const other = neighbour[k];
      const value = hull[3 * other] * z + hull[3 * other + 1] * y + hull[3 * other + 2] * x;
      if (value <= best) continue;
      best = value;
      face = other;
      moved = true;
      break;
    }
  }
  return face;
}

function neighboursOf({ face, nFaces, nRays }: Rays3d): { start: Uint32Array; neighbour: Uint16Array } {
  const around = Array.from({ length: nRays }, (): number[] => []);
  for (let i = 0; i < face.length; i++) around[face[i]].push(Math.floor(i / 3));
  const start = new Uint32Array(nFaces + 1);
  const neighbour: number[] = [];
  for (let f = 0; f < nFaces; f++) {
    const found = new Set([0, 1, 2].flatMap((i) => around[face[3 * f + i]]));
    found.delete(f);
    neighbour.push(...found);
    start[f + 1] = neighbour.length;
  }
  return { start, neighbour: Uint16Array.from(neighbour) };
}

type Vector = ArrayLike<number>;

function cross(a: Vector, b: Vector): [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
