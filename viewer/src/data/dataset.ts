import type { TypedArray } from '../../../src/array/index.ts';
import { buildBranches } from './branches.ts';
import { buildSpace } from './space.ts';
import type { Dataset, Info, Nodes } from './types.ts';

/** The lineage of a result, from its description and its table of nodes. */
export function buildDataset(info: Info, columns: Record<string, TypedArray>): Dataset {
  const nodes = toNodes(columns);
  const last = nodes.count > 0 ? nodes.t[nodes.count - 1]! : 0;
  const nFrames = Math.max(info.run.movie.nFrames, last + 1, 1);
  const frameStart = startOfFrames(nodes, nFrames);
  const divisions: number[] = [];
  let nLineages = 0;
  for (let i = 0; i < nodes.count; i++) {
    if (nodes.childB[i]! >= 0) divisions.push(i);
    if (nodes.lineage[i]! > nLineages) nLineages = nodes.lineage[i]!;
  }
  return {
    info,
    nFrames,
    nLineages,
    nodes,
    branches: buildBranches(nodes),
    frameStart,
    divisions: Int32Array.from(divisions),
    space: buildSpace(info.run.movie, nodes),
  };
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
