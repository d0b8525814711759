import type { Detections } from '../segment/types.ts';

/** Positions as columns, micrometres; `Detections` is one. */
export interface Points {
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
}

/**
 * A bucket grid over the detections of one frame, for neighbour searches in physical units. Rows of cell c are
 * `rows[start[c]]` to `rows[start[c + 1] - 1]`.
 */
export interface FrameGrid {
  cell: number;
  /** Cells along z, y, x. */
  shape: readonly [number, number, number];
  origin: readonly [number, number, number];
  start: Int32Array;
  rows: Int32Array;
}

/** First row of every frame: rows of frame t are `offsets[t]` to `offsets[t + 1] - 1`; length = frames + 1. */
export function frameOffsets({ count, t }: Detections): Int32Array {
  const nFrames = count === 0 ? 0 : t[count - 1] + 1;
  const offsets = new Int32Array(nFrames + 1);
  for (let i = 0; i < count; i++) offsets[t[i] + 1]++;
  for (let f = 0; f < nFrames; f++) offsets[f + 1] += offsets[f];
  return offsets;
}

const cellOf = (value: number, origin: number, cell: number, n: number): number => {
  const c = Math.floor((value - origin) / cell);
  return c < 0 ? 0 : c >= n ? n - 1 : c;
};

/**
 * The grid of rows `from` to `to - 1`, in O(n). Cells are at least `minCell` micrometres wide (0 = as dense as the
 * points) and number at most about four a point.
 */
export function buildGrid({ z, y, x }: Points, from: number, to: number, minCell = 0): FrameGrid {
  const axes = [z, y, x];
  const origin: [number, number, number] = [0, 0, 0];
  const extent: [number, number, number] = [0, 0, 0];
  for (let a = 0; a < 3 && to > from; a++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) {
      low = Math.min(low, axes[a][i]);
      high = Math.max(high, axes[a][i]);
    }
    origin[a] = low;
    extent[a] = high - low;
  }
  const n = to - from;
  const flat = extent.filter((e) => e > 0);
  const volume = flat.reduce((v, e) => v * e, 1);
  let cell = Math.max(minCell, (volume / Math.max(1, n)) ** (1 / Math.max(1, flat.length)), 1e-12);
  const along = (e: number): number => Math.floor(e / cell) + 1;
  while (along(extent[0]) * along(extent[1]) * along(extent[2]) > 4 * n + 64) cell *= 1.5;
  const shape: [number, number, number] = [along(extent[0]), along(extent[1]), along(extent[2])];

  const start = new Int32Array(shape[0] * shape[1] * shape[2] + 1);
  const cellOfRow = new Int32Array(n);
  for (let i = from; i < to; i++) {
    const cz = cellOf(z[i], origin[0], cell, shape[0]);
    const cy = cellOf(y[i], origin[1], cell, shape[1]);
    const c = (cz * shape[1] + cy) * shape[2] + cellOf(x[i], origin[2], cell, shape[2]);
    cellOfRow[i - from] = c;
    start[c + 1]++;
  }
  for (let c = 1; c < start.length; c++) start[c] += start[c - 1];
  const next = start.slice();
  const rows = new Int32Array(n);
  for (let i = from; i < to; i++) rows[next[cellOfRow[i - from]]++] = i;
  return { cell, shape, origin, start, rows };
}

