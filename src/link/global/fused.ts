import { demandsSomething } from '../constraints.ts';
import { buildGrid, forEachAround, type Points } from '../grid.ts';
import { type Chains, chainsOf } from './context.ts';
import { type Lonely, lonelyCosts } from './costs.ts';
import type { Scene } from './fit.ts';
import { bellCost, type LinkModel, tailTerms } from './model.ts';
import type { Outcome } from './outcome.ts';

/** Chance that a cell is seen as one with another, before the movie says otherwise; detections that this is worth. */
const P_FUSED = 0.002;
const PULL = 100;
const ROUNDS = 3;
/**
 * ln of the odds that are asked for beyond even: in dense tissue where cells often end, daughters look a little like
 * that (7 at most in epidermis-1, of two cells seen as one 11 and more, 20 mostly).
 */
const CAUTION = 8;
/** Where between the two cells one object lies: this share of the way at least, from either. */
const NEAREST = 0.25;
/** Frames that two cells are seen as one, at most. */
const LONGEST = 8;
/** ln of the object's size over the sum of the cells'. */
const TOGETHER = { mean: 0, sd: 0.35 };

/** Ended tracks by frame of their last row, as points where they were expected next. */
function endsByFrame({ detections, offsets, motion }: Scene, { next, divides }: Chains) {
  const rows: number[] = [];
  const first = new Int32Array(offsets.length);
  for (let u = 0; u < detections.count; u++) {
    if (next[u] >= 0 || divides[u] === 1) continue;
    rows.push(u);
    first[detections.t[u] + 1]++;
  }
  for (let f = 1; f < first.length; f++) first[f] += first[f - 1];
  const column = (axis: Float64Array): Float64Array => Float64Array.from(rows, (row) => axis[row]);
  const points: Points = { z: column(motion.z), y: column(motion.y), x: column(motion.x) };
  const grids = Array.from({ length: offsets.length - 1 }, (_, f) =>
    buildGrid(points, first[f], first[f + 1]),
  );
  return { rows, points, grids };
}

/**
 * Cost, less that of the chance, of cells a and b being seen as one object from row m to row `last` of its track, and going
 * on as v and w: m lies between them, each of v and w where its cell was expected, had both moved along with the object. As
 * all costs relative to everything ending and beginning.
 */
function fusedCost(
  { detections, motion, around, context }: Scene,
  model: LinkModel,
  lonely: Lonely,
  [a, b, m, last, v, w]: readonly [number, number, number, number, number, number],
): number {
  const { t, ndim: d } = detections;
  const unit = around.scale[t[m]];
  const place = (u: number): number[] => [motion.z[u], motion.y[u], motion.x[u]];
  const at = (u: number): number[] => [detections.z[u], detections.y[u], detections.x[u]];
  const [pa, pb, pm] = [place(a), place(b), at(m)];
  const stretch = [model.stretchZ, 1, 1];
  const squared = (p: number[], q: number[]): number =>
    p.reduce((sum, value, i) => sum + ((value - q[i]) / (unit * stretch[i])) ** 2, 0);
  // How far along the way from a to b the object lies.
  const [along, length2] = [0, 1, 2].reduce(
    ([dot, all], i) => [dot + (pm[i] - pa[i]) * (pb[i] - pa[i]), all + (pb[i] - pa[i]) ** 2],
    [0, 0],
  );
  const share = Math.max(NEAREST, Math.min(1 - NEAREST, length2 > 0 ? along / length2 : 0.5));
  const between = pa.map((value, i) => value + share * (pb[i] - value));
  // What the object did until then, and its neighbours do until the next frame, the cells do as well.
  const moved = place(last).map((value, i) => value - pm[i]);
  const ahead = (p: number[]): number[] => p.map((value, i) => value + moved[i]);
  const lnStretch = d === 3 ? Math.log(model.stretchZ) : 0;
  const middle = tailTerms(model.middle, d);
  const sigma = model.step.sigma * model.calm[t[m]] * Math.sqrt(t[last] - t[m] + 2);
  const step = tailTerms({ sigma, nu: model.step.nu }, d);
  const growth = tailTerms(model.growth, 1);
  const { sizeBack, sizeAhead } = context;
  const grown = (u: number, next: number): number => {
    const g = sizeAhead[next] - sizeBack[u];
    return Number.isNaN(g)
      ? lonely.size[next]
      : growth.constant + growth.slope * Math.log1p(g * g * growth.over);
  };
  const together = Math.log(detections.size[m]) - Math.log(Math.exp(sizeBack[a]) + Math.exp(sizeBack[b]));
  return (
    middle.constant +
    middle.slope * Math.log1p(squared(pm, between) * middle.over) +
    (Number.isNaN(together) ? lonely.size[m] : bellCost(TOGETHER, together)) +
    2 * step.constant +
    3 * lnStretch +
    step.slope * Math.log1p(squared(at(v), ahead(pa)) * step.over) +
    step.slope * Math.log1p(squared(at(w), ahead(pb)) * step.over) +
    grown(a, v) +
    grown(b, w) -
    (lonely.end[a] + lonely.end[b] + lonely.end[m] + lonely.begin[m] + lonely.begin[v] + lonely.begin[w])
  );
}

