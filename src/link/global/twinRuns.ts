import type { Scene } from './fit.ts';
import type { LinkModel } from './model.ts';

/** Two tracks side by side, a step for each frame, from a little before they lie near each other until a little after. */
export interface TwinRun {
  a: number[];
  b: number[];
  /** Of each step but the last: may the targets of both be exchanged, and do both divide? */
  free: boolean[];
  divides: boolean[];
}

/** Degrees of freedom of what changes between twins. */
const NU = 4;

/** Costs of one run, by signs of its offsets: 0 = as they are, 1 = exchanged. */
interface RunCosts {
  /** Of the step from i to i + 1 alone: of the sizes, and over a division of the offset. */
  change: (i: number, from: number, to: number) => number;
  /** Of how the offset bends about step i; divisions end what is even. */
  bend: (i: number, before: number, now: number, after: number) => number;
}

/**
 * What the twins have in common, as they do if they are one cell found twice, says nothing of who is who: only the offset from
 * the one to the other counts. It changes evenly, so that its second differences are small; over a division it stays.
 * Both are t distributed, in the usual step of a cell: four of them make up a second difference.
 */
function costsOf({ detections, around }: Scene, model: LinkModel, { a, b, divides }: TwinRun): RunCosts {
  const { t, z, y, x, size, ndim } = detections;
  const unit = 2 * around.scale[t[a[0]]] * model.step.sigma * model.calm[t[a[0]]];
  const offset = a.map((u, i) => [
    (z[b[i]] - z[u]) / (unit * model.stretchZ),
    (y[b[i]] - y[u]) / unit,
    (x[b[i]] - x[u]) / unit,
  ]);
  const larger = a.map((u, i) => Math.log(size[b[i]] / size[u]) / (2 * model.growth.sigma));
  const sign = [1, -1];
  const tail = (d: number, square: number): number => ((NU + d) / 2) * Math.log1p(square / NU);
  const squared = (part: (axis: number) => number): number => part(0) ** 2 + part(1) ** 2 + part(2) ** 2;
  const change = (i: number, from: number, to: number): number => {
    const [now, next] = [offset[i], offset[i + 1]];
    const moved = squared((k) => sign[to] * next[k] - sign[from] * now[k]);
    const grown = (sign[to] * larger[i + 1] - sign[from] * larger[i]) ** 2;
    return (divides[i] ? tail(ndim, moved) : 0) + (Number.isNaN(grown) ? 0 : tail(1, grown));
  };
  const bend = (i: number, before: number, now: number, after: number): number => {
    if (i < 1 || i + 1 >= a.length || divides[i] || divides[i - 1]) return 0;
    const [left, here, right] = [offset[i - 1], offset[i], offset[i + 1]];
    return tail(
      ndim,
      squared((k) => sign[after] * right[k] - 2 * sign[now] * here[k] + sign[before] * left[k]),
    );
  };
  return { change, bend };
}

/** The cheapest signs of a run's offsets, the first being 0. States: sign before times 2, plus sign now. */
function cheapestSigns({ change, bend }: RunCosts, free: readonly boolean[]): number[] {
  const none = Number.POSITIVE_INFINITY;
  let least = [change(0, 0, 0), free[0] ? change(0, 0, 1) : none, none, none];
  const from: number[][] = [];
  for (let i = 1; i < free.length; i++) {
    const next = [none, none, none, none];
    const came = [0, 0, 0, 0];
    for (let state = 0; state < 4; state++) {
      const [before, now] = [state >> 1, state & 1];
      for (let to = 0; to < 2; to++) {
        if (to !== now && !free[i]) continue;
        const cost = least[state] + change(i, now, to) + bend(i, before, now, to);
        if (cost < next[2 * now + to]) [next[2 * now + to], came[2 * now + to]] = [cost, state];
      }
    }
    from.push(came);
    least = next;
  }
  let state = least.indexOf(Math.min(...least));
  const signs = [state & 1];
  for (let i = free.length - 1; i >= 0; i--) {
    signs.unshift(state >> 1);
    if (i > 0) state = from[i - 1][state];
  }
  return signs;
}

/**
 * Which steps of a run are to be exchanged, and how sure that is for each of them, the others being right. The exact
 * optimum, by dynamic programming; O(steps).
 */
export function sortRun(
  scene: Scene,
  model: LinkModel,
  run: TwinRun,
): { exchanged: boolean[]; sure: number[] } {
  const costs = costsOf(scene, model, run);
  const signs = cheapestSigns(costs, run.free);
  const { change, bend } = costs;
  const sure = run.free.map((free, i) => {
    if (!free) return 1;
    const [before, now, to, after] = [signs[Math.max(0, i - 1)], signs[i], signs[i + 1], signs[i + 2] ?? 0];
    const gain =
      change(i, now, 1 - to) -
      change(i, now, to) +
      bend(i, before, now, 1 - to) -
      bend(i, before, now, to) +
      bend(i + 1, now, 1 - to, 1 - after) -
      bend(i + 1, now, to, after);
    return 1 / (1 + Math.exp(-gain));
  });
  return { exchanged: run.free.map((_, i) => signs[i] !== signs[i + 1]), sure };
}