/** Calls `visit(row, d2)` for every row strictly nearer than `radius` to the place (az, ay, ax). */
export function forEachAround(
  { z, y, x }: Points,
  { cell, shape, origin, start, rows }: FrameGrid,
  [az, ay, ax]: readonly [number, number, number],
  radius: number,
  visit: (row: number, d2: number) => void,
): void {
  const lowZ = cellOf(az - radius, origin[0], cell, shape[0]);
  const highZ = cellOf(az + radius, origin[0], cell, shape[0]);
  const lowY = cellOf(ay - radius, origin[1], cell, shape[1]);
  const highY = cellOf(ay + radius, origin[1], cell, shape[1]);
  const lowX = cellOf(ax - radius, origin[2], cell, shape[2]);
  const highX = cellOf(ax + radius, origin[2], cell, shape[2]);
  const limit = radius * radius;
  for (let cz = lowZ; cz <= highZ; cz++) {
    for (let cy = lowY; cy <= highY; cy++) {
      const line = (cz * shape[1] + cy) * shape[2];
      // Cells of a line lie next to each other, and so do their rows.
      for (let k = start[line + lowX]; k < start[line + highX + 1]; k++) {
        const row = rows[k];
        const dz = z[row] - az;
        const dy = y[row] - ay;
        const dx = x[row] - ax;
        const d2 = dz * dz + dy * dy + dx * dx;
        if (d2 < limit) visit(row, d2);
      }
    }
  }
}

/** Calls `visit(row, d2)` for every row strictly nearer than `radius` to row `from` of any frame. */
export function forEachWithin(
  points: Points,
  grid: FrameGrid,
  from: number,
  radius: number,
  visit: (row: number, d2: number) => void,
): void {
  forEachAround(points, grid, [points.z[from], points.y[from], points.x[from]], radius, visit);
}

/** How far a place lies outside the cells of a grid, micrometres; 0 = inside. */
function distanceOutside({ origin, cell, shape }: FrameGrid, at: readonly [number, number, number]): number {
  let sum = 0;
  for (let a = 0; a < 3; a++) {
    sum += Math.max(0, origin[a] - at[a], at[a] - origin[a] - cell * shape[a]) ** 2;
  }
  return Math.sqrt(sum);
}

/** The row nearest to a place, `skip` left out, and its squared distance; row -1 if there is none. */
export function findNearestTo(
  points: Points,
  grid: FrameGrid,
  at: readonly [number, number, number],
  skip = -1,
): { row: number; d2: number } {
  const best = { row: -1, d2: Number.POSITIVE_INFINITY };
  const { rows, cell } = grid;
  if (rows.length === 0 || (rows.length === 1 && rows[0] === skip)) return best;
  const away = distanceOutside(grid, at);
  for (let reach = cell; best.row < 0; reach *= 2) {
    forEachAround(points, grid, at, away + reach, (row, d2) => {
      if (row === skip || d2 > best.d2 || (d2 === best.d2 && row > best.row)) return;
      best.row = row;
      best.d2 = d2;
    });
  }
  return best;
}

/** The row nearest to row `from` (never `from` itself) and its squared distance; row -1 if there is none. */
export function findNearest(points: Points, grid: FrameGrid, from: number): { row: number; d2: number } {
  return findNearestTo(points, grid, [points.z[from], points.y[from], points.x[from]], from);
}

/** The `k` rows nearest to a place within `maxRadius`, nearest first; fewer if there are fewer. */
export function findNearestFew(
  points: Points,
  grid: FrameGrid,
  at: readonly [number, number, number],
  k: number,
  maxRadius: number,
): { rows: number[]; d2: number[] } {
  const rows: number[] = [];
  const near: number[] = [];
  const insert = (row: number, d2: number): void => {
    if (rows.length === k && d2 >= near[k - 1]) return;
    let i = rows.length < k ? rows.length : k - 1;
    for (; i > 0 && (near[i - 1] > d2 || (near[i - 1] === d2 && rows[i - 1] > row)); i--) {
      rows[i] = rows[i - 1];
      near[i] = near[i - 1];
    }
    rows[i] = row;
    near[i] = d2;
  };
  const away = distanceOutside(grid, at);
  const whole = grid.cell * Math.hypot(...grid.shape);
  for (let reach = Math.min(maxRadius, away + 1.5 * grid.cell); ; reach *= 2) {
    rows.length = 0;
    near.length = 0;
    forEachAround(points, grid, at, Math.min(reach, maxRadius), insert);
    if (rows.length === k || reach >= maxRadius || reach > away + whole) return { rows, d2: near };
  }
}
