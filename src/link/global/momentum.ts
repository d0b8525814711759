import type { Detections } from '../../segment/types.ts';
import { middleOf } from '../median.ts';
import type { Motion } from '../motion/types.ts';
import { type Chains, type Context, MEMORY } from './context.ts';

/** How the residual step of a link follows from the steps before and after it, for one amount of knowledge of both. */
export interface MomentumCase {
  /** Weights of the steps before (latest first), then of those after. */
  before: readonly number[];
  after: readonly number[];
  /** What is left, as a share of the usual residual. */
  share: number;
}

/** By number of steps known before and after, 0 to `MEMORY` each: `cases[before * (MEMORY + 1) + after]`. */
export type Momentum = MomentumCase[];

const STILL: MomentumCase = { before: [0, 0], after: [0, 0], share: 1 };

/** Cells have no momentum until it is measured. */
export const noMomentum: Momentum = Array.from({ length: (MEMORY + 1) ** 2 }, () => STILL);

/** Links that a case must have to be fitted, and the strength that pulls weights to 0. */
const LEAST = 60;
const RIDGE = 20;

/** Solves a small symmetric positive definite system by elimination; `a` is n x n, row-major, destroyed. */
function solve(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let r = i + 1; r < n; r++) {
      const f = a[r * n + i] / a[i * n + i];
      for (let c = i; c < n; c++) a[r * n + c] -= f * a[i * n + c];
      b[r] -= f * b[i];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let c = i + 1; c < n; c++) b[i] -= a[i * n + c] * b[c];
    b[i] /= a[i * n + i];
  }
  return b;
}

/** Residual of a link less what the steps around it foretell, one axis; `a` 0, 1, 2 = z, y, x. */
function foretold(
  context: Context,
  { before, after }: MomentumCase,
  u: number,
  v: number,
  a: number,
): number {
  let sum = 0;
  for (let k = 0; k < MEMORY; k++) {
    sum += before[k] * context.before[(u * MEMORY + k) * 3 + a];
    sum += after[k] * context.after[(v * MEMORY + k) * 3 + a];
  }
  return sum;
}

/**
 * Weights of the neighbouring steps, by robust least squares over the present links: persistence gives positive weights,
 * jitter of the detections negative ones, diffusion none. Each amount of knowledge has its own.
 *
 * Source: the symmetric use of past and future is that of a two-sided linear predictor, e.g. N. Wiener 1949.
 */
export function fitMomentum(
  { count, t, z, y, x }: Detections,
  motion: Motion,
  scale: Float64Array,
  { next }: Chains,
  context: Context,
): Momentum {
  const rows: number[][] = noMomentum.map(() => []);
  for (let u = 0; u < count; u++) {
    if (next[u] >= 0) rows[context.nBefore[u] * (MEMORY + 1) + context.nAfter[next[u]]].push(u);
  }
  const residual = (u: number, a: number): number => {
    const unit = scale[t[u]];
    const v = next[u];
    if (a === 0) return (z[v] - motion.z[u]) / unit;
    return a === 1 ? (y[v] - motion.y[u]) / unit : (x[v] - motion.x[u]) / unit;
  };
  const lengthOf = (u: number, about: MomentumCase): number => {
    let sum = 0;
    for (let a = 0; a < 3; a++) sum += (residual(u, a) - foretold(context, about, u, next[u], a)) ** 2;
    return Math.sqrt(sum);
  };
  const usual = middleOf(Float64Array.from(rows.flat(), (u) => lengthOf(u, STILL)));
  return rows.map((list, index) => {
    if (list.length < LEAST || !(usual > 0)) return STILL;
    const nBefore = Math.floor(index / (MEMORY + 1));
    const nAfter = index % (MEMORY + 1);
    const n = nBefore + nAfter;
    const f = new Float64Array(n);
    let found: MomentumCase = STILL;
    for (let round = 0; round < 3 && n > 0; round++) {
      const a = new Float64Array(n * n);
      const b = new Float64Array(n);
      for (const u of list) {
        // Long residuals weigh less: they are divisions to be, and errors.
        const weight = 1 / (1 + (lengthOf(u, found) / (2 * usual)) ** 2);
        for (let axis = 0; axis < 3; axis++) {
          const r = residual(u, axis);
          for (let i = 0; i < n; i++) {
            const at = i < nBefore ? u * MEMORY + i : next[u] * MEMORY + i - nBefore;
            const step = (i < nBefore ? context.before : context.after)[at * 3 + axis];
            f[i] = Math.max(-4 * usual, Math.min(4 * usual, step));
          }
          for (let i = 0; i < n; i++) {
            b[i] += weight * f[i] * r;
            for (let j = 0; j < n; j++) a[i * n + j] += weight * f[i] * f[j];
          }
        }
      }
      for (let i = 0; i < n; i++) a[i * n + i] += RIDGE * usual * usual;
      const c = solve(a, b);
      found = {
        before: [0, 1].map((i) => (i < nBefore ? c[i] : 0)),
        after: [0, 1].map((i) => (i < nAfter ? c[nBefore + i] : 0)),
        share: 1,
      };
    }
    const share = middleOf(Float64Array.from(list, (u) => lengthOf(u, found))) / usual;
    return { ...found, share: Math.max(0.01, share) };
  });
}

/** The case of a link from u to v. */
export function momentumOf(
  momentum: Momentum,
  { nBefore, nAfter }: Context,
  u: number,
  v: number,
): MomentumCase {
  return momentum[nBefore[u] * (MEMORY + 1) + nAfter[v]];
}

/** The case of a source alone, as divisions have it. */
export function momentumBefore(momentum: Momentum, { nBefore }: Context, u: number): MomentumCase {
  return momentum[nBefore[u] * (MEMORY + 1)];
}

/** Writes what the steps before u and after v foretell for the link between them, units of the frame: z, y, x. */
export function foretell(
  context: Context,
  about: MomentumCase,
  u: number,
  v: number,
  out: Float64Array,
): void {
  for (let a = 0; a < 3; a++) out[a] = foretold(context, about, u, v, a);
}
