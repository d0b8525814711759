import type { App } from '../app.ts';
import { formatUnits } from '../data/units.ts';
import { type Column, column, isTold, type TableModel } from './columns.ts';
import { fixed } from './fixed.ts';

/** One row a detection of the whole movie. */
export function cellsTable(app: App): TableModel {
  app.version.value;
  const { count } = app.data.nodes;
  const kept = app.kept.value;
  return {
    name: 'cells',
    count,
    columns: cellColumns(app).filter((one) => isTold(app, one)),
    nodeOf: (row) => row,
    rowOf: (selected) => selected,
    ...(kept === null ? {} : { keeps: (row: number) => kept.has(row) }),
  };
}

/** What is known of detections, by row of the nodes. */
export function cellColumns(app: App): Column[] {
  const { nodes } = app.data;
  const { unit } = app;
  const of = (values: ArrayLike<number>) => (row: number) => values[row]!;
  const flat = app.data.info.run.movie.ndim === 2;
  const sizeName = flat ? 'Area µm²' : 'Vol µm³';
  const certainty = app.certainty.value;
  const columns = [
    column('frame', 'Frame', 'frame', 46, of(nodes.t)),
    column('tracklet', 'Track', 'number of the track', 44, of(nodes.tracklet)),
    column('lineage', 'Lineage', 'number of the lineage', 52, of(nodes.lineage)),
    column('label', 'Label', 'label in the label image, 0 = none', 42, of(nodes.label)),
    column(
      'time',
      unit.name === 'frame' ? 'Time' : `Time ${unit.name}`,
      `time in ${unit.name}`,
      56,
      (row) => nodes.t[row]! * unit.perFrame,
      (v) => formatUnits(v, unit),
    ),
    column('x', 'x µm', 'position, µm', 46, of(nodes.x), fixed(1)),
    column('y', 'y µm', 'position, µm', 46, of(nodes.y), fixed(1)),
    column('size', sizeName, flat ? 'area, µm²' : 'volume, µm³', 56, of(nodes.size), fixed(flat ? 1 : 0)),
    column(
      'radius',
      'R µm',
      'radius of equal size, µm',
      44,
      of(nodes.radius),
      fixed(nodes.radius[0]! >= 10 ? 1 : 2),
    ),
  ];
  if (!flat) columns.splice(7, 0, column('z', 'z µm', 'position, µm', 46, of(nodes.z), fixed(1)));
  if (certainty !== null) {
    const link = (i: number): number => {
      return certainty.linked[i] === nodes.parent[i] ? certainty.linkIn[i]! : Number.NaN;
    };
    columns.push(column('link', 'Link', 'probability of the link from the frame before', 40, link, fixed(2)));
  }
  return columns;
}
