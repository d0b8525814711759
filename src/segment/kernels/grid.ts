import { f64At, need } from './memory';
import { Shape } from './shape';

/** Square cells over the frame, each with a list of the survivors whose box meets it. */
@unmanaged
export class CellGrid {
  /** Corner and size of the cells, in shape units. */
  y0: f64;
  x0: f64;
  cell: f64;
  rows: i32;
  columns: i32;
  /** Of each cell its first `Entry`, 0 = none: pointers. */
  heads: usize;
  /** Number of the query, see `Shape.seen`. */
  stamp: u32;
}

/** A survivor in a cell. */
@unmanaged
export class Entry {
  shape: Shape;
  /** The next `Entry` of the cell, 0 = none. */
  next: usize;
}

const MAX_CELLS_A_SIDE: f64 = 1024;
const MIN_CELL: f64 = 4;

/** Cells about as large as a typical object, over the candidates' centres; what lies outside counts to the edge cells. */
export function createGrid(count: i32, nRays: i32, y: usize, x: usize, dist: usize, scale: f64): CellGrid {
  let y0 = Infinity;
  let x0 = Infinity;
  let y1 = -Infinity;
  let x1 = -Infinity;
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    y0 = min(y0, f64At(y, i));
    x0 = min(x0, f64At(x, i));
    y1 = max(y1, f64At(y, i));
    x1 = max(x1, f64At(x, i));
    sum += load<f32>(dist + (((i as usize) * (nRays as usize)) << 2)) as f64;
  }
  const extent: f64 = count > 0 ? max(y1 - y0, x1 - x0) : 0;
  const usual: f64 = count > 0 ? (2 * sum) / (count as f64) : 0;
  const cell = max(max(MIN_CELL, usual), extent / MAX_CELLS_A_SIDE);
  const grid = changetype<CellGrid>(need(offsetof<CellGrid>()));
  grid.rows = count > 0 ? (floor((y1 - y0) / cell) as i32) + 1 : 1;
  grid.columns = count > 0 ? (floor((x1 - x0) / cell) as i32) + 1 : 1;
  grid.y0 = y0 * scale;
  grid.x0 = x0 * scale;
  grid.cell = cell * scale;
  grid.stamp = 0;
  const bytes = 4 * (grid.rows * grid.columns);
  grid.heads = need(bytes as f64);
  memory.fill(grid.heads, 0, bytes as usize);
  return grid;
}

/** Enters a survivor into every cell that its box meets. */
export function addToGrid(grid: CellGrid, shape: Shape): void {
  const y1 = rowOf(grid, shape.maxY);
  const x0 = columnOf(grid, shape.minX);
  const x1 = columnOf(grid, shape.maxX);
  for (let cy = rowOf(grid, shape.minY); cy <= y1; cy++) {
    for (let cx = x0; cx <= x1; cx++) {
      const head = headOf(grid, cy, cx);
      const entry = changetype<Entry>(need(offsetof<Entry>()));
      entry.shape = shape;
      entry.next = load<usize>(head);
      store<usize>(head, changetype<usize>(entry));
    }
  }
}

/** The first `Entry` of a cell, 0 = none. */
export function firstIn(grid: CellGrid, row: i32, column: i32): usize {
  return load<usize>(headOf(grid, row, column));
}

function headOf(grid: CellGrid, row: i32, column: i32): usize {
  return grid.heads + (((row * grid.columns + column) as usize) << 2);
}

/** Row and column of the cells at a place, within the grid. */
export function rowOf(grid: CellGrid, y: f64): i32 {
  return cellOf(y - grid.y0, grid.cell, grid.rows);
}

export function columnOf(grid: CellGrid, x: f64): i32 {
  return cellOf(x - grid.x0, grid.cell, grid.columns);
}

function cellOf(distance: f64, cell: f64, n: i32): i32 {
  const i = floor(distance / cell);
  return i < 0 ? 0 : i >= (n as f64) ? n - 1 : (i as i32);
}
