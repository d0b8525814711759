import type { App } from '../../app.ts';
import { nodeAt } from '../../data/branches.ts';
import { branchOf } from '../../data/navigate.ts';
import { worldRadius, worldX, worldY, worldZ } from '../../data/space.ts';
import type { Dataset } from '../../data/types.ts';
import { type LineageEvent, successors } from '../../review/events.ts';
import type { Explanation } from '../../review/explain.ts';
import { STRIP_FRAMES } from '../../state/state.ts';

/**
 * Parent, daughters (or what goes on, or begins), and cells of the other explanations by the key that chooses them; a
 * cell to which nothing happens has no letter.
 */
export type Role = 'P' | 'A' | 'B' | '1' | '2' | '3' | '4' | '';

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

/** Frames around an event, all at one scale. */
export interface Strip {
  frames: StripFrame[];
  /** Half the side of a crop, world units. */
  half: number;
  /** First frame after the event; of a cell the frame of its node. */
  zero: number;
}

/** Crops reach this many radii from the middle, at least; cells of other explanations widen them up to so many. */
const LEAST_RADII = 3.2;
const OTHERS_RADII = 7;

/**
 * The strip of an event, with the cells of other explanations; or of a cell (`event` null) around its node.
 *
 * @param wide frames of it; the middle one is the first after the event
 */
export function planStrip(
  data: Dataset,
  node: number,
  event: LineageEvent | null,
  others: readonly Explanation[] = [],
  wide = STRIP_FRAMES,
): Strip {
  const { nodes, nFrames } = data;
  const zero = nodes.t[node]! + (event === null || event.kind === 'appearance' ? 0 : 1);
  const first = zero - (wide - 1) / 2;
  const frames: StripFrame[] = [];
  for (let k = 0; k < wide; k++) {
    const t = first + k;
    if (t < 0 || t >= nFrames) continue;
    const cells = event === null ? pathCell(data, node, t, '') : eventCells(data, event, t);
    frames.push({ t, ...middle(data, cells), cells: [...cells, ...otherCells(data, event, others, t)] });
  }
  fillMiddles(frames);
  return { frames, half: halfSide(data, node, frames), zero };
}

type Cells = StripFrame['cells'];

function pathCell(data: Dataset, node: number, t: number, role: Role): Cells {
  const found = alongBranch(data, node, t);
  return found >= 0 ? [{ role, node: found }] : [];
}

/** The cells of an event as it is. */
function eventCells(data: Dataset, { kind, node }: LineageEvent, t: number): Cells {
  const at = data.nodes.t[node]!;
  if (kind === 'appearance') return t < at ? [] : onBranches(data, [node], t);
  return t <= at ? pathCell(data, node, t, 'P') : onBranches(data, successors(data, node), t);
}

function onBranches(data: Dataset, starts: readonly number[], t: number): Cells {
  return starts.flatMap((start, k) => {
    const found = nodeAt(data.branches, data.nodes, branchOf(data, start), t);
    return found >= start ? [{ role: k === 0 ? ('A' as const) : ('B' as const), node: found }] : [];
  });
}

/** Cells that only another explanation has, before or after the event. */
function otherCells(
  data: Dataset,
  event: LineageEvent | null,
  others: readonly Explanation[],
  t: number,
): Cells {
  if (event === null) return [];
  const own = new Set(
    event.kind === 'appearance' ? [event.node] : [event.node, ...successors(data, event.node)],
  );
  const cells: Cells = [];
  const add = (role: Role, node: number): void => {
    if (node >= 0 && !cells.some((c) => c.node === node)) cells.push({ role, node });
  };
  others.forEach(({ source, targets }, k) => {
    const role = String(k + 1) as Role;
    if (source >= 0 && !own.has(source) && t <= data.nodes.t[source]!)
      add(role, alongBranch(data, source, t));
    for (const v of targets) {
      if (!own.has(v) && t >= data.nodes.t[v]!)
        add(role, nodeAt(data.branches, data.nodes, branchOf(data, v), t));
    }
  });
  return cells;
}

function middle(data: Dataset, cells: Cells): { x: number; y: number; z: number } {
  const mean = (of: (node: number) => number): number =>
    cells.length === 0 ? Number.NaN : cells.reduce((sum, c) => sum + of(c.node), 0) / cells.length;
  return {
    x: mean((i) => worldX(data.space, data.nodes, i)),
    y: mean((i) => worldY(data.space, data.nodes, i)),
    z: mean((i) => worldZ(data.space, data.nodes, i)),
  };
}

/** The cell of `node` in frame `t`: on its branch, or before it on its ancestors; -1 = not there. */
function alongBranch(data: Dataset, node: number, t: number): number {
  const { branches, nodes } = data;
  let b = branchOf(data, node);
  while (b >= 0 && t < branches.t0[b]!) b = branches.parent[b]!;
  return b < 0 ? -1 : nodeAt(branches, nodes, b, Math.min(t, branches.t1[b]!) === t ? t : -1);
}

/** Frames without a cell of the event look where the nearest frame with one looks. */
function fillMiddles(frames: StripFrame[]): void {
  const known = frames.filter((f) => !Number.isNaN(f.x));
  for (const frame of frames) {
    if (!Number.isNaN(frame.x) || known.length === 0) continue;
    const near = known.reduce((best, f) => (Math.abs(f.t - frame.t) < Math.abs(best.t - frame.t) ? f : best));
    [frame.x, frame.y, frame.z] = [near.x, near.y, near.z];
  }
}

function halfSide(data: Dataset, node: number, frames: StripFrame[]): number {
  const { space, nodes } = data;
  const radius = worldRadius(space, nodes, node);
  let half = LEAST_RADII * radius;
  for (const { cells, x, y } of frames) {
    for (const cell of cells) {
      const away = Math.max(
        Math.abs(worldX(space, nodes, cell.node) - x),
        Math.abs(worldY(space, nodes, cell.node) - y),
      );
      const own = !(cell.role >= '1' && cell.role <= '4');
      const reach = away + 1.7 * worldRadius(space, nodes, cell.node);
      half = Math.max(half, own ? reach : Math.min(reach, OTHERS_RADII * radius));
    }
  }
  return half;
}

/**
 * The plane that a frame of the strip shows: the cells' own, whatever the movie shows, so that nothing lies over them;
 * of points without pixels all.
 */
export function planeOf({ data, frames }: App, frame: StripFrame): number | 'max' {
  if (!frames.hasImage && !frames.hasLabels && data.info.run.movie.ndim === 3) return 'max';
  return Math.min(Math.max(Math.round(frame.z || 0), 0), data.space.depth - 1);
}
