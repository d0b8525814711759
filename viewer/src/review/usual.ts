import { worldRadius, worldX, worldY } from '../data/space.ts';
import type { Dataset } from '../data/types.ts';

/** What is usual in this movie, to tell what is not. NaN where too little is known. */
export interface Usual {
  /** Median step from frame to frame, micrometres. */
  step: number;
  /** Median cell cycle and its spread (half of the middle two thirds), frames. */
  cycle: number;
  spread: number;
}

/** Links that the usual step is taken from, at most; cycles that it takes to know what is usual. */
const SAMPLE = 20_000;
const LEAST_CYCLES = 6;

/** Measures what is usual. Cost O(branches) and a sample of the nodes. */
export function measureUsual(data: Dataset): Usual {
  const { nodes, divisions } = data;
  const every = Math.max(1, Math.floor(nodes.count / SAMPLE));
  const steps: number[] = [];
  for (let i = 0; i < nodes.count; i += every) if (nodes.parent[i]! >= 0) steps.push(stepOf(data, i));
  const cycles = Array.from(divisions, (node) => cycleOf(data, node)).filter(Number.isFinite);
  steps.sort((a, b) => a - b);
  cycles.sort((a, b) => a - b);
  const enough = cycles.length >= LEAST_CYCLES;
  const at = (part: number): number => cycles[Math.floor(part * (cycles.length - 1))]!;
  return {
    step: steps[steps.length >> 1] ?? Number.NaN,
    cycle: enough ? at(0.5) : Number.NaN,
    spread: enough ? (at(5 / 6) - at(1 / 6)) / 2 : Number.NaN,
  };
}

/** Distance to the predecessor per frame, micrometres. */
export function stepOf({ nodes }: Dataset, i: number): number {
  const { x, y, z, t, parent } = nodes;
  const p = parent[i]!;
  return Math.hypot(x[i]! - x[p]!, y[i]! - y[p]!, z[i]! - z[p]!) / (t[i]! - t[p]!);
}

/** Cell cycle of a dividing cell, frames; NaN where its birth is not seen. */
export function cycleOf({ nodes, branches }: Dataset, node: number): number {
  const b = nodes.tracklet[node]! - 1;
  const mother = branches.parent[b]!;
  return mother < 0 ? Number.NaN : nodes.t[node]! - branches.t1[mother]!;
}

/** Cells nearer to the picture's border than this many radii may have come or gone over it. */
const BORDER_RADII = 1.6;

/** Can the cell have come or gone over the picture's border? */
export function atBorder({ nodes, space }: Dataset, i: number): boolean {
  if (nodes.border[i] === 1) return true;
  const [x, y] = [worldX(space, nodes, i), worldY(space, nodes, i)];
  const r = BORDER_RADII * worldRadius(space, nodes, i);
  return x < r || y < r / space.aspect || x > space.width - r || y > space.height - r / space.aspect;
}
