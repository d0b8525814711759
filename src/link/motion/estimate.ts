import type { Detections } from '../../segment/types.ts';
import { buildGrid, type FrameGrid, type Points } from '../grid.ts';
import { middleOf } from '../median.ts';
import { applyAffine, fitMap, identity, isPlausible, translation } from './affine.ts';
import { localFlow } from './flow.ts';
import { mutualNearest, pairDistances } from './pairs.ts';
import type { FrameMotion, Motion, MotionChoice, RowPairs } from './types.ts';
import { voteShift } from './vote.ts';

/** What must fall, and by how much, before a freer map is taken: the median distance of pairs, by 5 %. */
const GAIN = 0.95;
/** Cells that a frame must have before displacements are voted on, and pairs before a shift, or a map, is fitted. */
const LEAST_VOTERS = 10;
const LEAST_SHIFTED = 5;
const LEAST_PAIRS = 30;
/** Voting reaches 3 spacings in bins of a quarter. */
const REACH = 3;
const BIN = 0.25;
const MAX_ITERATIONS = 8;

/** Everything that one frame's estimate needs. */
interface Step {
  points: Points;
  /** Rows of the frame. */
  span: readonly [number, number];
  next: FrameGrid;
  /** Where the rows are expected, rewritten by `place`. */
  moved: Points;
}

/** Writes the images of the frame's rows under `matrix`. */
function place({ points, span, moved }: Step, matrix: Float64Array): void {
  for (let i = span[0]; i < span[1]; i++) {
    [moved.z[i], moved.y[i], moved.x[i]] = applyAffine(matrix, points.z[i], points.y[i], points.x[i]);
  }
}

/** A map, the pairs that it makes, and their median distance. */
interface Fit {
  kind: FrameMotion['kind'];
  matrix: Float64Array;
  pairs: RowPairs;
  distance: number;
}

function judge(step: Step, kind: Fit['kind'], matrix: Float64Array, given: RowPairs | null): Fit {
  place(step, matrix);
  const pairs = given ?? mutualNearest(step.points, step.moved, step.span, step.next);
  return { kind, matrix, pairs, distance: middleOf(pairDistances(step.points, step.moved, pairs)) };
}

/** Component-wise median of what is left between the pairs. */
function medianShift({ points, moved }: Step, { from, to }: RowPairs): [number, number, number] {
  const along = (axis: 'z' | 'y' | 'x'): number =>
    middleOf(Float64Array.from(from, (i, k) => points[axis][to[k]] - moved[axis][i]));
  return [along('z'), along('y'), along('x')];
}

/** Trimmed iterated closest points from a start: pairs, their median shift, again, until it stays. */
function iterateShift(step: Step, start: Fit, given: RowPairs | null, tolerance: number): Fit {
  let fit = start;
  for (let i = 0; i < MAX_ITERATIONS && fit.pairs.from.length > 0; i++) {
    place(step, fit.matrix);
    const by = medianShift(step, fit.pairs);
    const matrix = fit.matrix.slice();
    matrix[3] += by[0];
    matrix[7] += by[1];
    matrix[11] += by[2];
    const next = judge(step, 'shift', matrix, given);
    // More pairs at the same distance is better as well, so that a shift need not shorten anything.
    if (!(next.distance < fit.distance)) break;
    fit = next;
    if (Math.hypot(...by) < tolerance) break;
  }
  return fit;
}

/** The 80 % of pairs that lie nearest. */
function nearestPairs(step: Step, { from, to }: RowPairs): RowPairs {
  const distance = pairDistances(step.points, step.moved, { from, to });
  const order = Array.from(from.keys()).sort((a, b) => distance[a] - distance[b] || a - b);
  const keep = order.slice(0, Math.ceil(0.8 * order.length));
  return { from: keep.map((k) => from[k]), to: keep.map((k) => to[k]) };
}

