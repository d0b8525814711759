import { allowsAlone, allowsLink, type ConstraintTable } from '../constraints.ts';
import { buildGrid, type FrameGrid, forEachAround, type Points } from '../grid.ts';
import { choicesOf } from '../solve/choices.ts';
import { select } from '../solve/select.ts';
import { buildCandidates } from './candidates.ts';
import { carryForward } from './carry.ts';
import { type Chains, chainsOf } from './context.ts';
import { lonelyCosts } from './costs.ts';
import type { Scene } from './fit.ts';
import { findMarginals } from './marginals.ts';
import { type LinkModel, LOOSE_APART, LOOSE_TOTAL, looseCost, looseTerms, tailTerms } from './model.ts';
import type { Outcome } from './outcome.ts';
import type { Candidates } from './types.ts';

/** Chance that a cell is missed in a frame, before the movie says otherwise; detections that this is worth. */
const P_MISSED = 0.02;
const PULL = 100;
const ROUNDS = 3;

/** Links over missed frames, with their cost were nothing ever missed. */
interface Gaps {
  source: number[];
  target: number[];
  cost: number[];
  /** Frames missed. */
  missed: number[];
}

/** Rows that begin tracks behind the first frame, by frame, and where they are. */
function startsByFrame(
  { detections, offsets }: Scene,
  chains: Chains,
): { grids: FrameGrid[]; rows: Int32Array; points: Points } {
  const { t, z, y, x, count } = detections;
  const rows: number[] = [];
  const first = new Int32Array(offsets.length);
  for (let v = 0; v < count; v++) {
    if (t[v] === 0 || chains.previous[v] >= 0 || chains.parent[v] >= 0) continue;
    rows.push(v);
    first[t[v] + 1]++;
  }
  for (let f = 1; f < first.length; f++) first[f] += first[f - 1];
  const column = (axis: Float64Array): Float64Array => Float64Array.from(rows, (row) => axis[row]);
  const points = { z: column(z), y: column(y), x: column(x) };
  const grids = Array.from({ length: offsets.length - 1 }, (_, f) =>
    buildGrid(points, first[f], first[f + 1]),
  );
  return { grids, rows: Int32Array.from(rows), points };
}

/** Row of u's cell `frames` frames on, -1 if its track ends, divides or has a gap before. */
function followed({ next, divides }: Chains, u: number, frames: number): number {
  let at = u;
  for (let k = 0; k < frames && at >= 0; k++) at = divides[at] === 1 ? -1 : next[at];
  return at;
}

/**
 * Ends joined to starts up to `maxInterval` frames later, and starts as late daughters of cells that went on alone
 * (the daughter was missed at first). Costs as for links between frames, the spread growing with the root of time.
 */
function findGaps(
  scene: Scene,
  model: LinkModel,
  chains: Chains,
  edgeCost: Float32Array,
  maxInterval: number,
): Gaps {
  const { detections, offsets, motion, around, reach, context } = scene;
  const { t, z, y, x, count } = detections;
  const starts = startsByFrame(scene, chains);
  const frames = offsets.length - 1;
  const every = Array.from({ length: frames }, (_, f) => buildGrid(detections, offsets[f], offsets[f + 1]));
  const lonely = lonelyCosts(t, model, around);
  const d = model.ndim;
  const growth = tailTerms(model.growth, 1);
  const ratio = tailTerms(model.asymmetry, 1);
  const separation = looseTerms(model.separation, LOOSE_APART);
  const daughters = looseTerms(model.daughters, LOOSE_TOTAL);
  const lnStretch = d === 3 ? Math.log(model.stretchZ) : 0;
  const lnSphere = Math.log(d === 3 ? 2 * Math.PI : Math.PI);
  const gaps: Gaps = { source: [], target: [], cost: [], missed: [] };
  const push = (source: number, target: number, cost: number, missed: number): void => {
    if (scene.constraints !== null && !allowsGap(scene.constraints, chains, source, target)) return;
    gaps.source.push(source);
    gaps.target.push(target);
    gaps.cost.push(cost);
    gaps.missed.push(missed);
  };
  for (let u = 0; u < count; u++) {
    if (chains.divides[u] === 1) continue;
    const unit = around.scale[t[u]];
    for (let dt = 2; dt <= maxInterval && t[u] + dt < frames; dt++) {
      const w = followed(chains, u, dt);
      const ends = chains.next[u] < 0;
      const grid = starts.grids[t[u] + dt];
      if ((!ends && (w < 0 || !reach.divisions)) || grid.rows.length === 0) continue;
      const at = carryForward(detections, motion, every, u, dt);
      const radius = reach.radius[t[u]] * Math.sqrt(ends ? dt : 1);
      const squared = (z: number, y: number, x: number): number =>
        ((z - at[0]) / (unit * model.stretchZ)) ** 2 + ((y - at[1]) / unit) ** 2 + ((x - at[2]) / unit) ** 2;
      const root = Math.sqrt(dt);
      const step = tailTerms({ sigma: model.step.sigma * model.calm[t[u]] * root, nu: model.step.nu }, d);
      const middle = tailTerms({ sigma: model.middle.sigma * root, nu: model.middle.nu }, d);
      forEachAround(starts.points, grid, at, radius, (index) => {
        const v = starts.rows[index];
        if (ends) {
          const g = context.sizeAhead[v] - context.sizeBack[u];
          const size = Number.isNaN(g)
            ? lonely.size[v]
            : growth.constant + growth.slope * Math.log1p(g * g * growth.over);
          const far = step.slope * Math.log1p(squared(z[v], y[v], x[v]) * step.over);
          push(u, v, step.constant + lnStretch + far + size - lonely.end[u] - lonely.begin[v], dt - 1);
          return;
        }
        const off = squared((z[v] + z[w]) / 2, (y[v] + y[w]) / 2, (x[v] + x[w]) / 2);
        const lnApart = Math.log(Math.max(1e-3, Math.hypot(z[v] - z[w], y[v] - y[w], x[v] - x[w]) / unit));
        const [sv, sw] = [context.sizeAhead[v], context.sizeAhead[w]];
        const sum = Math.log(Math.exp(sv) + Math.exp(sw)) - context.sizeBack[u];
        const size = Number.isNaN(sum)
          ? lonely.size[v] + lonely.size[w]
          : looseCost(daughters, sum) +
            ratio.constant +
            ratio.slope * Math.log1p((sv - sw) ** 2 * ratio.over);
        const pair =
          -Math.log(model.pDivide[t[u]]) +
          middle.constant +
          lnStretch +
          lnSphere +
          middle.slope * Math.log1p(off * middle.over) +
          looseCost(separation, lnApart) +
          d * lnApart +
          size -
          lonely.end[u] -
          lonely.begin[v] -
          lonely.begin[w];
        push(u, v, pair - edgeCost[chains.next[u]], dt - 1);
      });
    }
  }
  return gaps;
}

