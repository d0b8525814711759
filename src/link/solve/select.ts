import { findComponents } from './components.ts';
import { type Part, partOf } from './part.ts';
import { findPrices, reducedCost } from './prices.ts';
import { loadSolver, solveProgram } from './program.ts';
import type { Choices, Selection } from './types.ts';

/** Costs that differ by less are equal: well below what any probability shows, well above rounding. */
const TOLERANCE = 1e-7;
/** Sweeps of the prices over all options, and then over those that the sweeps before left open. */
const SWEEPS = [6, 12, 24, 48];
/** Columns of one linear program; HiGHS ends its process somewhere above a million. */
const MAX_COLUMNS = 60_000;

/** A component that the prices did not close. */
interface Open {
  /** Options that a better selection could hold. */
  options: number[];
  guess: number[];
  cost: number;
  bound: number;
}

/** Who is taken already, by row: the number of the selection that took it last. */
interface Taken {
  source: Int32Array;
  target: Int32Array;
  turn: number;
}

function nobodyTaken(count: number): Taken {
  return { source: new Int32Array(count), target: new Int32Array(count), turn: 0 };
}

/** Options in the given order, those left out that do not fit with what is taken. */
function takeList({ source, a, b }: Choices, order: readonly number[], taken: Taken): number[] {
  const turn = ++taken.turn;
  return order.filter((o) => {
    const [u, v, w] = [source[o], a[o], b[o]];
    if (taken.source[u] === turn || taken.target[v] === turn || (w >= 0 && taken.target[w] === turn))
      return false;
    taken.source[u] = turn;
    taken.target[v] = turn;
    if (w >= 0) taken.target[w] = turn;
    return true;
  });
}

function costOf({ cost }: Choices, options: readonly number[]): number {
  return options.reduce((sum, o) => sum + cost[o], 0);
}

/** The better of two greedy selections of one component: by the hint, and by reduced cost. */
function guess(part: Part, options: readonly number[], reduced: Float64Array, taken: Taken): number[] {
  const { hint } = part;
  const likely = [...options].sort((p, q) => hint[q] - hint[p] || p - q);
  const cheap = [...options].sort((p, q) => reduced[p] - reduced[q] || p - q);
  const [one, other] = [takeList(part, likely, taken), takeList(part, cheap, taken)];
  return costOf(part, one) <= costOf(part, other) ? one : other;
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
 * close the gap between a greedy selection and the bound; what is open keeps the options whose reduced cost leaves them
 * a chance, falls apart into smaller components and gets further sweeps; then by the linear program, and where that is
 * fractional by the search for whole numbers over that component alone. Exact unless the search runs out of time, and
 * then the bound says by how much at most.
 *
 * Source: algorithms sheet D.2; fixing by reduced costs, H. Crowder, E. Johnson, M. Padberg 1983, doi
 * 10.1287/opre.31.5.803.
 *
 * @param hint by option: higher is likelier; any values are right, good ones save time
 */
export async function select(choices: Choices, hint: Float64Array): Promise<Selection> {
  const price = new Float64Array(choices.count);
  const out: Selection = {
    taken: new Uint8Array(choices.n),
    cost: 0,
    bound: 0,
    components: 0,
    open: 0,
    columns: 0,
    fractional: 0,
  };
  let part: Part = { ...choices, hint, origin: Int32Array.from({ length: choices.n }, (_, o) => o) };
  let open: Open[] = [];
  for (const [round, sweeps] of SWEEPS.entries()) {
    findPrices(part, sweeps, price);
    const components = findComponents(part);
    if (round === 0) out.components = components.length;
    open = settle(part, components, price, out);
    if (open.length === 0) return out;
    if (round + 1 < SWEEPS.length)
      part = partOf(
        part,
        open.flatMap(({ options }) => options),
      );
  }
  out.open = open.length;
  for (const batch of inBatches(open)) await solveBatch(part, batch, out);
  return out;
}

/** Finishes the components that the prices close; the others, with the options that are left to them. */
function settle(part: Part, components: readonly number[][], price: Float64Array, out: Selection): Open[] {
  const { n, count, source, a, b } = part;
  const reduced = new Float64Array(n);
  const least = new Float64Array(count);
  for (let o = 0; o < n; o++) {
    reduced[o] = reducedCost(part, price, o);
    if (reduced[o] < least[source[o]]) least[source[o]] = reduced[o];
  }
  const taken = nobodyTaken(count);
  const counted = nobodyTaken(count);
  const open: Open[] = [];
  for (const options of components) {
    const best = guess(part, options, reduced, taken);
    const cost = costOf(part, best);
    // Sum of prices and least reduced costs over the component: no selection costs less.
    const turn = ++counted.turn;
    let bound = 0;
    for (const o of options) {
      const [u, v, w] = [source[o], a[o], b[o]];
      if (counted.source[u] !== turn) bound += least[u];
      if (counted.target[v] !== turn) bound += price[v];
      counted.source[u] = turn;
      counted.target[v] = turn;
      if (w >= 0 && counted.target[w] !== turn) bound += price[w];
      if (w >= 0) counted.target[w] = turn;
    }
    if (cost - bound <= TOLERANCE) {
      finish(out, part, best, cost, cost);
      continue;
    }
    const slack = cost - bound + TOLERANCE;
    const chance = options.filter((o) => reduced[o] - least[source[o]] <= slack);
    open.push({ options: chance, guess: best, cost, bound });
  }
  return open;
}

function finish(
  out: Selection,
  { origin }: Part,
  options: readonly number[],
  cost: number,
  bound: number,
): void {
  for (const o of options) out.taken[origin[o]] = 1;
  out.cost += cost;
  out.bound += bound;
}

/** Solves several open components as one linear program, and one by one where it is fractional. */
async function solveBatch(part: Part, batch: readonly Open[], out: Selection): Promise<void> {
  const highs = await loadSolver();
  const all = batch.flatMap(({ options }) => options);
  out.columns += all.length;
  const relaxed = solveProgram(highs, part, all, false);
  let at = 0;
  for (const component of batch) {
    const { options } = component;
    const share = relaxed?.share.subarray(at, at + options.length);
    at += options.length;
    if (share === undefined) {
      finish(out, part, component.guess, component.cost, component.bound);
      continue;
    }
    let taken = options.filter((_, i) => share[i] > 0.5);
    let bound = options.reduce((sum, o, i) => sum + share[i] * part.cost[o], 0);
    if (share.some((s) => s > TOLERANCE && s < 1 - TOLERANCE)) {
      out.fractional++;
      const whole = solveProgram(highs, part, options, true);
      if (whole === null) {
        const order = [...options.keys()].sort((i, j) => share[j] - share[i] || i - j);
        taken = takeList(
          part,
          order.map((i) => options[i]),
          nobodyTaken(part.count),
        );
      } else {
        taken = options.filter((_, i) => whole.share[i] > 0.5);
        bound = whole.bound;
      }
    }
    const cost = costOf(part, taken);
    const [better, paid] = cost <= component.cost ? [taken, cost] : [component.guess, component.cost];
    finish(out, part, better, paid, Math.min(paid, Math.max(bound, component.bound)));
  }
}
