/**
 * Triangles of the convex hull of points that all lie on it, such as directions on an ellipsoid: always 2 n - 4 of
 * them. Four points in one plane are cut along one of the two diagonals. O(n^2), meant for n up to some hundreds.
 *
 * Source: M. Kallay 1981, incremental convex hulls (Preparata and Shamos, Computational Geometry, section 3.4).
 *
 * @param points `n x 3`, n >= 4, not all in one plane
 * @returns `(2 n - 4) x 3` point numbers; seen from outside, det[a, b, c] <= 0 about an inner point
 */
export function hullTriangles(points: Float64Array): Uint16Array {
  const n = points.length / 3;
  const first = firstTetrahedron(points);
  let faces = tetrahedronFaces(points, first);
  for (let p = 0; p < n; p++) if (!first.includes(p)) faces = addPoint(points, faces, p);
  return Uint16Array.from(faces.flatMap(smallestFirst).flat());
}

type Face = readonly [number, number, number];

/** Six times the signed volume of the tetrahedron (a, b, c, d). */
function volume(points: Float64Array, a: number, b: number, c: number, d: number): number {
  const z = points[3 * d];
  const y = points[3 * d + 1];
  const x = points[3 * d + 2];
  const az = points[3 * a] - z;
  const ay = points[3 * a + 1] - y;
  const ax = points[3 * a + 2] - x;
  const bz = points[3 * b] - z;
  const by = points[3 * b + 1] - y;
  const bx = points[3 * b + 2] - x;
  const cz = points[3 * c] - z;
  const cy = points[3 * c + 1] - y;
  const cx = points[3 * c + 2] - x;
  return az * (by * cx - bx * cy) - ay * (bz * cx - bx * cz) + ax * (bz * cy - by * cz);
}

/** Four points that span a tetrahedron: the first, the last, and two others that make it large. */
function firstTetrahedron(points: Float64Array): number[] {
  const n = points.length / 3;
  const [a, b] = [0, n - 1];
  let best = [a, b, 1, 2];
  let largest = -1;
  const c = 1;
  for (let d = 2; d < n - 1; d++) {
    const size = Math.abs(volume(points, a, b, c, d));
    if (size <= largest) continue;
    largest = size;
    best = [a, b, c, d];
  }
  return best;
}

function tetrahedronFaces(points: Float64Array, [a, b, c, d]: number[]): Face[] {
  const outward = (p: number, q: number, r: number, inner: number): Face =>
    volume(points, p, q, r, inner) <= 0 ? [p, q, r] : [p, r, q];
  return [outward(a, b, c, d), outward(a, b, d, c), outward(a, c, d, b), outward(b, c, d, a)];
}

/** Replaces the faces that see the point by a cone from their rim to the point. */
function addPoint(points: Float64Array, faces: readonly Face[], p: number): Face[] {
  const n = points.length / 3;
  const hidden: Face[] = [];
  /** Edges (from, to) as n from + to. */
  const rim = new Set<number>();
  for (const face of faces) {
    const a = face[0];
    const b = face[1];
    const c = face[2];
    if (volume(points, a, b, c, p) <= 0) {
      hidden.push(face);
      continue;
    }
    turn(rim, n, a, b);
    turn(rim, n, b, c);
    turn(rim, n, c, a);
  }
  for (const edge of rim) hidden.push([Math.floor(edge / n), edge % n, p]);
  return hidden;
}

/** Adds an edge, or takes it away where it is there the other way round. */
function turn(rim: Set<number>, n: number, from: number, to: number): void {
  if (!rim.delete(to * n + from)) rim.add(from * n + to);
}

function smallestFirst(face: Face): Face[] {
  const [a, b, c] = face;
  if (a < b && a < c) return [face];
  return b < c ? [[b, c, a]] : [[c, a, b]];
}
