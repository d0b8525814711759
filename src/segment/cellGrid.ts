import type { Candidates } from './candidates.ts';
import type { Shape } from './shapes2d.ts';

/** Square cells over the frame, each with a list of the survivors whose box meets it. */
export interface CellGrid {
  /** Corner and size of the cells, in shape units. */
  y0: number;
  x0: number;
  cell: number;
  rows: number;
  columns: number;
  /** First list entry of a cell, -1 = none. */
  head: Int32Array;
  /** Entry after an entry, -1 = none; and the survivor of an entry. */
  next: number[];
  item: number[];
  /** Last query that met a survivor, so that none is judged twice. */
  seen: number[];
  stamp: number;
}

const MAX_CELLS_A_SIDE = 1024;
const MIN_CELL = 4;

/** Cells about as large as a typical object, over the candidates' centres; what lies outside counts to the edge cells. */
export function createCellGrid({ count, nRays, y, x, dist }: Candidates, scale: number): CellGrid {
  let y0 = Number.POSITIVE_INFINITY;
  let x0 = Number.POSITIVE_INFINITY;
  let y1 = Number.NEGATIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    y0 = Math.min(y0, y[i]!);
    x0 = Math.min(x0, x[i]!);
    y1 = Math.max(y1, y[i]!);
    x1 = Math.max(x1, x[i]!);
    sum += dist[i * nRays]!;
  }
  const extent = count > 0 ? Math.max(y1 - y0, x1 - x0) : 0;
  const cell = Math.max(MIN_CELL, count > 0 ? (2 * sum) / count : 0, extent / MAX_CELLS_A_SIDE);
  const rows = count > 0 ? Math.floor((y1 - y0) / cell) + 1 : 1;
  const columns = count > 0 ? Math.floor((x1 - x0) / cell) + 1 : 1;
  return {
    y0: y0 * scale,
    x0: x0 * scale,
    cell: cell * scale,
    rows,
    columns,
    head: new Int32Array(rows * columns).fill(-1),
    next: [],
    item: [],
    seen: [],
    stamp: 0,
  };
}

/** Enters survivor number `id` into every cell that its box meets. */
export function addToGrid(grid: CellGrid, shape: Shape, id: number): void {
  grid.seen[id] = 0;
  const y1 = cellOf(shape.maxY - grid.y0, grid.cell, grid.rows);
  const x0 = cellOf(shape.minX - grid.x0, grid.cell, grid.columns);
  const x1 = cellOf(shape.maxX - grid.x0, grid.cell, grid.columns);
  for (let cy = cellOf(shape.minY - grid.y0, grid.cell, grid.rows); cy <= y1; cy++) {
    for (let cx = x0; cx <= x1; cx++) {
      const cell = cy * grid.columns + cx;
      grid.next.push(grid.head[cell]!);
      grid.item.push(id);
      grid.head[cell] = grid.item.length - 1;
    }
  }
}

/** Cell of a distance from the first cell's edge, within [0, n). */
export function cellOf(distance: number, cell: number, n: number): number {
  const i = Math.floor(distance / cell);
  return i < 0 ? 0 : i >= n ? n - 1 : i;
}
