import type { Detections } from '../segment/types.ts';

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
export function buildGrid({ z, y, x }: Detections, from: number, to: number, minCell = 0): FrameGrid {
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

/** Calls `visit(row, d2)` for every row strictly nearer than `radius` to row `from` of any frame. */
export function forEachWithin(
  { z, y, x }: Detections,
  { cell, shape, origin, start, rows }: FrameGrid,
  from: number,
  radius: number,
  visit: (row: number, d2: number) => void,
): void {
  const at = [z[from], y[from], x[from]];
  const low = at.map((v, a) => cellOf(v - radius, origin[a], cell, shape[a]));
  const high = at.map((v, a) => cellOf(v + radius, origin[a], cell, shape[a]));
  const limit = radius * radius;
  for (let cz = low[0]; cz <= high[0]; cz++) {
    for (let cy = low[1]; cy <= high[1]; cy++) {
      const line = (cz * shape[1] + cy) * shape[2];
      // Cells of a line lie next to each other, and so do their rows.
      for (let k = start[line + low[2]]; k < start[line + high[2] + 1]; k++) {
        const row = rows[k];
        const dz = z[row] - at[0];
        const dy = y[row] - at[1];
        const dx = x[row] - at[2];
        const d2 = dz * dz + dy * dy + dx * dx;
        if (d2 < limit) visit(row, d2);
      }
    }
  }
}

/** The row nearest to row `from` (never `from` itself) and its squared distance; row -1 if there is none. */
export function findNearest(
  detections: Detections,
  grid: FrameGrid,
  from: number,
): { row: number; d2: number } {
  const best = { row: -1, d2: Number.POSITIVE_INFINITY };
  const { z, y, x } = detections;
  const { origin, cell, shape, rows } = grid;
  if (rows.length === 0 || (rows.length === 1 && rows[0] === from)) return best;
  const outside = [z[from], y[from], x[from]].map((v, a) =>
    Math.max(0, origin[a] - v, v - origin[a] - cell * shape[a]),
  );
  const away = Math.hypot(outside[0], outside[1], outside[2]);
  for (let reach = cell; best.row < 0; reach *= 2) {
    forEachWithin(detections, grid, from, away + reach, (row, d2) => {
      if (row === from || d2 >= best.d2) return;
      best.row = row;
      best.d2 = d2;
    });
  }
  return best;
}
