import { findDivisions, measureTracklets, tallyFrames } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { countFrames } from './build.ts';
import { fixed, significant, textCell } from './csv.ts';
import { ABOUT, markTexts } from './marks.ts';
import type { ExportContext } from './types.ts';

export type TableScale = Pick<ExportContext, 'timeStep' | 'nFrames' | 'certainty' | 'marks'>;

/** One column of a table: its name, what it means, and its cells. */
export interface TableColumn {
  name: string;
  /** Of the values: 'um', 's', ...; empty for names, numbers of things and shares. */
  unit: string;
  /** What it says, for the README.txt of a result. */
  about: string;
  /** The cell of row `i`; empty for none. */
  text(i: number): string;
}

/** A table for people: file name, what a row is, and its columns. */
export interface Table {
  file: string;
  /** 'one row a cell and frame'. */
  row: string;
  count: number;
  columns: TableColumn[];
}

function column(name: string, unit: string, about: string, text: (i: number) => string): TableColumn {
  return { name, unit, about, text };
}

/** A row number or tracklet number as text; `none` is written empty. */
const number = (value: number, none: number): string => (value === none ? '' : String(value));

/** `nodes.csv`: one row a detection; `node` is its row in `Detections`. What people said has columns where there is some. */
export function nodesOf(lineage: Lineage, { timeStep, marks }: TableScale): Table {
  const { detections: d } = lineage;
  const solid = d.ndim === 3;
  const centre = 'centre of the cell along';
  const channels = Array.from({ length: d.nChannels }, (_, c) =>
    column(`mean_intensity_c${c}`, 'grey values', `mean of channel ${c} over the cell's pixels`, (i) =>
      significant(d.intensity[i * d.nChannels + c]),
    ),
  );
  const { texts, kinds } = markTexts(lineage, marks);
  const columns = [
    column('node', '', 'number of this row, from 0; other tables name cells by it', String),
    column('frame', '', 'frame of the movie, from 0', (i) => String(d.t[i])),
    column('time_s', 's', 'time since frame 0', (i) => fixed(d.t[i] * timeStep)),
    column('z_um', 'um', `${centre} z; 0 in 2D`, (i) => fixed(d.z[i])),
    column('y_um', 'um', `${centre} y, downwards in the image`, (i) => fixed(d.y[i])),
    column('x_um', 'um', `${centre} x`, (i) => fixed(d.x[i])),
    column('label', '', 'value of its pixels in the label image of this frame (labels/cells/0)', (i) =>
      number(d.label[i], 0),
    ),
    column('tracklet', '', 'tracklet that it is part of, a row of tracklets.csv', (i) =>
      String(lineage.tracklet[i]),
    ),
    column('lineage', '', 'all that descends from one founder has one number, from 1', (i) =>
      String(lineage.lineage[i]),
    ),
    column('parent', '', 'node of the same cell, or of its mother, in an earlier frame; empty: none', (i) =>
      number(lineage.parent[i], -1),
    ),
    column('prob', '', 'probability that this is a cell, 0 to 1, as the network says', (i) =>
      fixed(d.prob[i]),
    ),
    column(
      solid ? 'volume_um3' : 'area_um2',
      solid ? 'um^3' : 'um^2',
      `${solid ? 'volume' : 'area'} of its pixels`,
      (i) => fixed(d.size[i]),
    ),
    column('radius_um', 'um', `radius of the ${solid ? 'ball' : 'disc'} of equal size`, (i) =>
      fixed(d.radius[i]),
    ),
    ...channels,
    column('touches_border', '', '1: it touches the border of the image, so it may be cut', (i) =>
      String(d.border[i]),
    ),
    column('rescued', '', '1: a dim cell, seen below the threshold and needed by the linker', (i) =>
      String(d.rescued?.[i] ?? 0),
    ),
    ...kinds.map((kind) => column(kind, '', ABOUT[kind], (i) => textCell(texts[kind](i)))),
  ];
  return { file: 'nodes.csv', row: 'one row a cell and frame', count: d.count, columns };
}

