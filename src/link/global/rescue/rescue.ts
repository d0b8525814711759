import { takeRows } from '../../../array/index.ts';
import type { Detections } from '../../../segment/types.ts';
import { choicesOf } from '../../solve/choices.ts';
import { select } from '../../solve/select.ts';
import { chainsOf } from '../context.ts';
import type { Scene } from '../fit.ts';
import { findMarginals } from '../marginals.ts';
import type { LinkModel } from '../model.ts';
import { emptyOutcome, type Outcome, optionProbs } from '../outcome.ts';
import type { Candidates, Costs } from '../types.ts';
import { findHypotheses, type Hypotheses } from './hypotheses.ts';
import { type Joined, joinWeak } from './join.ts';
import {
  existenceCosts,
  followCost,
  initialVisibility,
  refitVisibility,
  type Visibility,
  weakLinkCost,
} from './visibility.ts';

/** What became of candidates below the threshold. */
export interface Rescue {
  /** Rows of the candidates that are cells, ascending. */
  rescued: Int32Array;
  /** The scene and the outcome with these as further rows. */
  scene: Scene;
  outcome: Outcome;
}

/** Rounds of fitting how often cells are weak. */
const ROUNDS = 4;

/** Costs of hypotheses where what is weak has its price. `follow`: see `refitVisibility`. */
function priced(
  { candidates, costs }: Hypotheses,
  added: Uint8Array,
  addedRow: Int32Array,
  exists: Float64Array,
  visibility: Visibility,
): Costs & { follow: Float64Array } {
  const { source, target } = candidates;
  const alone = new Map(Array.from(addedRow, (row, k) => [row, exists[k]]));
  const onlyTo = (u: number, v: number): number => weakLinkCost(visibility, added[u], added[v]);
  const follow = new Float64Array(costs.edge.length).fill(Number.NaN);
  return {
    follow,
    edge: costs.edge.map((cost, k) => {
      const [u, v] = [source[k], target[k]];
      if (u === v) return -(alone.get(u) as number);
      const link = cost + onlyTo(u, v);
      if (added[u] === 0 || added[v] === 0) return link;
      const there = alone.get(v) as number;
      follow[k] = link + there;
      return followCost(visibility, follow[k]) - there;
    }),
    // Daughters of a weak cell are new: nothing is carried over to them.
    pair: costs.pair,
  };
}

/** The outcome in the rows of a joined scene. */
function outcomeIn({ rowOf, added }: Pick<Joined, 'rowOf' | 'added'>, before: Outcome): Outcome {
  const out = emptyOutcome(added.length);
  const at = (row: number): number => (row < 0 ? row : rowOf[row]);
  out.source = before.source.map(at);
  out.target = before.target.map(at);
  out.cost = before.cost;
  out.prob = before.prob;
  for (let i = 0; i < rowOf.length; i++) {
    out.ends[rowOf[i]] = before.ends[i];
    out.begins[rowOf[i]] = before.begins[i];
    out.divides[rowOf[i]] = before.divides[i];
  }
  const { source, targetA, targetB, prob } = before.alternatives;
  out.alternatives = { source: source.map(at), targetA: targetA.map(at), targetB: targetB.map(at), prob };
  out.solve = { ...before.solve };
  return out;
}

/** Rows of cells, or of candidates, inside and near the rim. */
function countByRim(rim: Uint8Array, added: Uint8Array, which: 0 | 1): [number, number] {
  const n: [number, number] = [0, 0];
  for (let row = 0; row < rim.length; row++) if (added[row] === which) n[rim[row]]++;
  return n;
}

/** Selected options as links in the rows of the candidates. */
interface Found {
  source: number[];
  target: number[];
  cost: number[];
  prob: number[];
  /** By source row: probability of the division. */
  divides: Map<number, number>;
}

/**
 * Lets candidates below the threshold be cells where tracks ask for it: between what ends and what begins, between a
 * mother and her daughters, as a mother or as daughters. That something dim stays where it is says little where what is nothing
 * stays as well. Each is optional: using it has a price, which follows from how often cells
 * of this movie are weak and how many candidates are none, and which better links must win back. All of them are
 * decided at once and exactly; what was linked before stays.
 *
 * A candidate's row takes the part of a source and of a target. That it is nothing is a link from the row to itself, so
 * that one selection in which each source and each target is used once at most settles both.
 *
 * Source: optional detections, algorithms sheet D.2 and D.7 (J. Bragantini et al. 2024, Ultrack, doi
 * 10.1007/978-3-031-73116-7_3).
 *
 * @param weak candidates below the threshold, sorted by frame, none overlapping a detection
 * @returns null where none becomes a cell
 */
