import { join } from 'node:path';
import { writeFileAtomic } from '../codec/files.ts';
import { findDivisions, measureTracklets, tallyFrames } from '../lineage/index.ts';
import type { Lineage } from '../lineage/types.ts';
import { countFrames } from './build.ts';
import { fixed, significant, tableBlocks } from './csv.ts';
import type { ExportContext, Exported } from './types.ts';

type Scale = Pick<ExportContext, 'timeStep' | 'nFrames' | 'certainty'>;

/** A row number or tracklet number as text; `none` is written empty. */
const number = (value: number, none: number): string => (value === none ? '' : String(value));

/** `nodes.csv`: one row a detection; `node` is its row in `Detections`. */
export function nodeTable(lineage: Lineage, { timeStep }: Scale): string[] {
  const { detections: d } = lineage;
  const header = [
    ...['node', 'frame', 'time_s', 'z_um', 'y_um', 'x_um', 'label', 'tracklet', 'lineage', 'parent', 'prob'],
    d.ndim === 3 ? 'volume_um3' : 'area_um2',
    'radius_um',
    ...Array.from({ length: d.nChannels }, (_, c) => `mean_intensity_c${c}`),
    'touches_border',
    'rescued',
  ];
  return tableBlocks(header, d.count, (i) => {
    let row = `${i},${d.t[i]},${fixed(d.t[i] * timeStep)},${fixed(d.z[i])},${fixed(d.y[i])},${fixed(d.x[i])}`;
    row += `,${number(d.label[i], 0)},${lineage.tracklet[i]},${lineage.lineage[i]},${number(lineage.parent[i], -1)}`;
    row += `,${fixed(d.prob[i])},${fixed(d.size[i])},${fixed(d.radius[i])}`;
    for (let c = 0; c < d.nChannels; c++) row += `,${significant(d.intensity[i * d.nChannels + c])}`;
    return `${row},${d.border[i]},${d.rescued?.[i] ?? 0}`;
  });
}

const TRACKLET_HEADER = [
  ...[
    'tracklet',
    'lineage',
    'parent_tracklet',
    'first_frame',
    'last_frame',
    'duration_s',
    'n_nodes',
    'n_daughters',
  ],
  ...['displacement_um', 'mean_speed_um_per_s', 'confidence'],
];

/** `tracklets.csv`: one row a tracklet. */
export function trackletTable(lineage: Lineage, { timeStep }: Scale): string[] {
  const { tracklets: k, detections } = lineage;
  const measures = measureTracklets(lineage, timeStep);
  return tableBlocks(TRACKLET_HEADER, k.count, (i) => {
    const first = detections.t[k.firstNode[i]];
    const last = detections.t[k.lastNode[i]];
    const daughters = (k.daughterA[i] > 0 ? 1 : 0) + (k.daughterB[i] > 0 ? 1 : 0);
    const row = `${i + 1},${k.lineage[i]},${number(k.parent[i], 0)},${first},${last},${fixed((last - first) * timeStep)}`;
    const motion = `${fixed(measures.displacement[i])},${significant(measures.meanSpeed[i])}`;
    return `${row},${k.nNodes[i]},${daughters},${motion},${fixed(measures.confidence[i])}`;
  });
}

const DIVISION_HEADER = [
  ...['parent_node', 'daughter_a', 'daughter_b', 'frame', 'time_s', 'prob'],
  ...['axis_z', 'axis_y', 'axis_x', 'angle_deg', 'cell_cycle_s'],
];

/**
 * `divisions.csv`: one row a division, frame and time of the parent's last node. `prob` is that of the division where
 * the linker said it, else the smaller one of its links'.
 */
export function divisionTable(lineage: Lineage, { timeStep, certainty }: Scale): string[] {
  const d = findDivisions(lineage);
  const probOf = (i: number): number => {
    const own = certainty?.divides[d.parent[i]] ?? Number.NaN;
    return Number.isNaN(own) ? d.prob[i] : own;
  };
  return tableBlocks(DIVISION_HEADER, d.count, (i) => {
    const nodes = `${d.parent[i]},${d.daughterA[i]},${d.daughterB[i]}`;
    const axis = `${fixed(d.axisZ[i])},${fixed(d.axisY[i])},${fixed(d.axisX[i])},${fixed(d.angle[i], 2)}`;
    const when = `${d.frame[i]},${fixed(d.frame[i] * timeStep)},${fixed(probOf(i))}`;
    return `${nodes},${when},${axis},${fixed(d.cellCycle[i] * timeStep)}`;
  });
}

/** `counts.csv`: one row a frame, empty frames included. */
export function countTable(lineage: Lineage, { timeStep, nFrames }: Scale): string[] {
  const frames = nFrames ?? countFrames(lineage.detections);
  const c = tallyFrames(lineage, frames);
  const header = ['frame', 'time_s', 'n_cells', 'n_divisions', 'n_appearing', 'n_disappearing'];
  return tableBlocks(header, frames, (t) => {
    const counts = `${c.nCells[t]},${c.nDivisions[t]},${c.nAppearing[t]},${c.nDisappearing[t]}`;
    return `${t},${fixed(t * timeStep)},${counts}`;
  });
}

/** Writes the four tables into `folder`, each whole or not at all. */
export async function writeTables(folder: string, lineage: Lineage, context: Scale): Promise<Exported> {
  const tables: [string, (l: Lineage, c: Scale) => string[]][] = [
    ['nodes.csv', nodeTable],
    ['tracklets.csv', trackletTable],
    ['divisions.csv', divisionTable],
    ['counts.csv', countTable],
  ];
  const paths: string[] = [];
  for (const [name, make] of tables) {
    const path = join(folder, name);
    await writeFileAtomic(path, ...make(lineage, context));
    paths.push(path);
  }
  return { paths, notes: [] };
}