/** `tracklets.csv`: one row a tracklet. */
export function trackletsOf(lineage: Lineage, { timeStep }: TableScale): Table {
  const { tracklets: k, detections } = lineage;
  const m = measureTracklets(lineage, timeStep);
  const first = (i: number): number => detections.t[k.firstNode[i]];
  const last = (i: number): number => detections.t[k.lastNode[i]];
  const daughters = (i: number): number => (k.daughterA[i] > 0 ? 1 : 0) + (k.daughterB[i] > 0 ? 1 : 0);
  const columns = [
    column('tracklet', '', 'number of the tracklet, from 1', (i) => String(i + 1)),
    column('lineage', '', 'lineage that it is part of', (i) => String(k.lineage[i])),
    column('parent_tracklet', '', 'tracklet that divided into this one; empty: a founder', (i) =>
      number(k.parent[i], 0),
    ),
    column('first_frame', '', 'first frame in which the cell is there', (i) => String(first(i))),
    column('last_frame', '', 'last frame in which it is there', (i) => String(last(i))),
    column('duration_s', 's', 'time from the first frame to the last', (i) =>
      fixed((last(i) - first(i)) * timeStep),
    ),
    column('n_nodes', '', 'frames in which it was seen; fewer than it lasts where it was missed', (i) =>
      String(k.nNodes[i]),
    ),
    column('n_daughters', '', '2: it divides at its end; 0: it does not', (i) => String(daughters(i))),
    column('displacement_um', 'um', 'straight distance from its first place to its last', (i) =>
      fixed(m.displacement[i]),
    ),
    column(
      'mean_speed_um_per_s',
      'um/s',
      'length of its path over its duration; empty for a lone node',
      (i) => significant(m.meanSpeed[i]),
    ),
    column('confidence', '', 'smallest probability of its links, its birth included; empty: not known', (i) =>
      fixed(m.confidence[i]),
    ),
  ];
  const row = 'one row a tracklet: the unbranched life of a cell, between two divisions';
  return { file: 'tracklets.csv', row, count: k.count, columns };
}

/**
 * `divisions.csv`: one row a division, frame and time of the parent's last node. `prob` is that of the division where
 * the linker said it, else the smaller one of its links'.
 */
export function divisionsOf(lineage: Lineage, { timeStep, certainty }: TableScale): Table {
  const d = findDivisions(lineage);
  const probOf = (i: number): number => {
    const own = certainty?.divides[d.parent[i]] ?? Number.NaN;
    return Number.isNaN(own) ? d.prob[i] : own;
  };
  const axis = 'of the line through both daughters, a vector of length 1; empty where they coincide';
  const columns = [
    column('parent_node', '', 'last node of the cell that divides, a row of nodes.csv', (i) =>
      String(d.parent[i]),
    ),
    column('daughter_a', '', 'first node of one daughter', (i) => String(d.daughterA[i])),
    column('daughter_b', '', 'first node of the other', (i) => String(d.daughterB[i])),
    column('frame', '', 'last frame before the division', (i) => String(d.frame[i])),
    column('time_s', 's', 'time of that frame', (i) => fixed(d.frame[i] * timeStep)),
    column('prob', '', 'probability of the division, 0 to 1; empty: not known', (i) => fixed(probOf(i))),
    column('axis_z', '', `z ${axis}`, (i) => fixed(d.axisZ[i])),
    column('axis_y', '', `y ${axis}`, (i) => fixed(d.axisY[i])),
    column('axis_x', '', `x ${axis}`, (i) => fixed(d.axisX[i])),
    column('angle_deg', 'degrees', '2D: angle of that line from x towards y, 0 to 180; empty in 3D', (i) =>
      fixed(d.angle[i], 2),
    ),
    column('cell_cycle_s', 's', "time since the parent's own birth by division; empty for founders", (i) =>
      fixed(d.cellCycle[i] * timeStep),
    ),
  ];
  return { file: 'divisions.csv', row: 'one row a division', count: d.count, columns };
}

/** `counts.csv`: one row a frame, empty frames included. */
export function countsOf(lineage: Lineage, { timeStep, nFrames }: TableScale): Table {
  const count = nFrames ?? countFrames(lineage.detections);
  const c = tallyFrames(lineage, count);
  const columns = [
    column('frame', '', 'frame of the movie, from 0', String),
    column('time_s', 's', 'time since frame 0', (t) => fixed(t * timeStep)),
    column('n_cells', '', 'cells in this frame', (t) => String(c.nCells[t])),
    column('n_divisions', '', 'cells that divide after this frame', (t) => String(c.nDivisions[t])),
    column('n_appearing', '', 'cells that begin here without a mother; 0 in the first frame', (t) =>
      String(c.nAppearing[t]),
    ),
    column('n_disappearing', '', 'cells that end here without dividing; 0 in the last frame', (t) =>
      String(c.nDisappearing[t]),
    ),
  ];
  return { file: 'counts.csv', row: 'one row a frame', count, columns };
}
