import { MorulaError } from '../../errors/index.ts';
import { type Constraints, type ConstraintTable, readConstraints } from '../constraints.ts';
import { checkDemands, demandedGaps } from '../global/demands.ts';
import { type Belief, believe, type Scene } from '../global/fit.ts';
import { closeGaps } from '../global/gaps.ts';
import type { LinkModel } from '../global/model.ts';
import { addToOutcome, emptyOutcome, type Outcome, optionProbs } from '../global/outcome.ts';
import type { Costs } from '../global/types.ts';
import { choicesOf } from '../solve/choices.ts';
import { select } from '../solve/select.ts';
import type { DiffLink, LinkDiff, LinkGraph } from '../types.ts';
import { diffLinks } from './diff.ts';
import { fitWindow } from './fitWindow.ts';
import { type Part, partAround, unmetRows } from './open.ts';
import { cutWindow, type Window } from './window.ts';

/** What a link that stands is cheaper by: a change must be e^2 times likelier, or demanded. */
const INERTIA = 2;

const PAIRS = ['mustLink', 'cannotLink'] as const;
const ROWS = ['mustDivide', 'cannotDivide', 'forbidden', 'required', 'frozenOut', 'frozenIn'] as const;

/** Constraints all of whose rows have a place, by their places. */
function moveRows(constraints: Constraints, placeOf: (row: number) => number): Constraints {
  const out: { [K in keyof Constraints]: Constraints[K] } = {};
  for (const name of PAIRS) {
    const pairs = (constraints[name] ?? []).map(([u, v]) => [placeOf(u), placeOf(v)] as const);
    out[name] = pairs.filter(([u, v]) => u >= 0 && v >= 0);
  }
  for (const name of ROWS) out[name] = (constraints[name] ?? []).map(placeOf).filter((row) => row >= 0);
  return out;
}

/** What must be looked at: rows that break a constraint, and those that lack a link, if they are asked about. */
function givenRows(window: Window, table: ConstraintTable, asked: readonly number[]): Part {
  const { sources, targets } = unmetRows(table, window);
  const [linkedOut, linkedIn] = [
    new Set([...window.source, ...window.leaving]),
    new Set([...window.target, ...window.entering]),
  ];
  const lone = asked.filter((row) => !table.forbidden.has(row));
  return {
    sources: new Set([...sources, ...lone.filter((row) => !linkedOut.has(row))]),
    targets: new Set([...targets, ...lone.filter((row) => !linkedIn.has(row))]),
  };
}

/** Costs with links as they stand made cheaper. */
function withInertia({ candidates, costs }: Belief, { source, target }: Window): Costs {
  const stands = new Set(source.map((u, k) => `${u} ${target[k]}`));
  const { pairA, pairB } = candidates;
  const held = Uint8Array.from(candidates.source, (u, k) =>
    stands.has(`${u} ${candidates.target[k]}`) ? 1 : 0,
  );
  return {
    edge: costs.edge.map((cost, k) => cost - (held[k] === 1 ? INERTIA : 0)),
    pair: costs.pair.map((cost, p) => cost - (held[pairA[p]] + held[pairB[p]] === 2 ? INERTIA : 0)),
  };
}

/** Costs with all that does not lie in a part, or is pinned by a link out of the window, ruled out. */
function within(
  costs: Costs,
  { candidates: { source, target, pairA, pairB } }: Belief,
  open: (u: number, v: number) => boolean,
): Costs {
  const edge = costs.edge.map((cost, k) => (open(source[k], target[k]) ? cost : Number.POSITIVE_INFINITY));
  const pair = costs.pair.map((cost, p) => {
    const both = Number.isFinite(edge[pairA[p]]) || open(source[pairA[p]], target[pairA[p]]);
    return both && open(source[pairB[p]], target[pairB[p]]) ? cost : Number.POSITIVE_INFINITY;
  });
  return { edge, pair };
}

/** Links of the window that lie outside the part, with nothing decided about the part yet. */
function startOutcome({ links }: LinkGraph, window: Window, part: Part): Outcome {
  const out = emptyOutcome(window.detections.count);
  for (let k = 0; k < window.link.length; k++) {
    if (part.sources.has(window.source[k])) continue;
    out.source.push(window.source[k]);
    out.target.push(window.target[k]);
    out.cost.push(links.cost[window.link[k]]);
    out.prob.push(links.prob[window.link[k]]);
  }
  return out;
}

/** Adds the links over gaps that are demanded, and those that stood and still can. */
function keepGaps(
  { links }: LinkGraph,
  window: Window,
  part: Part,
  table: ConstraintTable,
  out: Outcome,
): void {
  const { t } = window.detections;
  const taken = new Set(out.target);
  const after = new Map<number, number>();
  for (const u of out.source) after.set(u, (after.get(u) ?? 0) + 1);
  const add = (u: number, v: number, cost: number, prob: number): void => {
    out.source.push(u);
    out.target.push(v);
    out.cost.push(cost);
    out.prob.push(prob);
    taken.add(v);
    after.set(u, (after.get(u) ?? 0) + 1);
  };
  for (const [u, v] of demandedGaps(table, t)) {
    if (part.sources.has(u) && !taken.has(v)) add(u, v, Number.NaN, 1);
  }
  // A lone link over a gap does not become a late daughter.
  const stood = new Map<number, number>();
  for (const u of window.source) stood.set(u, (stood.get(u) ?? 0) + 1);
  const freed = (u: number): boolean => table.frozenOut.has(u) || table.forbidden.has(u);
  for (const [k, u] of window.source.entries()) {
    const v = window.target[k];
    if (t[v] - t[u] < 2 || !part.sources.has(u) || taken.has(v) || freed(u)) continue;
    if (table.cannot.has(`${u} ${v}`) || table.forbidden.has(v) || table.frozenIn.has(v)) continue;
    const most = table.cannotDivide.has(u) ? 0 : (stood.get(u) ?? 1) - 1;
    if ((after.get(u) ?? 0) <= most) add(u, v, links.cost[window.link[k]], links.prob[window.link[k]]);
  }
}

