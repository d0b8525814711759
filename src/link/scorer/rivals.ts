import type { Candidates, Costs } from '../global/types.ts';

/** Cheapest and second cheapest of the options that compete for one thing, and which one is the cheapest. */
export interface Rivals {
  least: Float64Array;
  second: Float64Array;
  who: Int32Array;
}

function noRivals(n: number): Rivals {
  return {
    least: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    second: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    who: new Int32Array(n).fill(-1),
  };
}

function enter({ least, second, who }: Rivals, i: number, option: number, cost: number): void {
  if (cost < least[i]) {
    second[i] = least[i];
    least[i] = cost;
    who[i] = option;
  } else if (cost < second[i]) second[i] = cost;
}

/** The cheapest at `i` besides `option`. */
export function besides({ least, second, who }: Rivals, i: number, option: number): number {
  return who[i] === option ? second[i] : least[i];
}

/** Who competes: edges and pairs by source, edges by target, and pairs by target. */
export interface Competition {
  edgeOfSource: Rivals;
  pairOfSource: Rivals;
  edgeOfTarget: Rivals;
  /** The option is the source: pairs of one source do not rival each other here. */
  pairOfTarget: Rivals;
}

/** Finds all of it in O(edges + pairs). */
export function findCompetition(candidates: Candidates, { edge, pair }: Costs): Competition {
  const { count, nEdges, source, target, nPairs, pairA, pairB } = candidates;
  const out: Competition = {
    edgeOfSource: noRivals(count),
    pairOfSource: noRivals(count),
    edgeOfTarget: noRivals(count),
    pairOfTarget: noRivals(count),
  };
  for (let k = 0; k < nEdges; k++) {
    enter(out.edgeOfSource, source[k], k, edge[k]);
    enter(out.edgeOfTarget, target[k], k, edge[k]);
  }
  for (let p = 0; p < nPairs; p++) {
    const u = source[pairA[p]];
    enter(out.pairOfSource, u, p, pair[p]);
    const { pairOfTarget } = out;
    for (const v of [target[pairA[p]], target[pairB[p]]]) {
      if (pairOfTarget.who[v] !== u) enter(pairOfTarget, v, u, pair[p]);
      else pairOfTarget.least[v] = Math.min(pairOfTarget.least[v], pair[p]);
    }
  }
  return out;
}
