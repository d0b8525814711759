import type { NdArray } from '../array/index.ts';
import type { BareRim } from './types.ts';

/** Fewer objects of a truth leave a strip bare by chance. */
const LEAST_OBJECTS = 200;
/** Pixels: a thinner strip holds no whole object anyway. */
const LEAST_MARGIN = 5;
/** Of the image's shorter side; a truth that stays farther away has its cells in the middle. */
const MOST_MARGIN = 1 / 8;
/** Of the result's objects, that must lie in the strip. */
const LEAST_SHARE = 0.01;

/** Watches the masks of a comparison go by, for a strip along the image's edge that the truth leaves out. */
export interface RimScan {
  /** Frame `t`: the masks `[y, x]` or `[z, y, x]` of truth and result, null where a side has none. */
  frame(t: number, truth: NdArray | null, result: NdArray | null): void;
  /** What was left out, or null where nothing of weight was. */
  found(): FoundRim | null;
}

export interface FoundRim extends BareRim {
  /** Labels of the result's objects that lie wholly within the margin, by frame; at least one in each that is there. */
  outside: Map<number, Set<number>>;
}

/**
 * Per label of a mask: how many pixels its deepest pixel is away from the nearest edge in y or x, from 0. An object
 * lies wholly within a margin E where that is below E (see `withinField`).
 *
 * Cost: O(pixels).
 */
export function depths({ data, shape }: NdArray): Map<number, number> {
  const [height, width] = shape.slice(-2);
  const deepest = new Map<number, number>();
  const middle = (width - 1) >> 1;
  for (let row = 0; row * width < data.length; row++) {
    const y = row % height;
    const dy = Math.min(y, height - 1 - y);
    const end = (row + 1) * width;
    for (let i = row * width; i < end; ) {
      const label = data[i];
      const first = i++;
      if (label === 0) continue;
      while (i < end && data[i] === label) i++;
      const [from, to] = [first - row * width, i - 1 - row * width];
      // Of a run in the left half the last pixel is the deepest, in the right half the first.
      const dx = to <= middle ? to : width - 1 - Math.max(from, width - 1 - middle);
      const depth = Math.min(dy, dx);
      const before = deepest.get(label);
      if (before === undefined || depth > before) deepest.set(label, depth);
    }
  }
  return deepest;
}

/**
 * Annotators of some movies leave out what does not reach into a field of interest (see `withinField`). That shows: no
 * object of the truth lies wholly within so many pixels of the edge, and many of the result do.
 *
 * @param nTruth objects of the truth in all frames, `nResult` of the result
 */
export function scanRim(nTruth: number, nResult: number): RimScan {
  let margin = Number.POSITIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  /** Objects of the result, with their depth, that lie less deep than any of the truth's seen so far. */
  const shallow: { t: number; label: number; depth: number }[] = [];
  let open = nTruth >= LEAST_OBJECTS;
  return {
    frame(t, truth, result) {
      if (!open) return;
      if (truth !== null) {
        most = Math.floor(Math.min(...truth.shape.slice(-2)) * MOST_MARGIN);
        for (const depth of depths(truth).values()) margin = Math.min(margin, depth);
        open = margin >= LEAST_MARGIN;
      }
      if (!open || result === null) return;
      for (const [label, depth] of depths(result))
        if (depth < margin && depth < most) shallow.push({ t, label, depth });
    },
    found() {
      if (!open || margin > most) return null;
      const within = shallow.filter(({ depth }) => depth < margin);
      if (within.length === 0 || within.length < LEAST_SHARE * nResult) return null;
      const outside = new Map<number, Set<number>>();
      for (const { t, label } of within) outside.set(t, (outside.get(t) ?? new Set()).add(label));
      return { margin, result_nodes: within.length, outside };
    },
  };
}
