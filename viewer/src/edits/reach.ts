import type { Dataset } from '../data/types.ts';

/** Cells of a frame by their distance from a cell (of any frame), the cell itself left out; micrometres. */
function order({ nodes, frameStart }: Dataset, from: number, t: number): number[] {
  const away = (i: number): number =>
    Math.hypot(nodes.x[i]! - nodes.x[from]!, nodes.y[i]! - nodes.y[from]!, nodes.z[i]! - nodes.z[from]!);
  return Array.from({ length: frameStart[t + 1]! - frameStart[t]! }, (_, k) => frameStart[t]! + k)
    .filter((i) => i !== from)
    .sort((a, b) => away(a) - away(b) || a - b);
}

/** The cell of a frame that is nearest to a cell, -1 = there is none. */
export const nearest = (data: Dataset, from: number, t: number): number => order(data, from, t)[0] ?? -1;

/** The cell after (or before) `now` in order of distance from a cell, going round; the nearest where `now` is none of them. */
export function next(data: Dataset, from: number, t: number, now: number, step: -1 | 1): number {
  const all = order(data, from, t);
  const at = all.indexOf(now);
  if (at < 0) return all[0] ?? -1;
  return all[(at + step + all.length) % all.length]!;
}
