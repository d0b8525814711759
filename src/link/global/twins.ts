import { allowsLink } from '../constraints.ts';
import { buildGrid, findNearestFew } from '../grid.ts';
import { type Counterpart, exchangeTargets } from './exchange.ts';
import type { Scene } from './fit.ts';
import type { LinkModel } from './model.ts';
import type { Outcome } from './outcome.ts';
import { sortRun, type TwinRun } from './twinRuns.ts';

/** Rows of a frame nearer to each other than this, in spacings, are twins: cells lie farther apart. */
const NEAR = 0.2;
/** Frames before twins lie near each other, and after, that say which is which. */
const CONTEXT = 2;

/** Targets of every row, two at most, and source of every row; -1 = none. */
interface Steps {
  first: Int32Array;
  second: Int32Array;
  source: Int32Array;
}

function stepsOf(count: number, { source, target }: Outcome): Steps {
  const none = (): Int32Array => new Int32Array(count).fill(-1);
  const steps: Steps = { first: none(), second: none(), source: none() };
  for (const [k, v] of target.entries()) {
    const u = source[k];
    if (steps.first[u] < 0) steps.first[u] = v;
    else steps.second[u] = v;
    steps.source[v] = u;
  }
  return steps;
}

/** The twin of every row, each the other's nearest; -1 = none. */
function findTwins({ detections, offsets, around }: Scene): Int32Array {
  const { count, z, y, x } = detections;
  const nearest = new Int32Array(count).fill(-1);
  for (let t = 0; t + 1 < offsets.length; t++) {
    const grid = buildGrid(detections, offsets[t], offsets[t + 1]);
    for (let u = offsets[t]; u < offsets[t + 1]; u++) {
      const at = [z[u], y[u], x[u]] as const;
      const { rows } = findNearestFew(detections, grid, at, 2, NEAR * around.scale[t]);
      nearest[u] = rows.find((row) => row !== u) ?? -1;
    }
  }
  return nearest.map((w, u) => (w >= 0 && nearest[w] === u ? w : -1));
}

/** Which target of a answers to which of b: one of each, or two by where they lie; none where only one of them divides. */
function counterparts(
  { z, y, x }: Scene['detections'],
  { first, second }: Steps,
  a: number,
  b: number,
): [number, number][] {
  if (first[a] < 0 || first[b] < 0 || second[a] >= 0 !== second[b] >= 0) return [];
  if (second[a] < 0) return [[first[a], first[b]]];
  const far = (v: number, w: number): number => (z[v] - z[w]) ** 2 + (y[v] - y[w]) ** 2 + (x[v] - x[w]) ** 2;
  const straight = far(first[a], first[b]) + far(second[a], second[b]);
  const across = far(first[a], second[b]) + far(second[a], first[b]);
  const [v, w] = straight <= across ? [first[b], second[b]] : [second[b], first[b]];
  return [
    [first[a], v],
    [second[a], w],
  ];
}

/** The run of twins that begins with the step from a and b to v and w. */
function followRun(
  { first, second, source }: Steps,
  isFree: (a: number, b: number, v: number, w: number) => boolean,
  [a, b, v, w]: readonly [number, number, number, number],
): TwinRun {
  const run: TwinRun = { a: [a, v], b: [b, w], free: [isFree(a, b, v, w)], divides: [second[a] >= 0] };
  for (let k = 0; k < CONTEXT; k++) {
    const [p, q] = [source[run.a[0]], source[run.b[0]]];
    if (p < 0 || q < 0 || p === q || second[p] >= 0 || second[q] >= 0) break;
    run.a.unshift(p);
    run.b.unshift(q);
    run.free.unshift(false);
    run.divides.unshift(false);
  }
  let [p, q] = [v, w];
  for (let apart = 0; apart < CONTEXT; ) {
    const [next, other] = [first[p], first[q]];
    if (next < 0 || other < 0 || second[p] >= 0 || second[q] >= 0) break;
    const free = isFree(p, q, next, other);
    if (!free) apart++;
    run.a.push(next);
    run.b.push(other);
    run.free.push(free);
    run.divides.push(false);
    [p, q] = [next, other];
  }
  return run;
}

/**
 * Looks again at who is who where two detections lie on one spot for some frames: cells annotated, or found, twice. Each link by
 * itself is then as likely as the one across, as what the cell does is the same for both; what tells them apart is that the offset
 * from the one to the other changes evenly, and stays over a division. Exchanges targets in `outcome`. O(n).
 *
 * Of c2c12-bmp2's detections 11 % are twins: 47 of its 275 wrong links and 10 of its 29 missed divisions are put right. No
 * other of the bench's ten sets has more than two.
 */
export function sortTwins(scene: Scene, model: LinkModel, outcome: Outcome): void {
  const { detections, constraints } = scene;
  const twin = findTwins(scene);
  const steps = stepsOf(detections.count, outcome);
  const isFree = (a: number, b: number, v: number, w: number): boolean =>
    twin[a] === b &&
    twin[v] === w &&
    (constraints === null || (allowsLink(constraints, a, w) && allowsLink(constraints, b, v)));
  const found = new Map<number, Counterpart>();
  for (const [a, b] of twin.entries()) {
    if (b < a) continue;
    for (const [v, w] of counterparts(detections, steps, a, b)) {
      if (found.has(v) || !isFree(a, b, v, w)) continue;
      const run = followRun(steps, isFree, [a, b, v, w]);
      const { exchanged, sure } = sortRun(scene, model, run);
      for (const [i, free] of run.free.entries()) {
        if (!free) continue;
        const [p, q] = [run.a[i + 1], run.b[i + 1]];
        found.set(p, { row: q, exchanged: exchanged[i], sure: sure[i] });
        found.set(q, { row: p, exchanged: exchanged[i], sure: sure[i] });
      }
    }
  }
  exchangeTargets(outcome, found);
}
