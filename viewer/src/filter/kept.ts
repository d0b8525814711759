import type { App } from '../app.ts';
import { filterColumns } from './columns.ts';
import { holds, isNamed, parseFilter } from './terms.ts';
import type { Kept } from './types.ts';

/**
 * What passes the filter of the page; null = there is none. What cannot be read of it counts for nothing. Cost
 * O(branches), and O(nodes) where it asks something of detections.
 */
export function keptBy(app: App): Kept | null {
  const text = app.state.filter.value;
  if (text.trim() === '') return null;
  app.version.value;
  const columns = filterColumns(app);
  const filter = parseFilter(text, columns);
  const ofTrack = new Set(columns.filter((c) => c.ofTrack).map(({ key }) => key));
  const { branches, nodes } = app.data;
  const track = filter.conditions.filter(({ column }) => ofTrack.has(column.key));
  const cell = filter.conditions.filter(({ column }) => !ofTrack.has(column.key));
  const kept = new Uint8Array(branches.count);
  let count = 0;
  for (let b = 0; b < branches.count; b++) {
    const [start, end] = [branches.start[b]!, branches.start[b + 1]!];
    const first = branches.nodes[start]!;
    if (!isNamed(filter, columns, first) || !track.every((c) => holds(c, first))) continue;
    let k = start;
    while (k < end && !cell.every((c) => holds(c, branches.nodes[k]!))) k++;
    if (k === end) continue;
    kept[b] = 1;
    count++;
  }
  return {
    branches: kept,
    count,
    has: (node) => kept[nodes.tracklet[node]! - 1] === 1 && cell.every((c) => holds(c, node)),
    problem: filter.problem,
  };
}
