import type { Detections } from '../../segment/types.ts';
import type { Motion } from '../motion/types.ts';

/** Successor of every row that goes on alone, and predecessor where that one goes on alone; -1 = none. */
export interface Chains {
  next: Int32Array;
  previous: Int32Array;
  /** Parent by division, -1 = none; whether the row divides. */
  parent: Int32Array;
  divides: Uint8Array;
}

/** Steps that are remembered on either side of a link. */
export const MEMORY = 2;

/**
 * What the frames before a source and after a target say about a link between them, as the present solution sees it.
 * What lies before u does not depend on who follows u, nor what lies after v on who precedes it.
 */
export interface Context {
  /** Mean of ln(size) over a source and up to 2 rows before it, over a target and up to 2 after it; NaN = not known. */
  sizeBack: Float64Array;
  sizeAhead: Float64Array;
  /**
   * Residual displacements of the last steps into a row (latest first) and of the next out of it, units of the frame,
   * `count x MEMORY x 3`; how many there are.
   */
  before: Float64Array;
  nBefore: Uint8Array;
  after: Float64Array;
  nAfter: Uint8Array;
  /** Frames since the division that the row descends from, and until its next one; -1 = not known. */
  age: Int32Array;
  ahead: Int32Array;
  /**
   * Frames from the row to its track's end without a division, as `LIVES` classes: 1, 2, 3, and more, which also holds where
   * the movie or a division cuts it; 0 = not known. Tracks of false detections are brief.
   */
  lives: Uint8Array;
  /** 1 where the row is two cells seen as one, see `markFused`: it does not divide. */
  fused: Uint8Array;
  /** Frames from the beginning of the row's track, and to its end, 1 to `LONG`; where the movie or a division cuts it, `LONG`. */
  since: Uint8Array;
  left: Uint8Array;
}

/** Classes of a track's length, frames; the last is open. */
export const LIVES = 4;
/** Frames at which counting ends: longer tracks count as one of so many. */
const LONG = 16;

/** Chains of a set of links, source by source. */
export function chainsOf(
  count: number,
  links: { source: ArrayLike<number>; target: ArrayLike<number> },
): Chains {
  const daughters = new Uint8Array(count);
  for (let k = 0; k < links.source.length; k++) daughters[links.source[k]]++;
  const chains: Chains = {
    next: new Int32Array(count).fill(-1),
    previous: new Int32Array(count).fill(-1),
    parent: new Int32Array(count).fill(-1),
    divides: daughters.map((n) => (n > 1 ? 1 : 0)),
  };
  for (let k = 0; k < links.source.length; k++) {
    const [u, v] = [links.source[k], links.target[k]];
    if (daughters[u] > 1) chains.parent[v] = u;
    else {
      chains.next[u] = v;
      chains.previous[v] = u;
    }
  }
  return chains;
}

/** Context before anything is linked. */
export function noContext({ count, size }: Detections): Context {
  const lnSize = size.map((s) => Math.log(s));
  return {
    sizeBack: lnSize,
    sizeAhead: lnSize,
    before: new Float64Array(count * MEMORY * 3),
    nBefore: new Uint8Array(count),
    after: new Float64Array(count * MEMORY * 3),
    nAfter: new Uint8Array(count),
    age: new Int32Array(count).fill(-1),
    ahead: new Int32Array(count).fill(-1),
    lives: new Uint8Array(count),
    fused: new Uint8Array(count),
    since: new Uint8Array(count).fill(LONG),
    left: new Uint8Array(count).fill(LONG),
  };
}

/** Means of ln(size) over a row and up to 2 in the direction of `step`. */
function smoothSizes(lnSize: Float64Array, step: Int32Array): Float64Array {
  return lnSize.map((own, i) => {
    let [sum, n] = [own, 1];
    for (let j = step[i], k = 0; j >= 0 && k < 2; j = step[j], k++) {
      if (Number.isNaN(lnSize[j])) break;
      sum += lnSize[j];
      n++;
    }
    return sum / n;
  });
}

/** Context of every row under the present links; rows are sorted by frame. */
export function findContext(
  detections: Detections,
  motion: Motion,
  scale: Float64Array,
  chains: Chains,
): Context {
  const { count, t, size } = detections;
  const { next, previous, parent, divides } = chains;
  const lnSize = size.map((s) => Math.log(s));
  const context = noContext(detections);
  context.sizeBack = smoothSizes(lnSize, previous);
  context.sizeAhead = smoothSizes(lnSize, next);
  for (let i = 0; i < count; i++) {
    if (parent[i] >= 0) context.age[i] = 1;
    else if (previous[i] >= 0 && context.age[previous[i]] >= 0)
      context.age[i] = context.age[previous[i]] + t[i] - t[previous[i]];
    for (let v = i, k = 0; k < MEMORY && previous[v] >= 0; v = previous[v], k++) {
      writeStep(detections, motion, scale, previous[v], v, context.before, (i * MEMORY + k) * 3);
      context.nBefore[i]++;
    }
    for (let u = i, k = 0; k < MEMORY && next[u] >= 0; u = next[u], k++) {
      writeStep(detections, motion, scale, u, next[u], context.after, (i * MEMORY + k) * 3);
      context.nAfter[i]++;
    }
  }
  const { since, left } = context;
  const last = count > 0 ? t[count - 1] : 0;
  for (let i = 0; i < count; i++) {
    const u = previous[i];
    if (t[i] > 0 && parent[i] < 0) since[i] = u >= 0 ? Math.min(LONG, since[u] + t[i] - t[u]) : 1;
  }
  for (let i = count - 1; i >= 0; i--) {
    const goesOn = next[i] >= 0 ? left[next[i]] + t[next[i]] - t[i] : 1;
    left[i] = divides[i] === 1 || t[i] === last ? LONG : Math.min(LONG, goesOn);
    context.lives[i] = Math.min(LIVES, left[i]);
    if (divides[i] === 1) context.ahead[i] = 1;
    else if (next[i] >= 0 && context.ahead[next[i]] >= 0)
      context.ahead[i] = context.ahead[next[i]] + t[next[i]] - t[i];
  }
  return context;
}

function writeStep(
  { t, z, y, x }: Detections,
  motion: Motion,
  scale: Float64Array,
  u: number,
  v: number,
  out: Float64Array,
  at: number,
): void {
  const unit = scale[t[u]];
  out[at] = (z[v] - motion.z[u]) / unit;
  out[at + 1] = (y[v] - motion.y[u]) / unit;
  out[at + 2] = (x[v] - motion.x[u]) / unit;
}
