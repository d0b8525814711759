import type { Dataset } from '../data/types.ts';
import { LINEAGE_DARK } from './palette.ts';

/** Frames that neighbours are looked for in, and how near (in radii) they are neighbours. */
const FRAMES = 10;
const NEAR = 4.5;
/** Squares of the grid in a column, more than any picture has. */
const COLUMN = 2 ** 24;
/** Neighbours in the sorted tree count as this many meetings. */
const TREE_WEIGHT = 3;

/**
 * A colour for every lineage, such that neighbours in the image and in the tree differ where the palette allows:
 * greedy, largest lineage first, taking the colour least used around it.
 *
 * @param treeOrder lineage numbers as the tree sorts them
 * @returns per lineage (index = number): place in the palette
 */
export function colourLineages(data: Dataset, treeOrder: readonly number[]): Uint8Array {
  const meetings = new Map<number, Map<number, number>>();
  const meet = (a: number, b: number, weight: number): void => {
    for (const [p, q] of [
      [a, b],
      [b, a],
    ] as const) {
      const row = meetings.get(p) ?? new Map<number, number>();
      meetings.set(p, row.set(q, (row.get(q) ?? 0) + weight));
    }
  };
  for (let k = 1; k < treeOrder.length; k++) meet(treeOrder[k - 1]!, treeOrder[k]!, TREE_WEIGHT);
  const frames = new Set<number>();
  for (let k = 0; k < FRAMES; k++) frames.add(Math.round((k * (data.nFrames - 1)) / (FRAMES - 1)));
  for (const t of frames) meetInFrame(data, t, meet);

  const colours = new Uint8Array(data.nLineages + 1).fill(255);
  const used = new Float64Array(LINEAGE_DARK.length);
  const cost = new Float64Array(LINEAGE_DARK.length);
  treeOrder.forEach((lineage, rank) => {
    // A small term spreads the palette evenly; the vivid first half is preferred.
    for (let c = 0; c < cost.length; c++) cost[c] = used[c]! / (rank + 1) + (c >= 5 ? 0.05 : 0);
    for (const [other, weight] of meetings.get(lineage) ?? []) {
      const c = colours[other]!;
      if (c !== 255) cost[c]! += weight;
    }
    let best = 0;
    for (let c = 1; c < cost.length; c++) if (cost[c]! < cost[best]!) best = c;
    colours[lineage] = best;
    used[best]!++;
  });
  return colours;
}

/** Pairs of lineages with cells nearer than `NEAR` radii, by a grid of that size; cost O(cells) for even density. */
function meetInFrame(data: Dataset, t: number, meet: (a: number, b: number, weight: number) => void): void {
  const { nodes, frameStart, space } = data;
  const [first, end] = [frameStart[t]!, frameStart[t + 1]!];
  if (end - first < 2) return;
  let sum = 0;
  for (let i = first; i < end; i++) sum += nodes.radius[i]! > 0 ? nodes.radius[i]! : 0;
  const fallback = (Math.max(space.width, space.height) * space.umPerUnit) / 60;
  const reach = NEAR * (sum > 0 ? sum / (end - first) : fallback);
  const cells = new Map<number, number[]>();
  const at = (i: number, dx = 0, dy = 0): number =>
    (Math.floor(nodes.x[i]! / reach) + dx) * COLUMN + Math.floor(nodes.y[i]! / reach) + dy;
  for (let i = first; i < end; i++) {
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (const j of cells.get(at(i, dx, dy)) ?? []) {
          if (nodes.lineage[i] === nodes.lineage[j]) continue;
          const far = Math.hypot(
            nodes.x[i]! - nodes.x[j]!,
            nodes.y[i]! - nodes.y[j]!,
            nodes.z[i]! - nodes.z[j]!,
          );
          if (far <= reach) meet(nodes.lineage[i]!, nodes.lineage[j]!, 1);
        }
      }
    }
    const row = cells.get(at(i));
    if (row === undefined) cells.set(at(i), [i]);
    else row.push(i);
  }
}
