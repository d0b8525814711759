import { Body } from './body';
import { need } from './memory';

/** Box-shaped cells over a volume, each with a list of the survivors whose box meets it. */
@unmanaged
export class CellGrid3d {
  /** Size of a cell, voxels. */
  z: f64;
  y: f64;
  x: f64;
  /** Cells along each axis; what lies outside the volume counts to the outer ones. */
  depth: i32;
  height: i32;
  width: i32;
  /** Of each cell its first `Entry3d`, 0 = none: pointers. */
  heads: usize;
  /** Number of the query, see `Body.seen`. */
  stamp: u32;
}

/** A survivor in a cell. */
@unmanaged
export class Entry3d {
  body: Body;
  /** The body's `Core`, 0 = none: beside it, for most queries end there. */
  core: usize;
  /** The next `Entry3d` of the cell, 0 = none. */
  next: usize;
}

const MAX_CELLS: f64 = 1048576;
const MIN_CELL: f64 = 4;

/**
 * Cells of a size, enlarged where there would be too many.
 *
 * @param depth,height,width of the volume, voxels
 */
export function createGrid3d(depth: f64, height: f64, width: f64, z: f64, y: f64, x: f64): CellGrid3d {
  const grid = changetype<CellGrid3d>(need(offsetof<CellGrid3d>()));
  grid.z = max(MIN_CELL, z);
  grid.y = max(MIN_CELL, y);
  grid.x = max(MIN_CELL, x);
  while (cellsAlong(depth, grid.z) * cellsAlong(height, grid.y) * cellsAlong(width, grid.x) > MAX_CELLS) {
    grid.z *= 1.5;
    grid.y *= 1.5;
    grid.x *= 1.5;
  }
  grid.depth = cellsAlong(depth, grid.z) as i32;
  grid.height = cellsAlong(height, grid.y) as i32;
  grid.width = cellsAlong(width, grid.x) as i32;
  const bytes = ((grid.depth * grid.height * grid.width) as usize) << 2;
  grid.heads = need(bytes as f64);
  memory.fill(grid.heads, 0, bytes);
  grid.stamp = 0;
  return grid;
}

function cellsAlong(size: f64, cell: f64): f64 {
  return max(1.0, ceil(size / cell));
}

/** Enters a survivor, and its core, into every cell that its box meets. */
export function addToGrid3d(grid: CellGrid3d, body: Body, core: usize): void {
  const z1 = planeIn(grid, body.z1);
  const y0 = rowIn(grid, body.y0);
  const y1 = rowIn(grid, body.y1);
  const x0 = columnIn(grid, body.x0);
  const x1 = columnIn(grid, body.x1);
  for (let z = planeIn(grid, body.z0); z <= z1; z++)
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) {
        const head = headOf(grid, z, y, x);
        const entry = changetype<Entry3d>(need(offsetof<Entry3d>()));
        entry.body = body;
        entry.core = core;
        entry.next = load<usize>(head);
        store<usize>(head, changetype<usize>(entry));
      }
}

/** The first `Entry3d` of a cell, 0 = none. */
export function firstIn3d(grid: CellGrid3d, plane: i32, row: i32, column: i32): usize {
  return load<usize>(headOf(grid, plane, row, column));
}

function headOf(grid: CellGrid3d, plane: i32, row: i32, column: i32): usize {
  return grid.heads + ((((plane * grid.height + row) * grid.width + column) as usize) << 2);
}

/** Cell of a voxel along each axis. */
export function planeIn(grid: CellGrid3d, z: i32): i32 {
  return cellOf(z, grid.z, grid.depth);
}

export function rowIn(grid: CellGrid3d, y: i32): i32 {
  return cellOf(y, grid.y, grid.height);
}

export function columnIn(grid: CellGrid3d, x: i32): i32 {
  return cellOf(x, grid.x, grid.width);
}

function cellOf(position: i32, cell: f64, n: i32): i32 {
  return max(0, min(n - 1, floor((position as f64) / cell) as i32));
}
