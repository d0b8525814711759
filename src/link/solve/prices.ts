import type { Choices } from './types.ts';

/** Options by target: those that take row v are `option[start[v]]` to `option[start[v + 1] - 1]`, sorted by source. */
interface Takers {
  start: Int32Array;
  option: Int32Array;
}

function takersOf({ count, n, a, b }: Choices): Takers {
  const start = new Int32Array(count + 1);
  for (let o = 0; o < n; o++) {
    start[a[o] + 1]++;
    if (b[o] >= 0) start[b[o] + 1]++;
  }
  for (let v = 0; v < count; v++) start[v + 1] += start[v];
  const next = start.slice();
  const option = new Int32Array(start[count]);
  for (let o = 0; o < n; o++) {
    option[next[a[o]]++] = o;
    if (b[o] >= 0) option[next[b[o]]++] = o;
  }
  return { start, option };
}

/** Cost of an option less the prices of what it takes. */
export function reducedCost({ a, b, cost }: Choices, price: Float64Array, o: number): number {
  return cost[o] - price[a[o]] - (b[o] >= 0 ? price[b[o]] : 0);
}

/** The least reduced cost that a source can have, doing nothing (0) included. */
export function bestReduced(choices: Choices, price: Float64Array, u: number): number {
  let best = 0;
  for (let o = choices.start[u]; o < choices.start[u + 1]; o++) {
    best = Math.min(best, reducedCost(choices, price, o));
  }
  return best;
}

/**
 * Prices of the targets, 0 or less, that make the sum of prices and of every source's least reduced cost as large as
 * exact steps along one price at a time can: a lower bound of what any selection costs, mostly the best one. O(sweeps x
 * options of competing sources).
 *
 * The step: as a function of v's price the bound rises while no source wants v, and falls once two do, so the price is
 * set half-way between the two that want it most.
 *
 * Source: the dual of set packing; D. Bertsekas 1988, The auction algorithm, doi 10.1007/BF02186476; A. Globerson,
 * T. Jaakkola 2007, Fixing max-product (block coordinate steps).
 */
export function findPrices(choices: Choices, sweeps: number): Float64Array {
  const { count, start } = choices;
  const price = new Float64Array(count);
  const takers = takersOf(choices);
  // A target that one source alone can take never needs a price.
  const wanted: number[] = [];
  for (let v = 0; v < count; v++) {
    const [from, to] = [takers.start[v], takers.start[v + 1]];
    if (to > from && choices.source[takers.option[from]] !== choices.source[takers.option[to - 1]])
      wanted.push(v);
  }
  // Targets whose price may move: all, then those that share a source with one that moved.
  const stale = new Uint8Array(count).fill(1);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = false;
    for (const v of wanted) {
      if (stale[v] === 0) continue;
      stale[v] = 0;
      // first, second: the two lowest prices at which a source begins to want v.
      let first = Number.POSITIVE_INFINITY;
      let second = Number.POSITIVE_INFINITY;
      const old = price[v];
      for (let k = takers.start[v]; k < takers.start[v + 1]; ) {
        const u = choices.source[takers.option[k]];
        let having = Number.POSITIVE_INFINITY;
        let without = 0;
        for (let o = start[u]; o < start[u + 1]; o++) {
          const reduced = reducedCost(choices, price, o);
          if (choices.a[o] === v || choices.b[o] === v) having = Math.min(having, reduced + old);
          else without = Math.min(without, reduced);
        }
        const at = having - without;
        if (at < first) {
          second = first;
          first = at;
        } else if (at < second) second = at;
        while (k < takers.start[v + 1] && choices.source[takers.option[k]] === u) k++;
      }
      const next = Math.min(0, second === Number.POSITIVE_INFINITY ? 0 : (first + second) / 2);
      if (Math.abs(next - old) < 1e-9) continue;
      price[v] = next;
      moved = true;
      for (let k = takers.start[v]; k < takers.start[v + 1]; k++) {
        const u = choices.source[takers.option[k]];
        for (let o = start[u]; o < start[u + 1]; o++) {
          stale[choices.a[o]] = 1;
          if (choices.b[o] >= 0) stale[choices.b[o]] = 1;
        }
      }
      stale[v] = 0;
    }
    if (!moved) break;
  }
  return price;
}
