import type { Links } from '../../src/link/types.ts';
import type { Detections } from '../../src/segment/types.ts';
import type { Life, SimulationOptions, TrackRow } from './types.ts';

/** The true lineage in the forms that the rest of morula uses. */
export interface TrueTracks {
  /** Row i is row i of `life.rows`; label = number of the cell; micrometres. */
  detections: Detections;
  links: Links;
  /** One row a cell, sorted by id: the track table of the Cell Tracking Challenge. */
  tracks: TrackRow[];
}

/** The truth of a simulated movie: centres, true sizes, and every link; nothing is missed and nothing is doubtful. */
export function lifeToTracks(life: Life, options: SimulationOptions): TrueTracks {
  return { detections: detectionsOf(life, options), links: linksOf(life), tracks: trackTable(life) };
}

function detectionsOf(life: Life, options: SimulationOptions): Detections {
  const { rows, ndim } = life;
  const size = new Float64Array(rows.count);
  const radius = new Float64Array(rows.count);
  const border = new Uint8Array(rows.count);
  for (let i = 0; i < rows.count; i++) {
    const [u, v, w] = rows.radii.subarray(3 * i, 3 * i + 3);
    size[i] = ndim === 2 ? Math.PI * u * v : (4 / 3) * Math.PI * u * v * w;
    radius[i] = ndim === 2 ? Math.sqrt(u * v) : Math.cbrt(u * v * w);
    border[i] = touchesBorder(life, i, options) ? 1 : 0;
  }
  return {
    count: rows.count,
    ndim,
    t: rows.t.slice(),
    label: Uint32Array.from(rows.cell),
    z: rows.z.slice(),
    y: rows.y.slice(),
    x: rows.x.slice(),
    size,
    radius,
    prob: new Float32Array(rows.count).fill(1),
    border,
    intensity: new Float32Array(0),
    nChannels: 0,
  };
}

/** True when the nucleus, as a ball of its longest semi-axis, reaches the first or last pixel of an axis. */
function touchesBorder({ rows, ndim }: Life, i: number, { shape, voxelSize }: SimulationOptions): boolean {
  const reach = Math.max(rows.radii[3 * i], rows.radii[3 * i + 1]);
  const centre = [rows.z[i], rows.y[i], rows.x[i]];
  for (let axis = 3 - ndim; axis < 3; axis++) {
    if (centre[axis] - reach <= 0 || centre[axis] + reach >= (shape[axis] - 1) * voxelSize[axis]) return true;
  }
  return false;
}

/** A cell's row follows its row of the frame before, a newborn's the last row of its parent. */
function linksOf({ rows, cells }: Life): Links {
  const source: number[] = [];
  const target: number[] = [];
  const lastRow = new Int32Array(cells.count + 1).fill(-1);
  for (let i = 0; i < rows.count; i++) {
    const cell = rows.cell[i];
    const from = lastRow[cell] >= 0 ? lastRow[cell] : lastRow[cells.parent[cell - 1]];
    if (from >= 0) {
      source.push(from);
      target.push(i);
    }
    lastRow[cell] = i;
  }
  const count = source.length;
  return {
    count,
    source: Int32Array.from(source),
    target: Int32Array.from(target),
    cost: new Float32Array(count).fill(Number.NaN),
    prob: new Float32Array(count).fill(1),
  };
}

function trackTable({ cells }: Life): TrackRow[] {
  return Array.from({ length: cells.count }, (_, i) => ({
    id: i + 1,
    begin: cells.begin[i],
    end: cells.end[i],
    parent: cells.parent[i],
  }));
}
