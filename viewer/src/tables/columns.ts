import type { App } from '../app.ts';
import { firstNode } from '../data/branches.ts';
import { formatUnits } from '../data/units.ts';
import { tagsByBranch } from '../edits/marks.ts';
import { decimalsFor, fixed } from './fixed.ts';

/** A column of a table: a number per row, and how it reads. */
export interface Column {
  /** Name in filters and files, as in the result's tables. */
  key: string;
  title: string;
  hint: string;
  value(row: number): number;
  text(value: number): string;
  /** Of columns of words: what is shown, sorted and searched in place of the number. */
  word?(row: number): string;
  /** Values along the row's life, drawn before the number. */
  spark?(row: number): ArrayLike<number>;
  width: number;
}

/** Rows of a table and what they stand for. */
export interface TableModel {
  name: 'tracks' | 'divisions' | 'cells';
  count: number;
  columns: Column[];
  /** Node that a row selects. */
  nodeOf(row: number): number;
  /** Row of the selection, -1 = none. */
  rowOf(selected: number): number;
  /** Does the filter of the page let a row through? Absent = all of them. */
  keeps?(row: number): boolean;
}

const whole = (value: number): string => (Number.isFinite(value) ? String(value) : '–');

/** A column of numbers; `text` prints a cell, as a whole number by default. */
export function column(
  key: string,
  title: string,
  hint: string,
  width: number,
  value: (row: number) => number,
  text: (v: number) => string = whole,
): Column {
  return { key, title, hint, value, text, width };
}

/** Is there anything to read in a column? Without a time step time is the frame once more; points have no labels, and maybe no sizes. */
export function isTold({ unit, data: { nodes } }: App, { key }: Column): boolean {
  if (key === 'time') return unit.name !== 'frame';
  if (key === 'label') return nodes.label.some((label) => label > 0);
  return key !== 'size' || nodes.size.some((size) => size >= 0);
}

/** A column of words. */
const words = (
  key: string,
  title: string,
  hint: string,
  width: number,
  word: (row: number) => string,
): Column => ({ ...column(key, title, hint, width, () => Number.NaN), word });

/** Mean size of a track and how it changes, where sizes are known. */
function sizeColumn({ data }: App): Column[] {
  const { branches, nodes, info } = data;
  if (!(nodes.size[0]! >= 0)) return [];
  const flat = info.run.movie.ndim === 2;
  const sizes = (b: number): Float64Array =>
    Float64Array.from(
      branches.nodes.subarray(branches.start[b]!, branches.start[b + 1]!),
      (i) => nodes.size[i]!,
    );
  const mean = (b: number): number => {
    const all = sizes(b);
    return all.reduce((sum, v) => sum + v, 0) / all.length;
  };
  const [title, hint] = flat ? ['Area µm²', 'mean area, µm²'] : ['Vol µm³', 'mean volume, µm³'];
  const one = column(
    'size',
    title,
    `${hint}, and how it changes along the track`,
    86,
    mean,
    fixed(decimalsFor(nodes.size, 3, 1)),
  );
  return [{ ...one, spark: sizes }];
}

