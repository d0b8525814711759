import { allowsAlone } from '../constraints.ts';
import { buildGrid, findNearestTo, type Points } from '../grid.ts';
import { NEAR } from './broken.ts';
import { chainsOf } from './context.ts';
import type { Scene } from './fit.ts';
import type { LinkModel } from './model.ts';
import type { Outcome } from './outcome.ts';

/** Chance that an end and a beginning that are linked here are two cells after all. */
const TWO_CELLS = 0.1;

/**
 * Links ends to beginnings of the next frame that lie where the cell would, each the other's nearest. The model holds
 * leaving and coming for likelier where cells do that all the time, near the rim, and where the image's border cuts outlines, so
 * that sizes and places change as they never do inside; but hardly ever does one cell leave right where another one comes. In
 * movies that show detections astray, tracks of one detection are left alone: most are false. Adds to `outcome`. O(n).
 *
 * Of 32 such pairs in the solutions of the bench's ten sets and of two sets of masks 29 are one cell: all 20 of migrating cells, 9
 * of 12 of the epidermis, embryos have none; of 45 in four sets with faults 38.
 */
export function joinBeside(scene: Scene, model: Pick<LinkModel, 'stray'>, outcome: Outcome): void {
  const { detections, offsets, motion, around, reach, constraints } = scene;
  const { next, previous, parent, divides } = chainsOf(detections.count, outcome);
  const begins = (v: number): boolean => previous[v] < 0 && parent[v] < 0;
  const ends = (u: number): boolean => next[u] < 0 && divides[u] === 0;
  const usable = (f: number, row: number): boolean =>
    model.stray === 0 || f === 0 || f + 2 === offsets.length || !(begins(row) && ends(row));
  const joined = new Map<number, number>();
  for (let f = 0; f + 2 < offsets.length; f++) {
    const sources = rowsWhere(offsets[f], offsets[f + 1], (u) => ends(u) && usable(f, u));
    const starts = rowsWhere(offsets[f + 1], offsets[f + 2], (v) => begins(v) && usable(f + 1, v));
    if (sources.length === 0 || starts.length === 0) continue;
    const [expected, found] = [placesOf(motion, sources), placesOf(detections, starts)];
    const [back, ahead] = [buildGrid(expected, 0, sources.length), buildGrid(found, 0, starts.length)];
    const radius = Math.min(NEAR * around.scale[f], reach.radius[f]);
    for (const [i, u] of sources.entries()) {
      const { row, d2 } = findNearestTo(found, ahead, [expected.z[i], expected.y[i], expected.x[i]]);
      if (row < 0 || d2 > radius * radius) continue;
      if (findNearestTo(expected, back, [found.z[row], found.y[row], found.x[row]]).row !== i) continue;
      const v = starts[row];
      if (constraints === null || allowsAlone(constraints, u, v)) joined.set(u, v);
    }
  }
  addLinks(outcome, joined);
}

function rowsWhere(from: number, to: number, keep: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = from; row < to; row++) if (keep(row)) rows.push(row);
  return rows;
}

function placesOf({ z, y, x }: Points, rows: readonly number[]): Points {
  const column = (axis: Float64Array): Float64Array => Float64Array.from(rows, (row) => axis[row]);
  return { z: column(z), y: column(y), x: column(x) };
}

/** Adds links, their costs not known; that the cells are two becomes the alternative. */
function addLinks(outcome: Outcome, joined: ReadonlyMap<number, number>): void {
  const { ends, begins, alternatives } = outcome;
  for (const [u, v] of joined) {
    outcome.source.push(u);
    outcome.target.push(v);
    outcome.cost.push(Number.NaN);
    outcome.prob.push(1 - TWO_CELLS);
    [ends[u], begins[v]] = [TWO_CELLS, TWO_CELLS];
  }
  const linked = new Set(joined.values());
  for (const [k, v] of alternatives.targetA.entries()) {
    const u = alternatives.source[k];
    const other = alternatives.targetB[k] < 0 && joined.get(u) === v;
    if (!other && !(u < 0 && linked.has(v))) continue;
    if (other) alternatives.targetA[k] = -1;
    alternatives.prob[k] = TWO_CELLS;
  }
}
