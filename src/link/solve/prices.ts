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

/** Prices that would move by less stay. */
const STILL = 1e-9;

/** Cost of an option less the prices of what it takes. */
export function reducedCost({ a, b, cost }: Choices, price: Float64Array, o: number): number {
  return cost[o] - price[a[o]] - (b[o] >= 0 ? price[b[o]] : 0);
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
 *
 * @param price where to begin; any prices of 0 or less are right, good ones save sweeps. It is written to and given back
 */
export function findPrices(
  choices: Choices,
  sweeps: number,
  price: Float64Array = new Float64Array(choices.count),
): Float64Array {
  const { n, start, source, a, b } = choices;
  const takers = takersOf(choices);
  const wanted: number[] = [];
  for (let v = 0; v < choices.count; v++) {
    const [from, to] = [takers.start[v], takers.start[v + 1]];
    // A target that one source alone can take never needs a price.
    if (to > from && source[takers.option[from]] !== source[takers.option[to - 1]]) wanted.push(v);
    else price[v] = 0;
  }
  const reduced = new Float64Array(n);
  for (let o = 0; o < n; o++) reduced[o] = reducedCost(choices, price, o);
  // Targets whose price may move: all, then those that share a source with one that moved.
  const stale = new Uint8Array(choices.count).fill(1);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = false;
    for (const v of wanted) {
      if (stale[v] === 0) continue;
      stale[v] = 0;
      const [from, to] = [takers.start[v], takers.start[v + 1]];
      // first, second: the two lowest prices at which a source begins to want v.
      let first = Number.POSITIVE_INFINITY;
      let second = Number.POSITIVE_INFINITY;
      const old = price[v];
      for (let k = from; k < to; ) {
        const u = source[takers.option[k]];
        let having = Number.POSITIVE_INFINITY;
        let without = 0;
        for (let o = start[u]; o < start[u + 1]; o++) {
          if (a[o] === v || b[o] === v) {
            if (reduced[o] < having) having = reduced[o];
          } else if (reduced[o] < without) without = reduced[o];
        }
        const at = having + old - without;
        if (at < first) {
          second = first;
          first = at;
        } else if (at < second) second = at;
        while (k < to && source[takers.option[k]] === u) k++;
      }
      const next = Math.min(0, (first + second) / 2);
      if (Math.abs(next - old) < STILL) continue;
      price[v] = next;
      moved = true;
      for (let k = from; k < to; ) {
        const u = source[takers.option[k]];
        for (let o = start[u]; o < start[u + 1]; o++) {
          stale[a[o]] = 1;
          if (b[o] >= 0) stale[b[o]] = 1;
        }
        for (; k < to && source[takers.option[k]] === u; k++) reduced[takers.option[k]] += old - next;
      }
      stale[v] = 0;
    }
    if (!moved) break;
  }
  return price;
}
