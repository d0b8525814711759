import type { Measures } from './measures.ts';
import type { Dataset } from './types.ts';

/** The life of a cell whose birth was seen, frames; `complete` = it divided, else it was only followed so long. */
export interface Cycle {
  frames: number;
  complete: boolean;
  branch: number;
  /** Its last node. */
  node: number;
}

/** Lives of all cells that were born in a division, both ends counted at the dividing cell's last node. */
export function findCycles({ branches, nodes }: Dataset): Cycle[] {
  const cycles: Cycle[] = [];
  for (let branch = 0; branch < branches.count; branch++) {
    const mother = branches.parent[branch]!;
    if (mother < 0) continue;
    const node = branches.nodes[branches.start[branch + 1]! - 1]!;
    const complete = nodes.childB[node]! >= 0;
    cycles.push({ frames: branches.t1[branch]! - branches.t1[mother]!, complete, branch, node });
  }
  return cycles;
}

/**
 * Cycles of which every link and both divisions have at least the probability `least`; those that nobody judged stay.
 * A wrong link makes cycles that never were, mostly short ones.
 */
export function sureCycles(
  cycles: readonly Cycle[],
  { branches, divisions }: Dataset,
  { confidence, prob }: Pick<Measures, 'confidence' | 'prob'>,
  least: number,
): Cycle[] {
  const doubtful = new Set(Array.from(divisions).filter((_, k) => prob[k]! < least));
  const lastOf = (b: number): number => branches.nodes[branches.start[b + 1]! - 1]!;
  return cycles.filter(
    ({ branch, node }) =>
      !(confidence[branch]! < least) &&
      !doubtful.has(node) &&
      !doubtful.has(lastOf(branches.parent[branch]!)),
  );
}

/**
 * Share of cells that have not divided after an age, one step per age at which some divided; cells that were only
 * followed for a while count as long as they were followed. Source: Kaplan and Meier, J Am Stat Assoc 1958, 53:457,
 * doi:10.1080/01621459.1958.10501452.
 */
export function survival(cycles: readonly Cycle[]): { frames: number; undivided: number }[] {
  const sorted = [...cycles].sort((a, b) => a.frames - b.frames);
  const steps: { frames: number; undivided: number }[] = [];
  let undivided = 1;
  for (let i = 0; i < sorted.length; ) {
    const { frames } = sorted[i]!;
    const atRisk = sorted.length - i;
    let divided = 0;
    for (; i < sorted.length && sorted[i]!.frames === frames; i++) if (sorted[i]!.complete) divided++;
    undivided *= 1 - divided / atRisk;
    if (divided > 0) steps.push({ frames, undivided });
  }
  return steps;
}

/** The age, in frames, at which half of the cells have divided by `survival`; NaN when less than half would. */
export const medianCycle = (cycles: readonly Cycle[]): number =>
  survival(cycles).find(({ undivided }) => undivided <= 0.5)?.frames ?? Number.NaN;

/** Complete cycles of both daughters of a division, A before B. */
export function sisterPairs(cycles: readonly Cycle[], { branches }: Dataset): [Cycle, Cycle][] {
  const complete = new Map(cycles.filter((c) => c.complete).map((c) => [c.branch, c]));
  const pairs: [Cycle, Cycle][] = [];
  for (const a of complete.values()) {
    const mother = branches.parent[a.branch]!;
    const b = complete.get(branches.childB[mother]!);
    if (branches.childA[mother] === a.branch && b !== undefined) pairs.push([a, b]);
  }
  return pairs;
}

/** Pearson's correlation; NaN with fewer than three pairs, or where one side does not vary. */
export function correlation(pairs: readonly (readonly [number, number])[]): number {
  const n = pairs.length;
  if (n < 3) return Number.NaN;
  const mean = (k: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[k], 0) / n;
  const [mx, my] = [mean(0), mean(1)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [x, y] of pairs) {
    xy += (x - mx) * (y - my);
    xx += (x - mx) ** 2;
    yy += (y - my) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}
