import { buildGrid, type FrameGrid, findNearestFew, type Points } from '../../grid.ts';
import { buildCandidates } from '../candidates.ts';
import type { Chains } from '../context.ts';
import { findCosts } from '../costs.ts';
import { measureCandidates } from '../measures.ts';
import type { LinkModel } from '../model.ts';
import type { Candidates, Costs } from '../types.ts';
import type { Joined } from './join.ts';

/** What candidates below the threshold could be: links, divisions, and being nothing. */
export interface Hypotheses {
  /** Edges of a row to itself stand for a candidate that is nothing. */
  candidates: Candidates;
  /** Costs were nothing weak; those of rows to themselves mean nothing. */
  costs: Costs;
}

/** Nearest targets of a source that are considered. */
const TARGETS = 6;
/** Daughters' middle at most this share of the reach from where the parent was expected. */
const MIDDLE = 0.7;

/** Rows of every frame that satisfy `keep`, as grids over copies of their places. */
function gridsOf(
  { z, y, x }: Points,
  offsets: Int32Array,
  keep: (row: number) => boolean,
): { points: Points; rows: number[]; grids: FrameGrid[] } {
  const rows: number[] = [];
  const start = [0];
  for (let t = 0; t + 1 < offsets.length; t++) {
    for (let row = offsets[t]; row < offsets[t + 1]; row++) if (keep(row)) rows.push(row);
    start.push(rows.length);
  }
  const points = {
    z: Float64Array.from(rows, (row) => z[row]),
    y: Float64Array.from(rows, (row) => y[row]),
    x: Float64Array.from(rows, (row) => x[row]),
  };
  return { points, rows, grids: start.slice(1).map((end, t) => buildGrid(points, start[t], end)) };
}

/** Links from what ends or is weak to what begins or is weak in the next frame. @param chains of the joined rows */
function findEdges({ scene, added }: Joined, chains: Chains): { source: number[]; target: number[] } {
  const { detections, offsets, motion, reach } = scene;
  const { t, count } = detections;
  const { next, previous, parent, divides } = chains;
  const begins = (v: number): boolean => added[v] === 1 || (t[v] > 0 && previous[v] < 0 && parent[v] < 0);
  const targets = gridsOf(detections, offsets, begins);
  const source: number[] = [];
  const target: number[] = [];
  for (let u = 0; u < count; u++) {
    if ((added[u] === 0 && (next[u] >= 0 || divides[u] === 1)) || t[u] + 2 >= offsets.length) continue;
    const at = [motion.z[u], motion.y[u], motion.x[u]] as const;
    const near = findNearestFew(targets.points, targets.grids[t[u] + 1], at, TARGETS, reach.radius[t[u]]);
    for (const index of near.rows) {
      source.push(u);
      target.push(targets.rows[index]);
    }
  }
  return { source, target };
}

/**
 * All hypotheses of a joined scene with their costs. Cells that go on alone get no weak second daughter: nothing asks
 * for it.
 *
 * @param chains of the joined rows
 */
export function findHypotheses(joined: Joined, model: LinkModel, chains: Chains): Hypotheses {
  const { scene, added, addedRow } = joined;
  const { detections, motion, around, context, momentum, reach } = scene;
  const { count, t, z, y, x } = detections;
  const { source, target } = findEdges(joined, chains);
  const isNear = (u: number, v: number, w: number): boolean => {
    const off = [(z[v] + z[w]) / 2 - motion.z[u], (y[v] + y[w]) / 2 - motion.y[u]];
    return Math.hypot(...off, (x[v] + x[w]) / 2 - motion.x[u]) < MIDDLE * reach.radius[t[u]];
  };
  const candidates = buildCandidates(
    count,
    { source: [...source, ...addedRow], target: [...target, ...addedRow] },
    (u, v, w) => {
      const weak = added[u] + added[v] + added[w] > 0;
      return reach.divisions && weak && u !== v && u !== w && isNear(u, v, w);
    },
  );
  const measures = measureCandidates(detections, motion, around.scale, candidates, context, momentum);
  return { candidates, costs: findCosts(t, candidates, measures, context, model, around) };
}
