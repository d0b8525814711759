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
  /** Costs were nothing weak; 0 for a row to itself. */
  costs: Costs;
}

/** Nearest targets of a source that are considered, and nearest cells that may have a weak daughter. */
const TARGETS = 6;
const MOTHERS = 3;
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

interface Pairs {
  source: number[];
  target: number[];
}

/**
 * Links in which something weak takes part, from what ends or is weak to what begins or is weak in the next frame; and
 * from cells that go on alone to weak second daughters.
 *
 * @param chains of the joined rows
 */
function findEdges({ scene, added }: Joined, chains: Chains): { open: Pairs; late: Pairs } {
  const { detections, offsets, motion, reach } = scene;
  const { t, z, y, x, count } = detections;
  const { next, previous, parent, divides } = chains;
  const begins = (v: number): boolean => added[v] === 1 || (t[v] > 0 && previous[v] < 0 && parent[v] < 0);
  const targets = gridsOf(detections, offsets, begins);
  const open: Pairs = { source: [], target: [] };
  for (let u = 0; u < count; u++) {
    if ((added[u] === 0 && (next[u] >= 0 || divides[u] === 1)) || t[u] + 2 >= offsets.length) continue;
    const at = [motion.z[u], motion.y[u], motion.x[u]] as const;
    const near = findNearestFew(targets.points, targets.grids[t[u] + 1], at, TARGETS, reach.radius[t[u]]);
    for (const index of near.rows) {
      open.source.push(u);
      open.target.push(targets.rows[index]);
    }
  }
  const late: Pairs = { source: [], target: [] };
  if (!reach.divisions) return { open, late };
  const alone = (u: number): boolean => next[u] >= 0 && divides[u] === 0 && t[next[u]] === t[u] + 1;
  const mothers = gridsOf(motion, offsets, alone);
  for (let v = 0; v < count; v++) {
    if (added[v] === 0 || t[v] === 0) continue;
    const radius = reach.radius[t[v] - 1];
    const grid = mothers.grids[t[v] - 1];
    for (const index of findNearestFew(mothers.points, grid, [z[v], y[v], x[v]], MOTHERS, radius).rows) {
      const u = mothers.rows[index];
      const w = next[u];
      const off = [(z[v] + z[w]) / 2 - motion.z[u], (y[v] + y[w]) / 2 - motion.y[u]];
      if (Math.hypot(...off, (x[v] + x[w]) / 2 - motion.x[u]) > MIDDLE * radius) continue;
      late.source.push(u);
      late.target.push(v);
    }
  }
  return { open, late };
}

/** All hypotheses of a joined scene with their costs. @param chains of the joined rows */
export function findHypotheses(joined: Joined, model: LinkModel, chains: Chains): Hypotheses {
  const { scene, added, addedRow } = joined;
  const { detections, motion, around, context, momentum, reach } = scene;
  const { count, t, z, y, x } = detections;
  const { next } = chains;
  const { open, late } = findEdges(joined, chains);
  // What a late daughter's mother does now is measured beside what she would do.
  const mothers = [...new Set(late.source)];
  const asked = {
    source: [...open.source, ...late.source, ...mothers],
    target: [...open.target, ...late.target, ...mothers.map((u) => next[u])],
  };
  const isOpen = (u: number): boolean => added[u] === 1 || next[u] < 0;
  const isNear = (u: number, v: number, w: number): boolean => {
    const off = [(z[v] + z[w]) / 2 - motion.z[u], (y[v] + y[w]) / 2 - motion.y[u]];
    return Math.hypot(...off, (x[v] + x[w]) / 2 - motion.x[u]) < MIDDLE * reach.radius[t[u]];
  };
  const somethingWeak = (u: number, v: number, w: number): boolean => added[u] + added[v] + added[w] > 0;
  const measured = buildCandidates(count, asked, (u, v, w) => {
    if (!reach.divisions || !isNear(u, v, w) || !somethingWeak(u, v, w)) return false;
    return isOpen(u) || v === next[u] || w === next[u];
  });
  const measures = measureCandidates(detections, motion, around.scale, measured, context, momentum);
  const costs = findCosts(t, measured, measures, context, model, around);

  const edgeCost = new Map<number, number>();
  const key = (u: number, v: number): number => u * count + v;
  for (let k = 0; k < measured.nEdges; k++)
    edgeCost.set(key(measured.source[k], measured.target[k]), costs.edge[k]);
  const pairCost = new Map<string, number>();
  for (let p = 0; p < measured.nPairs; p++) {
    const [a, b] = [measured.pairA[p], measured.pairB[p]];
    const [u, v, w] = [measured.source[a], measured.target[a], measured.target[b]];
    pairCost.set(`${u} ${v} ${w}`, costs.pair[p]);
    // A second daughter costs what a division costs more than going on.
    if (isOpen(u)) continue;
    const daughter = v === next[u] ? w : v;
    edgeCost.set(key(u, daughter), costs.pair[p] - (edgeCost.get(key(u, next[u])) as number));
  }
  const offered = (u: number, v: number): boolean => isOpen(u) || pairCost.has(pairName(u, v, next[u]));
  const kept = late.source.map((u, k) => [u, late.target[k]]).filter(([u, v]) => offered(u, v));
  const edges = {
    source: [...open.source, ...kept.map(([u]) => u), ...addedRow],
    target: [...open.target, ...kept.map(([, v]) => v), ...addedRow],
  };
  const candidates = buildCandidates(
    count,
    edges,
    (u, v, w) => isOpen(u) && v !== u && w !== u && pairCost.has(pairName(u, v, w)),
  );
  const { source, target, pairA, pairB } = candidates;
  return {
    candidates,
    costs: {
      edge: Float64Array.from(source, (u, k) =>
        u === target[k] ? 0 : (edgeCost.get(key(u, target[k])) as number),
      ),
      pair: Float64Array.from(
        pairA,
        (a, p) => pairCost.get(pairName(source[a], target[a], target[pairB[p]])) as number,
      ),
    },
  };
}

/** A division's name, whichever daughter is named first; candidates have them in rising order. */
const pairName = (u: number, v: number, w: number): string => `${u} ${Math.min(v, w)} ${Math.max(v, w)}`;
