import type { App } from '../../app.ts';
import { formatUnits } from '../../data/units.ts';
import { type Column, column, type TableModel } from './columns.ts';
import { fixed } from './fixed.ts';

/** From this number of detections on the table holds the frame shown alone. */
const MOST = 100_000;

/** One row a detection: of the whole movie, or of the frame shown where they are too many. */
export function cellsTable(app: App): TableModel {
  app.version.value;
  const { nodes, frameStart } = app.data;
  const whole = nodes.count <= MOST;
  const t = whole ? 0 : app.state.t.value;
  const first = whole ? 0 : frameStart[t]!;
  const count = whole ? nodes.count : frameStart[t + 1]! - first;
  return {
    name: 'cells',
    count,
    columns: cellColumns(app, first),
    nodeOf: (row) => first + row,
    keeps: (row) => app.kept.value?.has(first + row) ?? true,
    rowOf: (selected) => (selected >= first && selected < first + count ? selected - first : -1),
  };
}

/** What is known of detections; a row is so many rows of the nodes after `first`. */
export function cellColumns(app: App, first: number): Column[] {
  const { nodes } = app.data;
  const { unit } = app;
  const of = (values: ArrayLike<number>) => (row: number) => values[first + row]!;
  const flat = app.data.info.run.movie.ndim === 2;
  const sizeName = flat ? 'Area µm²' : 'Vol µm³';
  const certainty = app.certainty.value;
  const columns = [
    column('frame', 'Frame', 'frame', 46, of(nodes.t)),
    column('tracklet', 'Track', 'number of the track', 46, of(nodes.tracklet)),
    column('lineage', 'Lineage', 'number of the lineage', 54, of(nodes.lineage)),
    column('label', 'Label', 'label in the label image, 0 = none', 46, of(nodes.label)),
    column(
      'time',
      unit.name === 'frame' ? 'Time' : `Time ${unit.name}`,
      `time in ${unit.name}`,
      54,
      (row) => nodes.t[first + row]! * unit.perFrame,
      (v) => formatUnits(v, unit),
    ),
    column('x', 'x µm', 'position, µm', 52, of(nodes.x), fixed(1)),
    column('y', 'y µm', 'position, µm', 52, of(nodes.y), fixed(1)),
    column('size', sizeName, flat ? 'area, µm²' : 'volume, µm³', 62, of(nodes.size), fixed(flat ? 1 : 0)),
    column('radius', 'R µm', 'radius of equal size, µm', 46, of(nodes.radius), fixed(2)),
  ];
  if (!flat) columns.splice(7, 0, column('z', 'z µm', 'position, µm', 52, of(nodes.z), fixed(1)));
  if (certainty !== null) {
    const link = (row: number): number => {
      const i = first + row;
      return certainty.linked[i] === nodes.parent[i] ? certainty.linkIn[i]! : Number.NaN;
    };
    columns.push(column('link', 'Link', 'probability of the link from the frame before', 46, link, fixed(2)));
  }
  return columns;
}
