import type { TypedArray } from '../../../src/array/index.ts';
import { buildBranches } from './branches.ts';
import { deriveFromParents } from './derive.ts';
import type { BranchMove } from './moveBranches.ts';
import { relink } from './relink.ts';
import { buildSpace } from './space.ts';
import type { Dataset, Info, Nodes } from './types.ts';

/** The lineage of a result, from its description and its table of nodes. */
export function buildDataset(info: Info, columns: Record<string, TypedArray>): Dataset {
  const nodes = toNodes(columns);
  const last = nodes.count > 0 ? nodes.t[nodes.count - 1]! : 0;
  const nFrames = Math.max(info.run.movie.nFrames, last + 1, 1);
  return {
    info,
    nFrames,
    nodes,
    branches: buildBranches(nodes),
    frameStart: startOfFrames(nodes, nFrames),
    divisions: divisionsOf(nodes),
    nLineages: lineagesOf(nodes),
    crowded: false,
    space: buildSpace(info.run.movie, nodes),
  };
}

/**
 * Brings everything up to date after `nodes.parent` has changed.
 *
 * @param rows all rows whose predecessor changed and their predecessors before and after; without it, anything may have
 * @returns what became of the branches; null = any of them may be another
 */
export function refreshLinks(data: Dataset, rows?: ReadonlySet<number>): BranchMove | null {
  const move = rows === undefined ? null : relink(data, rows);
  if (move !== null) return move;
  Object.assign(data, deriveFromParents(data.nodes));
  Object.assign(data.branches, buildBranches(data.nodes));
  data.divisions = divisionsOf(data.nodes);
  return null;
}

/**
 * Takes a new table of nodes: rows may be others than before. The picture's coordinates stay.
 *
 * @returns per old row: the new row of the same detection, -1 = gone
 */
export function replaceNodes(data: Dataset, columns: Record<string, TypedArray>): Int32Array {
  const before = { nodes: { ...data.nodes }, frameStart: data.frameStart };
  Object.assign(data.nodes, toNodes(columns));
  data.frameStart = startOfFrames(data.nodes, data.nFrames);
  Object.assign(data.branches, buildBranches(data.nodes));
  data.divisions = divisionsOf(data.nodes);
  data.nLineages = lineagesOf(data.nodes);
  data.crowded = false;
  return followRows(before, data);
}

/** Where detections are after a change of rows: matched by frame and label, or place where there is no label. */
function followRows(
  before: { nodes: Nodes; frameStart: Int32Array },
  { nodes, frameStart, nFrames }: Dataset,
): Int32Array {
  const newOf = new Int32Array(before.nodes.count).fill(-1);
  const names = (of: Nodes): ArrayLike<number> => (of.place === undefined ? of.label : of.place);
  const [old, now] = [names(before.nodes), names(nodes)];
  const rows = new Map<number, number>();
  for (let t = 0; t < nFrames; t++) {
    rows.clear();
    for (let i = frameStart[t]!; i < frameStart[t + 1]!; i++) rows.set(now[i]!, i);
    for (let i = before.frameStart[t]!; i < before.frameStart[t + 1]!; i++)
      newOf[i] = rows.get(old[i]!) ?? -1;
  }
  return newOf;
}

/** Rows that divide. */
function divisionsOf({ count, childB }: Nodes): Int32Array {
  let n = 0;
  for (let i = 0; i < count; i++) if (childB[i]! >= 0) n++;
  const divisions = new Int32Array(n);
  for (let i = 0, k = 0; k < n; i++) if (childB[i]! >= 0) divisions[k++] = i;
  return divisions;
}

function lineagesOf({ count, lineage }: Nodes): number {
  let most = 0;
  for (let i = 0; i < count; i++) if (lineage[i]! > most) most = lineage[i]!;
  return most;
}

function toNodes(columns: Record<string, TypedArray>): Nodes {
  const names = ['t', 'label', 'z', 'y', 'x', 'size', 'radius', 'border', 'parent', 'childA', 'childB'];
  for (const name of [...names, 'tracklet', 'lineage']) {
    if (columns[name] === undefined) throw new Error(`the table of nodes has no column "${name}"`);
  }
  return { count: columns.t!.length, ...columns } as unknown as Nodes;
}

/** First row of every frame, and the number of rows at the end. */
function startOfFrames({ count, t }: Nodes, nFrames: number): Int32Array {
  const start = new Int32Array(nFrames + 1);
  for (let i = 0; i < count; i++) start[t[i]! + 1]!++;
  for (let f = 0; f < nFrames; f++) start[f + 1]! += start[f]!;
  return start;
}
