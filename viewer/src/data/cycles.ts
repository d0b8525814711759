import type { Dataset } from './types.ts';

/** The life of a cell whose birth was seen, frames; `complete` = it divided, else it was only followed so long. */
export interface Cycle {
  frames: number;
  complete: boolean;
  /** Its last node. */
  node: number;
}

/** Lives of all cells that were born in a division, both ends counted at the dividing cell's last node. */
export function findCycles({ branches, nodes }: Dataset): Cycle[] {
  const cycles: Cycle[] = [];
  for (let b = 0; b < branches.count; b++) {
    const mother = branches.parent[b]!;
    if (mother < 0) continue;
    const node = branches.nodes[branches.start[b + 1]! - 1]!;
    cycles.push({ frames: branches.t1[b]! - branches.t1[mother]!, complete: nodes.childB[node]! >= 0, node });
  }
  return cycles;
}

/**
 * The age, in frames, at which half of the cells have divided, counting those that were only followed for a while as
 * long as they were followed; NaN when less than half would. Source: Kaplan and Meier, J Am Stat Assoc 1958, 53:457,
 * doi:10.1080/01621459.1958.10501452.
 */
export function medianCycle(cycles: readonly Cycle[]): number {
  const sorted = [...cycles].sort((a, b) => a.frames - b.frames);
  let undivided = 1;
  for (let i = 0; i < sorted.length; ) {
    const { frames } = sorted[i]!;
    const atRisk = sorted.length - i;
    let divided = 0;
    for (; i < sorted.length && sorted[i]!.frames === frames; i++) if (sorted[i]!.complete) divided++;
    undivided *= 1 - divided / atRisk;
    if (undivided <= 0.5) return frames;
  }
  return Number.NaN;
}