/** False where constraints rule a gap, or a late daughter, out; what they demand over gaps is added elsewhere. */
function allowsGap(table: ConstraintTable, { next }: Chains, u: number, v: number): boolean {
  if (table.targets.has(u) || table.source.has(v)) return false;
  return next[u] < 0 ? allowsAlone(table, u, v) : allowsLink(table, u, v) && !table.cannotDivide.has(u);
}

/** Costs of gap links where a cell is missed with a given chance. */
function withMisses(candidates: Candidates, gaps: Gaps, pMissed: number): Float64Array {
  const at = new Map(gaps.source.map((u, k) => [u * candidates.count + gaps.target[k], k]));
  return Float64Array.from(candidates.source, (u, e) => {
    const k = at.get(u * candidates.count + candidates.target[e]) as number;
    return gaps.cost[k] - gaps.missed[k] * Math.log(pMissed);
  });
}

/**
 * Second pass, on what the frame pairs leave open: gaps and late daughters, all at once and exactly. The chance of a
 * miss is fitted to the movie. Adds to `outcome`.
 *
 * Source: algorithms sheet D.9, step 6.
 */
export async function closeGaps(
  scene: Scene,
  model: LinkModel,
  outcome: Outcome,
  maxInterval: number,
): Promise<void> {
  const { count } = scene.detections;
  if (maxInterval < 2 || count === 0) return;
  const edgeCost = new Float32Array(count);
  for (let k = 0; k < outcome.target.length; k++) edgeCost[outcome.target[k]] = outcome.cost[k];
  const chains = chainsOf(count, outcome);
  const gaps = findGaps(scene, model, chains, edgeCost, maxInterval);
  if (gaps.source.length === 0) return;
  const candidates = buildCandidates(count, gaps, () => false);
  const pair = new Float64Array(0);
  let pMissed = P_MISSED;
  for (let round = 0; round < ROUNDS; round++) {
    const { edge } = findMarginals(candidates, { edge: withMisses(candidates, gaps, pMissed), pair });
    const missed = edge.reduce((sum, p) => sum + p, 0);
    pMissed = (missed + PULL * P_MISSED) / (count + missed + PULL);
  }
  const costs = { edge: withMisses(candidates, gaps, pMissed), pair };
  const { edge } = findMarginals(candidates, costs);
  const choices = choicesOf(candidates, costs);
  const selection = await select(
    choices,
    Float64Array.from(choices.ref, (k) => edge[k]),
  );
  for (let o = 0; o < choices.n; o++) {
    if (selection.taken[o] === 0) continue;
    const [u, v, prob] = [choices.source[o], choices.a[o], edge[choices.ref[o]]];
    outcome.source.push(u);
    outcome.target.push(v);
    outcome.cost.push(choices.cost[o]);
    outcome.prob.push(prob);
    outcome.begins[v] *= 1 - prob;
    if (chains.next[u] < 0) outcome.ends[u] *= 1 - prob;
    else outcome.divides[u] = prob;
  }
  outcome.solve.cost += selection.cost;
  outcome.solve.bound += selection.bound;
  outcome.solve.components += selection.components;
}