export async function rescueWeak(
  scene: Scene,
  model: LinkModel,
  before: Outcome,
  weak: Detections,
): Promise<Rescue | null> {
  // Frames behind the last detection are none of the scene's.
  const frames = scene.offsets.length - 1;
  const usable = Int32Array.from(weak.t.keys()).filter((row) => weak.t[row] < frames);
  const joined = joinWeak(scene, takeRows(weak, usable));
  const { added, addedRow } = joined;
  const { around, detections, offsets } = joined.scene;
  const start = outcomeIn(joined, before);
  const hypotheses = findHypotheses(joined, model, chainsOf(detections.count, start));
  const { candidates } = hypotheses;
  const cells = countByRim(around.rim, added, 0);
  const last = offsets.length - 2;
  const edges = (row: number): [boolean, boolean] => [detections.t[row] === 0, detections.t[row] === last];
  const unusedEdge = findLoops(candidates, addedRow);
  let visibility = initialVisibility(cells, countByRim(around.rim, added, 1));
  const costsNow = (): ReturnType<typeof priced> => {
    const exists = existenceCosts(addedRow, detections, model, around, visibility, edges);
    return priced(hypotheses, added, addedRow, exists, visibility);
  };
  for (let round = 0; round < ROUNDS; round++) {
    const costs = costsNow();
    const marginals = findMarginals(candidates, costs);
    const unused = Float64Array.from(unusedEdge, (k) => marginals.edge[k]);
    const { follow } = costs;
    visibility = refitVisibility(
      visibility,
      candidates,
      marginals,
      added,
      addedRow,
      unused,
      follow,
      around,
      cells,
    );
  }
  const costs = costsNow();
  const marginals = findMarginals(candidates, costs);
  const choices = choicesOf(candidates, costs);
  const probs = optionProbs({ candidates, costs, marginals }, choices);
  const selection = await select(choices, probs);

  const found: Found = { source: [], target: [], cost: [], prob: [], divides: new Map() };
  for (let o = 0; o < choices.n; o++) {
    const [u, a, b] = [choices.source[o], choices.a[o], choices.b[o]];
    if (selection.taken[o] === 0 || u === a) continue;
    for (const v of b < 0 ? [a] : [a, b]) {
      found.source.push(u);
      found.target.push(v);
      found.cost.push(b < 0 ? choices.cost[o] : choices.cost[o] / 2);
      found.prob.push(Math.min(1, probs[o]));
    }
    if (b >= 0) found.divides.set(u, probs[o]);
  }
  const linked = new Set([...found.source, ...found.target]);
  const used = Int32Array.from(addedRow.keys()).filter((k) => linked.has(addedRow[k]));
  if (used.length === 0) return null;
  const rescued = used.map((k) => usable[k]);
  const final = finish(joinWeak(scene, takeRows(weak, rescued)), joined, used, before, found);
  final.outcome.solve.cost += selection.cost;
  final.outcome.solve.bound += selection.bound;
  final.outcome.solve.components += selection.components;
  return { rescued, ...final };
}

/** Edge of every candidate to itself. */
function findLoops({ edgeStart, target }: Candidates, rows: Int32Array): Int32Array {
  return rows.map((row) => {
    let k = edgeStart[row];
    while (target[k] !== row) k++;
    return k;
  });
}

/** The scene and outcome with those candidates alone that became cells. */
function finish(
  final: Joined,
  joined: Joined,
  used: Int32Array,
  before: Outcome,
  found: Found,
): Pick<Rescue, 'scene' | 'outcome'> {
  // From rows of the scene with all candidates to those of the scene with the rescued ones.
  const rowOf = new Int32Array(joined.added.length).fill(-1);
  for (let i = 0; i < joined.rowOf.length; i++) rowOf[joined.rowOf[i]] = final.rowOf[i];
  for (let k = 0; k < used.length; k++) rowOf[joined.addedRow[used[k]]] = final.addedRow[k];
  const outcome = outcomeIn(final, before);
  for (const row of final.addedRow) [outcome.ends[row], outcome.begins[row]] = [1, 1];
  for (let k = 0; k < found.source.length; k++) {
    const [u, v, prob] = [rowOf[found.source[k]], rowOf[found.target[k]], found.prob[k]];
    outcome.source.push(u);
    outcome.target.push(v);
    outcome.cost.push(found.cost[k]);
    outcome.prob.push(prob);
    outcome.begins[v] *= 1 - prob;
    // Both links of a division have the one probability.
    if (k === 0 || found.source[k - 1] !== found.source[k]) outcome.ends[u] *= 1 - prob;
  }
  for (const [u, prob] of found.divides) outcome.divides[rowOf[u]] = prob;
  return { scene: final.scene, outcome };
}
