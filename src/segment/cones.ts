import { copyOut, kernels, type Place, put, roomFor } from './compiled.ts';
import type { Rays3d } from './rays3d.ts';

/** Longest ray, voxels: bounds the table of directions and the work for a broken network. */
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
  /** The table's half extents, voxels `[z, y, x]`. */
  reach: [number, number, number];
  /** Where the runs of each row of offsets begin, C order; and the runs, as the kernel `fillPlane` gives them. */
  rows: Uint32Array;
  runs: Uint32Array;
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
    reach: [-1, -1, -1],
    rows: new Uint32Array(0),
    runs: new Uint32Array(0),
    hull,
    start,
    neighbour,
  };
}

/** Makes sure that the table holds every offset up to some distances from the centre, voxels, at most `MAX_RAY`. */
export function coverOffsets(cones: Cones, z: number, y: number, x: number): void {
  // What rounding may add is no whole voxel more.
  const needs = [z, y, x].map((far) => Math.floor(far + 1e-5));
  if (needs.every((need, axis) => need <= cones.reach[axis])) return;
  cones.reach = cones.reach.map((have, axis) => {
    const need = needs[axis];
    return need <= have ? have : Math.max(need, Math.min(MAX_RAY + 1, Math.ceil(1.25 * need) + 2));
  }) as Cones['reach'];
  fillTable(cones);
}

function fillTable(cones: Cones): void {
  const [rz, ry, rx] = cones.reach;
  const [depth, height, width] = [2 * rz + 1, 2 * ry + 1, 2 * rx + 1];
  kernels().clear();
  const place = placeColumns(cones);
  const [ends, room] = [roomFor(4 * height), roomFor(4 * height * width)];
  cones.rows = new Uint32Array(depth * height);
  const planes: Uint32Array[] = [];
  const last = new Uint32Array(height);
  let face = 0;
  let count = 0;
  for (let z = 0; z < depth; z++) {
    face = kernels().fillPlane(place, z - rz, ry, rx, face, ends, room);
    copyOut(ends, last);
    cones.rows.set(
      last.subarray(0, -1).map((end) => count + end),
      z * height + 1,
    );
    cones.rows[z * height] = count;
    planes.push(new Uint32Array(last[height - 1]));
    copyOut(room, planes[z]);
    count += planes[z].length;
  }
  cones.runs = new Uint32Array(count);
  let at = 0;
  for (const runs of planes) {
    cones.runs.set(runs, at);
    at += runs.length;
  }
}

/** Puts cones and their table into the kernels' memory. */
export function placeCones(cones: Cones): Place {
  const place = placeColumns(cones);
  kernels().setTable(place, ...cones.reach, put(cones.rows), put(cones.runs));
  return place;
}

function placeColumns({ rays, stretch, dual, unitVolume, hull, start, neighbour }: Cones): Place {
  const { nRays, nFaces, vector, face, anisotropy } = rays;
  return kernels().openCones(
    nRays,
    nFaces,
    put(vector),
    put(stretch),
    put(dual),
    put(unitVolume),
    put(face),
    put(hull),
    put(start),
    put(neighbour),
    ...anisotropy,
  );
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
