import type { Points } from '../grid.ts';
import type { RowPairs } from './types.ts';

/** The map that moves nothing: 3 rows of 4, row-major. */
export function identity(): Float64Array {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
}

/** The map that adds (dz, dy, dx) micrometres. */
export function translation([dz, dy, dx]: readonly [number, number, number]): Float64Array {
  return Float64Array.of(1, 0, 0, dz, 0, 1, 0, dy, 0, 0, 1, dx);
}

/** Image of the place (z, y, x). */
export function applyAffine(m: Float64Array, z: number, y: number, x: number): [number, number, number] {
  return [
    m[0] * z + m[1] * y + m[2] * x + m[3],
    m[4] * z + m[5] * y + m[6] * x + m[7],
    m[8] * z + m[9] * y + m[10] * x + m[11],
  ];
}

/** Determinant of the linear part, 3 x 3 in row-major order. */
export function determinant(a: ArrayLike<number>): number {
  return (
    a[0] * (a[4] * a[8] - a[5] * a[7]) -
    a[1] * (a[3] * a[8] - a[5] * a[6]) +
    a[2] * (a[3] * a[7] - a[4] * a[6])
  );
}

/** Inverse of a 3 x 3 matrix, null where it is singular. */
function invert(a: ArrayLike<number>): number[] | null {
  const det = determinant(a);
  const scale = Math.max(...Array.from(a, Math.abs));
  if (!(Math.abs(det) > 1e-12 * scale ** 3)) return null;
  const cofactors = [
    a[4] * a[8] - a[5] * a[7],
    a[2] * a[7] - a[1] * a[8],
    a[1] * a[5] - a[2] * a[4],
    a[5] * a[6] - a[3] * a[8],
    a[0] * a[8] - a[2] * a[6],
    a[2] * a[3] - a[0] * a[5],
    a[3] * a[7] - a[4] * a[6],
    a[1] * a[6] - a[0] * a[7],
    a[0] * a[4] - a[1] * a[3],
  ];
  return cofactors.map((c) => c / det);
}

function multiply(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const out: number[] = [];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) out.push(a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j]);
  }
  return out;
}

/**
 * Rotation nearest to a matrix of positive determinant: its polar factor.
 *
 * Source: N. J. Higham 1986, Computing the polar decomposition, doi 10.1137/0907079 (Newton iteration).
 */
function nearestRotation(a: readonly number[]): number[] | null {
  if (!(determinant(a) > 0)) return null;
  let r = [...a];
  for (let i = 0; i < 60; i++) {
    const inverse = invert(r);
    if (inverse === null) return null;
    const next = r.map((v, k) => (v + inverse[3 * (k % 3) + Math.floor(k / 3)]) / 2);
    const change = next.reduce((sum, v, k) => sum + Math.abs(v - r[k]), 0);
    r = next;
    if (change < 1e-13) break;
  }
  return r;
}

/** The best map of the given kind from `from` rows of `points` to `to` rows, in the sense of least squares; null if singular. */
export function fitMap(
  points: Points,
  { from, to }: RowPairs,
  kind: 'rigid' | 'affine',
): Float64Array | null {
  const axes = [points.z, points.y, points.x];
  const n = from.length;
  const mean = (rows: readonly number[]): number[] =>
    axes.map((axis) => rows.reduce((sum, row) => sum + axis[row], 0) / n);
  const p = mean(from);
  const q = mean(to);
  const qp = new Array<number>(9).fill(0);
  const pp = new Array<number>(9).fill(0);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const source = axes[j][from[k]] - p[j];
        qp[3 * i + j] += (axes[i][to[k]] - q[i]) * source;
        pp[3 * i + j] += (axes[i][from[k]] - p[i]) * source;
      }
    }
  }
  // An axis without extent (z in 2D) stays as it is.
  for (let a = 0; a < 3; a++) {
    if (pp[4 * a] > 0) continue;
    qp[4 * a] = Math.max(...pp);
    pp[4 * a] = Math.max(...pp);
  }
  const inverse = kind === 'affine' ? invert(pp) : null;
  const linear = kind === 'rigid' ? nearestRotation(qp) : inverse && multiply(qp, inverse);
  if (linear === null) return null;
  const out = identity();
  for (let i = 0; i < 3; i++) {
    out[4 * i + 3] = q[i];
    for (let j = 0; j < 3; j++) {
      out[4 * i + j] = linear[3 * i + j];
      out[4 * i + 3] -= linear[3 * i + j] * p[j];
    }
  }
  return out;
}

/** Linear part of a map, 3 x 3 row-major. */
const linearOf = (m: Float64Array): number[] => [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]];

/** Angle by which a map turns, degrees in [0, 180]; NaN where it mirrors. */
export function turnOf(m: Float64Array): number {
  const r = nearestRotation(linearOf(m));
  if (r === null) return Number.NaN;
  return (Math.acos(Math.min(1, Math.max(-1, (r[0] + r[4] + r[8] - 1) / 2))) * 180) / Math.PI;
}

/** True for maps that tissue can undergo within a frame: volume within 20 %, turn below 20 degrees. */
export function isPlausible(m: Float64Array): boolean {
  return Math.abs(determinant(linearOf(m)) - 1) <= 0.2 && turnOf(m) <= 20;
}