/** The best map of one frame: nothing, a shift, a rigid or an affine map, each only where it pays. */
function fitFrame(step: Step, given: RowPairs | null, spacing: number, flat: boolean): Fit {
  const still = judge(step, 'none', identity(), given);
  let best = still;
  const starts = [still];
  if (
    given === null &&
    step.span[1] - step.span[0] >= LEAST_VOTERS &&
    step.next.rows.length >= LEAST_VOTERS
  ) {
    const options = { reach: REACH * spacing, bin: BIN * spacing, flat };
    const { shift, votes, votesAtZero } = voteShift(step.points, step.span, step.next, options);
    if (votes > votesAtZero) starts.push(judge(step, 'shift', translation(shift), null));
  }
  for (const start of starts) {
    const fit = iterateShift(step, start, given, 0.01 * spacing);
    const n = fit.pairs.from.length;
    // A shift fits its own pairs: by a share of 1 / n of the squares, which says nothing.
    const gain = (n >= best.pairs.from.length ? GAIN : GAIN / 2) * Math.sqrt(1 - 1 / n);
    if (n >= LEAST_SHIFTED && fit.distance < gain * best.distance) best = fit;
  }
  for (const kind of ['rigid', 'affine'] as const) {
    if (best.pairs.from.length < LEAST_PAIRS) break;
    place(step, best.matrix);
    const matrix = fitMap(step.points, nearestPairs(step, best.pairs), kind);
    if (matrix === null || !isPlausible(matrix)) continue;
    const fit = judge(step, kind, matrix, given);
    if (fit.distance < GAIN * best.distance) best = fit;
  }
  place(step, best.matrix);
  return best;
}

/** Adds the local flow to the expected places, unless (for `auto`) it brings the pairs no nearer. */
function addFlow(step: Step, fit: Fit, force: boolean): { flow: boolean; distance: number } {
  const { moved, span } = step;
  const flow = localFlow(step.points, span, moved, fit.pairs);
  const add = (sign: number): void => {
    for (let i = span[0]; i < span[1]; i++) {
      moved.z[i] += sign * flow[0][i - span[0]];
      moved.y[i] += sign * flow[1][i - span[0]];
      moved.x[i] += sign * flow[2][i - span[0]];
    }
  };
  add(1);
  const distance = middleOf(pairDistances(step.points, moved, fit.pairs));
  if (force || distance < GAIN * fit.distance) return { flow: true, distance };
  add(-1);
  return { flow: false, distance: fit.distance };
}

/**
 * How the cells move from every frame to the next: displacement voting, trimmed iterated closest points, a rigid or
 * affine map where that shortens the median distance by 5 %, and local flow. Nearly O(n).
 *
 * Source: algorithms sheet F.2, after P. Besl, N. McKay 1992, A method for registration of 3-D shapes,
 * doi 10.1109/34.121791 (closest points); W. Kabsch 1976, doi 10.1107/S0567739476001873 (rotation; here by polar
 * decomposition).
 *
 * @param offsets first row of every frame, length = frames + 1
 * @param spacing usual distance to the nearest neighbour, micrometres
 * @param links pairs of rows known to be one cell, by source row (-1 = none); null = nearest neighbours are taken
 */
export function estimateMotion(
  detections: Detections,
  offsets: Int32Array,
  choice: MotionChoice,
  spacing: number,
  links: Int32Array | null = null,
): Motion {
  const { z, y, x } = detections;
  const motion: Motion = { frames: [], z: z.slice(), y: y.slice(), x: x.slice() };
  for (let t = 0; t + 2 < offsets.length; t++) {
    const span = [offsets[t], offsets[t + 1]] as const;
    const next = buildGrid(detections, offsets[t + 1], offsets[t + 2]);
    const step: Step = { points: detections, span, next, moved: motion };
    const given = links === null ? null : pairsOfFrame(links, span);
    if (choice === 'none' || span[1] === span[0] || next.rows.length === 0) {
      const { distance } = judge(step, 'none', identity(), given);
      motion.frames.push({
        kind: 'none',
        matrix: identity(),
        flow: false,
        before: distance,
        after: distance,
      });
      continue;
    }
    const before = judge(step, 'none', identity(), given).distance;
    const fit = fitFrame(step, given, spacing, detections.ndim === 2);
    const { flow, distance } =
      choice === 'drift' ? { flow: false, distance: fit.distance } : addFlow(step, fit, choice === 'flow');
    motion.frames.push({ kind: fit.kind, matrix: fit.matrix, flow, before, after: distance });
  }
  return motion;
}

/** Links from the rows of one frame. */
function pairsOfFrame(links: Int32Array, [from, to]: readonly [number, number]): RowPairs {
  const pairs: RowPairs = { from: [], to: [] };
  for (let i = from; i < to; i++) {
    if (links[i] < 0) continue;
    pairs.from.push(i);
    pairs.to.push(links[i]);
  }
  return pairs;
}