/** One row a track. */
export function tracksTable(app: App): TableModel {
  app.version.value;
  const { names, marks } = app;
  const tags = tagsByBranch(app.data, marks.value.tags);
  const called = [
    ...(names.value.size === 0
      ? []
      : [words('name', 'Name', 'name that people gave', 60, (b) => names.value.get(b) ?? '')]),
    ...(marks.value.tags.size === 0
      ? []
      : [words('tags', 'Tags', 'tags of its detections', 70, (b) => tags.get(b)?.join(' ') ?? '')]),
  ];
  const { branches, nodes } = app.data;
  const { unit } = app;
  const m = app.measures.value;
  const frames = (b: number): number => branches.t1[b]! - branches.t0[b]!;
  const speedUnit = unit.name === 'frame' ? 'fr' : unit.name;
  const perUnit = unit.name === 'frame' ? 1 : app.data.info.run.movie.timeStep / unit.perFrame;
  return {
    name: 'tracks',
    count: branches.count,
    columns: [
      column('tracklet', 'Track', 'number of the track', 42, (b) => b + 1),
      column('lineage', 'Lineage', 'number of the lineage', 48, (b) => branches.lineage[b]!),
      ...called,
      column('generation', 'Gen', 'divisions since the founder', 30, (b) => branches.generation[b]!),
      column('first', 'First', 'first frame', 36, (b) => branches.t0[b]!),
      column('last', 'Last', 'last frame', 36, (b) => branches.t1[b]!),
      column(
        'duration',
        unit.name === 'frame' ? 'Time fr' : `Time ${unit.name}`,
        `duration in ${unit.name}${unit.name === 'frame' ? 's' : ''}, from first to last`,
        60,
        (b) => frames(b) * unit.perFrame,
        (v) => formatUnits(v, unit),
      ),
      column(
        'nodes',
        'Nodes',
        'detections on the track',
        42,
        (b) => branches.start[b + 1]! - branches.start[b]!,
      ),
      column(
        'daughters',
        'Dtrs',
        'daughters',
        32,
        (b) => Number(branches.childA[b]! >= 0) + Number(branches.childB[b]! >= 0),
      ),
      column(
        'displacement',
        'Displ µm',
        'distance from first to last position, µm',
        56,
        (b) => m.displacement[b]!,
        fixed(1),
      ),
      column(
        'speed',
        `µm/${speedUnit}`,
        `mean speed, µm per ${unit.name}`,
        46,
        (b) => m.meanSpeed[b]! * perUnit,
        fixed(
          decimalsFor(
            m.meanSpeed.map((v) => v * perUnit),
            4,
            2,
          ),
        ),
      ),
      ...sizeColumn(app),
    ],
    nodeOf: (b) => firstNode(branches, b),
    keeps: (b) => app.kept.value?.branches[b] !== 0,
    rowOf: (selected) => (selected < 0 ? -1 : nodes.tracklet[selected]! - 1),
  };
}

/** One row a division. */
export function divisionsTable(app: App): TableModel {
  app.version.value;
  const { divisions, nodes, branches } = app.data;
  const { unit } = app;
  const m = app.measures.value;
  const columns = [
    column('frame', 'Frame', "parent's last frame", 48, (k) => nodes.t[divisions[k]!]!),
    column(
      'time',
      unit.name === 'frame' ? 'Time' : `Time ${unit.name}`,
      `time in ${unit.name}`,
      50,
      (k) => nodes.t[divisions[k]!]! * unit.perFrame,
      (v) => formatUnits(v, unit),
    ),
    column('parent', 'Parent', 'track that divides', 48, (k) => nodes.tracklet[divisions[k]!]!),
    column(
      'daughter_a',
      'A',
      'track of daughter A',
      40,
      (k) => nodes.tracklet[nodes.childA[divisions[k]!]!]!,
    ),
    column(
      'daughter_b',
      'B',
      'track of daughter B',
      40,
      (k) => nodes.tracklet[nodes.childB[divisions[k]!]!]!,
    ),
    column(
      'generation',
      'Gen',
      'divisions since the founder',
      34,
      (k) => branches.generation[nodes.tracklet[divisions[k]!]! - 1]!,
    ),
    column(
      'sister_distance',
      'Apart µm',
      'distance between the sisters, µm',
      62,
      (k) => m.sisterDistance[k]!,
      fixed(1),
    ),
    column(
      'cell_cycle',
      unit.name === 'frame' ? 'Cycle fr' : `Cycle ${unit.name}`,
      `parent's cell cycle, ${unit.name === 'frame' ? 'frames' : unit.name}`,
      56,
      (k) => m.cellCycle[k]! * unit.perFrame,
      (v) => formatUnits(v, unit),
    ),
  ];
  if (app.data.info.run.movie.ndim === 2) {
    columns.push(column('angle', 'Axis °', 'angle of the axis to x', 52, (k) => m.angle[k]!, fixed(0)));
  }
  if (m.prob.some((p) => !Number.isNaN(p)))
    columns.push(
      column('prob', 'Link', 'probability of the less certain link', 42, (k) => m.prob[k]!, fixed(2)),
    );
  const rowOfNode = new Map(Array.from(divisions, (node, k) => [node, k] as const));
  return {
    name: 'divisions',
    count: divisions.length,
    columns: columns.filter((one) => isTold(app, one)),
    nodeOf: (k) => divisions[k]!,
    keeps: (k) => app.kept.value?.has(divisions[k]!) ?? true,
    rowOf: () => rowOfNode.get(app.state.event.value) ?? -1,
  };
}
