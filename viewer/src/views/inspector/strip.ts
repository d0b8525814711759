import { nodeAt } from '../../data/branches.ts';
import { branchOf } from '../../data/navigate.ts';
import { worldRadius, worldX, worldY, worldZ } from '../../data/space.ts';
import type { Dataset } from '../../data/types.ts';

/** Frames of the strip, and how many of them come before the division's first daughters. */
export const STRIP_FRAMES = 7;
const BEFORE = 3;

export type Role = 'P' | 'A' | 'B';

/** One frame of the strip: where it looks, and who is there. */
export interface StripFrame {
  t: number;
  /** Middle of the crop, world units. */
  x: number;
  y: number;
  /** Plane of the cells. */
  z: number;
  cells: { role: Role; node: number }[];
}

/** Frames around a division, all at one scale. */
export interface Strip {
  frames: StripFrame[];
  /** Half the side of a crop, world units. */
  half: number;
}

/** Crops reach this many radii from the middle, at least. */
const LEAST_RADII = 3.2;

/** The strip of a division (`node` divides), or of a cell around one of its nodes. */
export function planStrip(data: Dataset, node: number, isDivision: boolean): Strip {
  const { nodes, nFrames } = data;
  const before = isDivision ? BEFORE - 1 : (STRIP_FRAMES - 1) / 2;
  const first = nodes.t[node]! - before;
  const frames: StripFrame[] = [];
  for (let k = 0; k < STRIP_FRAMES; k++) {
    const t = first + k;
    if (t >= 0 && t < nFrames) frames.push(frameOf(data, node, t, isDivision));
  }
  fillMiddles(frames);
  return { frames, half: halfSide(data, node, frames) };
}

function frameOf(data: Dataset, node: number, t: number, isDivision: boolean): StripFrame {
  const cells: StripFrame['cells'] = [];
  const at = data.nodes.t[node]!;
  if (t <= at || !isDivision) {
    const found = alongBranch(data, node, t);
    if (found >= 0) cells.push({ role: 'P', node: found });
  } else {
    const { childA, childB } = data.nodes;
    for (const [role, child] of [
      ['A', childA[node]!],
      ['B', childB[node]!],
    ] as const) {
      const found = child < 0 ? -1 : nodeAt(data.branches, data.nodes, branchOf(data, child), t);
      if (found >= 0) cells.push({ role, node: found });
    }
  }
  const mean = (of: (node: number) => number): number =>
    cells.length === 0 ? Number.NaN : cells.reduce((sum, c) => sum + of(c.node), 0) / cells.length;
  return {
    t,
    x: mean((i) => worldX(data.space, data.nodes, i)),
    y: mean((i) => worldY(data.space, data.nodes, i)),
    z: mean((i) => worldZ(data.space, data.nodes, i)),
    cells,
  };
}

/** The cell of `node` in frame `t`: on its branch, or before it on its ancestors; -1 = not there. */
function alongBranch(data: Dataset, node: number, t: number): number {
  const { branches, nodes } = data;
  let b = branchOf(data, node);
  while (b >= 0 && t < branches.t0[b]!) b = branches.parent[b]!;
  return b < 0 ? -1 : nodeAt(branches, nodes, b, Math.min(t, branches.t1[b]!) === t ? t : -1);
}

/** Frames without a cell look where the nearest frame with one looks. */
function fillMiddles(frames: StripFrame[]): void {
  for (const frame of frames) {
    if (!Number.isNaN(frame.x)) continue;
    const known = frames.filter((f) => f.cells.length > 0);
    const near = known.reduce<StripFrame | null>(
      (best, f) => (best === null || Math.abs(f.t - frame.t) < Math.abs(best.t - frame.t) ? f : best),
      null,
    );
    if (near !== null) [frame.x, frame.y, frame.z] = [near.x, near.y, near.z];
  }
}

function halfSide(data: Dataset, node: number, frames: StripFrame[]): number {
  const { space, nodes } = data;
  let half = LEAST_RADII * worldRadius(space, nodes, node);
  for (const { cells, x, y } of frames) {
    for (const cell of cells) {
      const away = Math.max(
        Math.abs(worldX(space, nodes, cell.node) - x),
        Math.abs(worldY(space, nodes, cell.node) - y),
      );
      half = Math.max(half, away + 1.7 * worldRadius(space, nodes, cell.node));
    }
  }
  return half;
}

/** The plane that a frame of the strip shows: the projection where the movie shows it, else the cells' own. */
export function planeOf(frame: StripFrame, shown: number | 'max', depth: number): number | 'max' {
  if (shown === 'max') return 'max';
  return Math.min(Math.max(Math.round(frame.z || 0), 0), depth - 1);
}