/** Decides anew on the links of a part. */
async function solvePart(
  graph: LinkGraph,
  window: Window,
  { scene, model, belief }: { scene: Scene; model: LinkModel; belief: Belief },
  costs: Costs,
  part: Part,
  table: ConstraintTable,
): Promise<Outcome> {
  const open = within(costs, belief, (u, v) => part.sources.has(u) && part.targets.has(v));
  const choices = choicesOf(belief.candidates, open);
  const probs = optionProbs(belief, choices);
  const selection = await select(choices, probs);
  const out = startOutcome(graph, window, part);
  const { offsets, detections } = scene;
  const last = offsets.length - 2;
  if (last > 0) {
    const rows = [0, offsets[last], offsets[last + 1], offsets[1]] as const;
    addToOutcome(out, belief, choices, probs, selection, rows);
  }
  keepGaps(graph, window, part, table, out);
  const frozen = (inPart: ReadonlySet<number>): number[] =>
    Array.from({ length: detections.count }, (_, row) => row).filter((row) => !inPart.has(row));
  const closed: ConstraintTable = {
    ...table,
    frozenOut: new Set([...table.frozenOut, ...frozen(part.sources), ...window.leaving]),
    frozenIn: new Set([...table.frozenIn, ...frozen(part.targets), ...window.entering]),
  };
  await closeGaps({ ...scene, constraints: closed }, model, out, graph.options.maxFrameInterval);
  return out;
}

/**
 * Decides anew, by the global linker's costs, on the links that compete with what constraints near a detection demand:
 * the smallest part that no other link depends on. Links that stand are kept unless others are much likelier or are
 * demanded; where all constraints are met already and the detection has its links, nothing changes. What lies farther
 * than 4 frames, or outside the 800 detections of a frame nearest to the seed, is neither looked at nor changed. About a
 * second; the graph is not changed.
 *
 * @param constraints all that is known of the movie; those that lie outside the window count as met
 * @param seed row of the detection about which to look
 * @throws `invalid-option` naming constraints that contradict each other, or one that cannot be met beside the others
 */
export async function resolve(graph: LinkGraph, constraints: Constraints, seed: number): Promise<LinkDiff> {
  const { detections: all, links } = graph;
  if (!Number.isInteger(seed) || seed < 0 || seed >= all.count) {
    throw new MorulaError('invalid-option', `link: the seed must be a row below ${all.count}, got ${seed}`);
  }
  readConstraints(constraints, all.t);
  const window = cutWindow(graph, seed);
  const table = readConstraints(moveRows(constraints, window.rowOf), window.detections.t);
  const required = (constraints.required ?? []).map(window.rowOf).filter((row) => row >= 0);
  const given = givenRows(window, table, [window.rowOf(seed), ...required]);
  const nothing: LinkDiff = { added: [], removed: [], divisions: { added: [], removed: [] }, rows: [] };
  if (given.sources.size + given.targets.size === 0) return nothing;

  const fitted = fitWindow(window, graph.options);
  const scene: Scene = { ...fitted.scene, constraints: table };
  const belief = believe(scene, fitted.model, () => true);
  const [leaving, entering] = [new Set(window.leaving), new Set(window.entering)];
  const free = (u: number, v: number): boolean => !leaving.has(u) && !entering.has(v);
  const costs = within(withInertia(belief, window), belief, free);
  const standing = { source: window.source, target: window.target };
  const part = partAround(choicesOf(belief.candidates, costs), standing, given);
  const out = await solvePart(graph, window, { scene, model: fitted.model, belief }, costs, part, table);

  const { rows } = window;
  const after: DiffLink[] = [];
  const now = { source: out.source.map((u) => rows[u]), target: out.target.map((v) => rows[v]) };
  const here = moveRows(constraints, (row) => (window.rowOf(row) < 0 ? -1 : row));
  checkDemands(readConstraints(here, all.t), now, all.t);
  for (const [k, source] of now.source.entries()) {
    if (!part.sources.has(out.source[k])) continue;
    after.push({ source, target: now.target[k], cost: out.cost[k], prob: out.prob[k] });
  }
  const before: DiffLink[] = [];
  for (const [k, link] of window.link.entries()) {
    if (!part.sources.has(window.source[k])) continue;
    const [source, target] = [links.source[link], links.target[link]];
    before.push({ source, target, cost: links.cost[link], prob: links.prob[link] });
  }
  return diffLinks(
    before,
    after,
    [...new Set([...part.sources, ...part.targets])].map((row) => rows[row]),
  );
}
