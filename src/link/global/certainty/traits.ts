import { findBroken } from '../broken.ts';
import { type Chains, chainsOf } from '../context.ts';
import type { Scene } from '../fit.ts';
import type { Outcome } from '../outcome.ts';

/** What the map is told of a division that a solution holds. */
export interface DivisionTraits {
  row: number;
  /** Log odds of the model's own probability. */
  odds: number;
  /** How likely the movie has false detections, 0 to 1. */
  faulty: number;
  /** ln of the frames to the end of the briefer daughter's track, and since the parent's began, as shares of `LONG`. */
  life: number;
  before: number;
  /** 1 = the parent was itself born in the movie. */
  born: number;
}

/** What the map is told of a beginning, or of an end, that a solution holds. */
export interface LoneTraits {
  row: number;
  /** The model's own probability. */
  prob: number;
  faulty: number;
  /** 1 = a track of one detection. */
  single: number;
  /** 1 = an end and a beginning lie side by side, which is one cell mostly, see `findBroken`. */
  beside: number;
  /** Cells for each beginning (end) that is seen, near the rim or inside, whichever the row is. */
  rare: number;
  /** ln of the share of links that are wrong by their own probabilities, there. */
  wrong: number;
}

export interface Observed {
  divides: DivisionTraits[];
  begins: LoneTraits[];
  ends: LoneTraits[];
}

/**
 * Share of detections that are a track of their own, about which a movie counts as one with false detections: 0.006 at
 * most in the bench's ten sets, 0.015 where 1 % are added.
 */
const SINGLES = 0.0095;
const STEEP = 8;
/** No movie's links are surer than this. */
const SUREST = 2e-5;
/** Frames at which counting ends: longer tracks count as one of so many. */
const LONG = 16;

/** Log odds, of probabilities no nearer to 0 and 1 than a millionth. */
export function logOdds(prob: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, prob));
  return Math.log(p / (1 - p));
}

/** ln of the share of links that are wrong by their own probabilities, of those into rows of each class of the rim. */
function wrongLinks({ target, prob }: Outcome, rim: Uint8Array): [number, number] {
  const wrong = [0, 0];
  const all = [0, 0];
  for (let k = 0; k < target.length; k++) {
    if (Number.isNaN(prob[k])) continue;
    wrong[rim[target[k]]] += 1 - prob[k];
    all[rim[target[k]]]++;
  }
  const share = (r: 0 | 1): number => Math.log(Math.max(SUREST, wrong[r] / Math.max(1, all[r])));
  return [share(0), share(1)];
}

/** Frames from each row to its track's end, and from its beginning, `LONG` where the movie or a division cuts it. */
function trackLengths(
  t: Int32Array,
  last: number,
  { next, previous, parent, divides }: Chains,
): { left: Uint8Array; since: Uint8Array } {
  const left = new Uint8Array(t.length).fill(LONG);
  const since = new Uint8Array(t.length).fill(LONG);
  for (let i = t.length - 1; i >= 0; i--) {
    const v = next[i];
    if (t[i] < last && divides[i] === 0) left[i] = v < 0 ? 1 : Math.min(LONG, left[v] + t[v] - t[i]);
  }
  for (let i = 0; i < t.length; i++) {
    const u = previous[i];
    if (t[i] > t[0] && parent[i] < 0) since[i] = u < 0 ? 1 : Math.min(LONG, since[u] + t[i] - t[u]);
  }
  return { left, since };
}

/** Divisions that the solution holds. */
function observeDivisions(
  t: Int32Array,
  last: number,
  chains: Chains,
  out: Outcome,
  faulty: number,
): DivisionTraits[] {
  const { previous, parent, divides } = chains;
  const { left, since } = trackLengths(t, last, chains);
  const briefest = new Uint8Array(t.length).fill(LONG);
  for (let k = 0; k < out.source.length; k++)
    briefest[out.source[k]] = Math.min(briefest[out.source[k]], left[out.target[k]]);
  const born = new Uint8Array(t.length);
  const seen: DivisionTraits[] = [];
  for (let row = 0; row < t.length; row++) {
    born[row] = parent[row] >= 0 || (previous[row] >= 0 && born[previous[row]] === 1) ? 1 : 0;
    if (divides[row] === 0 || Number.isNaN(out.divides[row])) continue;
    seen.push({
      row,
      odds: logOdds(out.divides[row]),
      faulty,
      life: Math.log(briefest[row] / LONG),
      before: Math.log(since[row] / LONG),
      born: born[row],
    });
  }
  return seen;
}

/** What the maps are told of everything that a solution holds; the movie's own ends are no question. O(n). */
export function observe(
  { detections, motion, around, offsets }: Pick<Scene, 'detections' | 'motion' | 'around' | 'offsets'>,
  out: Outcome,
): Observed {
  const { count, t } = detections;
  if (count === 0) return { divides: [], begins: [], ends: [] };
  const { rim } = around;
  const chains = chainsOf(count, out);
  const { previous, next, parent, divides } = chains;
  const broken = findBroken({ detections, motion, around, offsets }, chains);
  const [first, last] = [t[0], offsets.length - 2];
  const begins = (row: number): boolean => previous[row] < 0 && parent[row] < 0;
  const ends = (row: number): boolean => next[row] < 0 && divides[row] === 0;
  const single = (row: number): boolean => begins(row) && ends(row);
  let singles = 0;
  for (let row = 0; row < count; row++) if (t[row] > first && t[row] < last && single(row)) singles++;
  const ratio = (singles / count / SINGLES) ** STEEP;
  const faulty = ratio / (1 + ratio);
  const wrong = wrongLinks(out, rim);
  const lone = (side: 'begins' | 'ends'): LoneTraits[] => {
    const holds = side === 'begins' ? begins : ends;
    const within = (row: number): boolean => (side === 'begins' ? t[row] > first : t[row] < last);
    const cells = [0, 0];
    const open = [0, 0];
    for (let row = 0; row < count; row++) {
      if (!within(row)) continue;
      cells[rim[row]]++;
      if (holds(row)) open[rim[row]] += single(row) ? 1 - faulty : 1;
    }
    const seen: LoneTraits[] = [];
    for (let row = 0; row < count; row++) {
      const prob = out[side][row];
      if (!within(row) || !holds(row) || Number.isNaN(prob)) continue;
      seen.push({
        row,
        prob,
        faulty,
        single: single(row) ? 1 : 0,
        beside: broken[side][row],
        rare: cells[rim[row]] / Math.max(1, open[rim[row]]),
        wrong: wrong[rim[row]],
      });
    }
    return seen;
  };
  return {
    divides: observeDivisions(t, last, chains, out, faulty),
    begins: lone('begins'),
    ends: lone('ends'),
  };
}
