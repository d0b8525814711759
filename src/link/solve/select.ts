import { findComponents } from './components.ts';
import { bestReduced, findPrices, reducedCost } from './prices.ts';
import { loadSolver, solveProgram } from './program.ts';
import type { Choices, Selection } from './types.ts';

/** Costs that differ by less are equal: well below what any probability shows, well above rounding. */
const TOLERANCE = 1e-7;
const SWEEPS = 60;
/** Columns of one linear program; HiGHS ends its process somewhere above a million. */
const MAX_COLUMNS = 60_000;

/** Order of options by a rank, lowest first. */
function byRank(options: readonly number[], rank: (o: number) => number): number[] {
  const ranks = new Map(options.map((o) => [o, rank(o)]));
  return [...options].sort((p, q) => (ranks.get(p) as number) - (ranks.get(q) as number) || p - q);
}

/** The better of two greedy selections of one component: by the hint, and by reduced cost. */
function guess(
  choices: Choices,
  options: readonly number[],
  price: Float64Array,
  hint: Float64Array,
): number[] {
  const orders = [byRank(options, (o) => -hint[o]), byRank(options, (o) => reducedCost(choices, price, o))];
  let best: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const order of orders) {
    const taken = takeList(choices, order);
    const cost = taken.reduce((sum, o) => sum + choices.cost[o], 0);
    if (cost < least) {
      least = cost;
      best = taken;
    }
  }
  return best;
}

/** Options in the given order, those left out that do not fit with what is taken. */
function takeList({ source, a, b }: Choices, order: readonly number[]): number[] {
  const sources = new Set<number>();
  const targets = new Set<number>();
  return order.filter((o) => {
    if (sources.has(source[o]) || targets.has(a[o]) || targets.has(b[o])) return false;
    sources.add(source[o]);
    targets.add(a[o]);
    if (b[o] >= 0) targets.add(b[o]);
    return true;
  });
}

/** A component that the prices did not close. */
interface Open {
  /** Options that a better selection could hold. */
  options: number[];
  guess: number[];
  cost: number;
  bound: number;
}

/** Sum of prices and least reduced costs over one component: no selection costs less. */
function boundOf(choices: Choices, options: readonly number[], price: Float64Array): number {
  const sources = new Set(options.map((o) => choices.source[o]));
  const targets = new Set(
    options.flatMap((o) => (choices.b[o] >= 0 ? [choices.a[o], choices.b[o]] : [choices.a[o]])),
  );
  let bound = 0;
  for (const u of sources) bound += bestReduced(choices, price, u);
  for (const v of targets) bound += price[v];
  return bound;
}

/** Lists of open components, each list small enough for one program. */
function inBatches(open: readonly Open[]): Open[][] {
  const batches: Open[][] = [];
  let room = 0;
  for (const component of open) {
    if (component.options.length > room || batches.length === 0) {
      batches.push([]);
      room = MAX_COLUMNS;
    }
    batches[batches.length - 1].push(component);
    room -= component.options.length;
  }
  return batches;
}

/**
 * The cheapest selection, with a certificate. Components of competing options are settled apart: by prices where these
 * close the gap between a greedy selection and the bound, else by the linear program over the options whose reduced
 * cost leaves them a chance, and where that is fractional by the search for whole numbers over that component alone.
 * Exact unless the search runs out of time, and then the bound says by how much at most.
 *
 * Source: algorithms sheet D.2; fixing by reduced costs, H. Crowder, E. Johnson, M. Padberg 1983, doi
 * 10.1287/opre.31.5.803.
 *
 * @param hint by option: higher is likelier; any values are right, good ones save time
 */
export async function select(choices: Choices, hint: Float64Array): Promise<Selection> {
  const price = findPrices(choices, SWEEPS);
  const out: Selection = {
    taken: new Uint8Array(choices.n),
    cost: 0,
    bound: 0,
    components: 0,
    open: 0,
    columns: 0,
    fractional: 0,
  };
  const open: Open[] = [];
  for (const options of findComponents(choices, () => true)) {
    out.components++;
    const best = guess(choices, options, price, hint);
    const cost = best.reduce((sum, o) => sum + choices.cost[o], 0);
    const bound = boundOf(choices, options, price);
    const slack = cost - bound + TOLERANCE;
    if (cost - bound <= TOLERANCE) {
      finish(out, best, cost, cost);
      continue;
    }
    const least = new Map<number, number>();
    const chance = options.filter((o) => {
      const u = choices.source[o];
      if (!least.has(u)) least.set(u, bestReduced(choices, price, u));
      return reducedCost(choices, price, o) - (least.get(u) as number) <= slack;
    });
    open.push({ options: chance, guess: best, cost, bound });
  }
  out.open = open.length;
  for (const batch of inBatches(open)) await solveBatch(choices, batch, out);
  return out;
}

function finish(out: Selection, options: readonly number[], cost: number, bound: number): void {
  for (const o of options) out.taken[o] = 1;
  out.cost += cost;
  out.bound += bound;
}

/** Solves several open components as one linear program, and one by one where it is fractional. */
async function solveBatch(choices: Choices, batch: readonly Open[], out: Selection): Promise<void> {
  const highs = await loadSolver();
  const all = batch.flatMap(({ options }) => options);
  out.columns += all.length;
  const relaxed = solveProgram(highs, choices, all, false);
  let at = 0;
  for (const component of batch) {
    const { options } = component;
    const share = relaxed?.share.subarray(at, at + options.length);
    at += options.length;
    if (share === undefined) {
      finish(out, component.guess, component.cost, component.bound);
      continue;
    }
    let taken = options.filter((_, i) => share[i] > 0.5);
    let bound = options.reduce((sum, o, i) => sum + share[i] * choices.cost[o], 0);
    if (share.some((s) => s > TOLERANCE && s < 1 - TOLERANCE)) {
      out.fractional++;
      const whole = solveProgram(highs, choices, options, true);
      if (whole === null)
        taken = takeList(
          choices,
          byRank(options, (o) => -share[options.indexOf(o)]),
        );
      else {
        taken = options.filter((_, i) => whole.share[i] > 0.5);
        bound = whole.bound;
      }
    }
    const cost = taken.reduce((sum, o) => sum + choices.cost[o], 0);
    if (cost <= component.cost) finish(out, taken, cost, Math.min(cost, Math.max(bound, component.bound)));
    else
      finish(
        out,
        component.guess,
        component.cost,
        Math.min(component.cost, Math.max(bound, component.bound)),
      );
  }
}