/**
 * Marks rows that divide in the present solution but are likelier two cells seen as one: a cell beside their
 * track was lost a few frames before, and the two daughters lie where these two cells were expected. The chance of
 * that is fitted to the movie, so that where nothing merges nothing is marked. O(n).
 *
 * @param fused by row, 1 = marked; marks are added
 */
export function markFused(scene: Scene, model: LinkModel, outcome: Outcome, fused: Uint8Array): void {
  const { detections, reach, constraints } = scene;
  const { count, t, z, y, x } = detections;
  const chains = chainsOf(count, outcome);
  const cost = new Float64Array(count);
  const daughters = new Map<number, number[]>();
  for (let k = 0; k < outcome.target.length; k++) {
    const [u, v] = [outcome.source[k], outcome.target[k]];
    cost[v] = outcome.cost[k];
    if (chains.divides[u] === 1) daughters.set(u, [...(daughters.get(u) ?? []), v]);
  }
  const lonely = lonelyCosts(t, model, scene.around);
  const ends = endsByFrame(scene, chains);
  const gain: number[] = [];
  const rows: number[] = [];
  for (const [m, [v, w]] of daughters) {
    if (t[m] === 0 || (constraints !== null && demandsSomething(constraints, m))) continue;
    let most = Number.NEGATIVE_INFINITY;
    for (
      let first = m;
      first >= 0 && t[first] > Math.max(0, t[m] - LONGEST);
      first = chains.previous[first]
    ) {
      const lost: number[] = [];
      const at = [z[first], y[first], x[first]] as const;
      forEachAround(ends.points, ends.grids[t[first] - 1], at, reach.radius[t[first]], (index) =>
        lost.push(ends.rows[index]),
      );
      const before = chains.previous[first] >= 0 ? chains.previous[first] : chains.parent[first];
      const now = cost[v] + cost[w] + (before >= 0 ? cost[first] : 0);
      for (const b of lost) {
        for (const a of before >= 0 ? [before] : lost) {
          if (a === b) continue;
          for (const [p, q] of [
            [v, w],
            [w, v],
          ])
            most = Math.max(most, now - fusedCost(scene, model, lonely, [a, b, first, m, p, q]));
        }
      }
    }
    rows.push(m);
    gain.push(most - CAUTION);
  }
  let chance = P_FUSED;
  for (let round = 0; round < ROUNDS; round++) {
    const seen = gain.reduce((sum, g) => sum + 1 / (1 + Math.exp(-g) / chance), 0);
    chance = (seen + PULL * P_FUSED) / (count + PULL);
  }
  for (const [k, m] of rows.entries()) if (gain[k] + Math.log(chance) > 0) fused[m] = 1;
}
