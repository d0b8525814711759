import { type Candidates3d, DIST_STEPS, firstRay, raysOf } from './candidates3d.ts';
import type { Polyhedron } from './polyhedron.ts';
import type { Rays3d } from './rays3d.ts';

/** Box-shaped cells over the frame, each with a list of the survivors whose box meets it. */
export interface CellGrid3d {
  /** Size of a cell, voxels, and number of cells, `[z, y, x]`. */
  cell: [number, number, number];
  cells: [number, number, number];
  /** First list entry of a cell, -1 = none. */
  head: Int32Array;
  /** Entry after an entry, -1 = none; and the survivor of an entry. */
  next: number[];
  item: number[];
  /** Last query that met a survivor, so that none is judged twice. */
  seen: number[];
  stamp: number;
}

const MAX_CELLS = 2 ** 20;
const MIN_CELL = 4;
/** Candidates whose rays are looked at for a typical size. */
const SAMPLE = 4096;

/** Cells about as large as a typical object; what lies outside the frame counts to the outer cells. */
export function createCellGrid3d(candidates: Candidates3d, rays: Rays3d): CellGrid3d {
  const { grid, gridShape } = candidates;
  const cell = typicalExtent(candidates, rays);
  const cellsOf = (): [number, number, number] =>
    cell.map((c, a) => Math.max(1, Math.ceil((grid[a] * gridShape[a]) / c))) as [number, number, number];
  let cells = cellsOf();
  while (cells[0] * cells[1] * cells[2] > MAX_CELLS) {
    for (let a = 0; a < 3; a++) cell[a] *= 1.5;
    cells = cellsOf();
  }
  const head = new Int32Array(cells[0] * cells[1] * cells[2]).fill(-1);
  return { cell, cells, head, next: [], item: [], seen: [], stamp: 0 };
}

/** Mean extent of a sample of the candidates, voxels. */
function typicalExtent(candidates: Candidates3d, { vector }: Rays3d): [number, number, number] {
  const { count, nRays } = candidates;
  const sum = new Float64Array(3);
  const step = Math.max(1, Math.floor(count / SAMPLE));
  let n = 0;
  for (let row = 0; row < count; row += step, n++)
    addExtent(sum, raysOf(candidates, row), firstRay(candidates, row), nRays, vector);
  const mean = (a: number): number => Math.max(MIN_CELL, n > 0 ? sum[a] / n : 0);
  return [mean(0), mean(1), mean(2)];
}

function addExtent(
  sum: Float64Array,
  dist: Uint16Array,
  first: number,
  nRays: number,
  vector: Float64Array,
): void {
  const steps = nRays * DIST_STEPS;
  for (let k = 0; k < nRays; k++) {
    const length = 4 * dist[first + k];
    sum[0] += (length * Math.abs(vector[3 * k])) / steps;
    sum[1] += (length * Math.abs(vector[3 * k + 1])) / steps;
    sum[2] += (length * Math.abs(vector[3 * k + 2])) / steps;
  }
}

/** Enters survivor number `id` into every cell that its box meets. */
export function addToGrid3d(grid: CellGrid3d, shape: Polyhedron, id: number): void {
  grid.seen[id] = 0;
  forEachCell(grid, shape, (cell) => {
    grid.next.push(grid.head[cell]);
    grid.item.push(id);
    grid.head[cell] = grid.item.length - 1;
    return false;
  });
}

/** Visits the cells that a shape's box meets until `visit` gives true; says whether it did. */
export function forEachCell(
  { cell, cells }: CellGrid3d,
  shape: Polyhedron,
  visit: (cell: number) => boolean,
): boolean {
  const y0 = cellOf(shape.y0, cell[1], cells[1]);
  const y1 = cellOf(shape.y1, cell[1], cells[1]);
  const x0 = cellOf(shape.x0, cell[2], cells[2]);
  const x1 = cellOf(shape.x1, cell[2], cells[2]);
  const z1 = cellOf(shape.z1, cell[0], cells[0]);
  for (let z = cellOf(shape.z0, cell[0], cells[0]); z <= z1; z++)
    for (let y = y0; y <= y1; y++)
      for (let x = x0; x <= x1; x++) if (visit((z * cells[1] + y) * cells[2] + x)) return true;
  return false;
}

/** The cell that holds the centre of a shape. */
export function homeCell({ cell, cells }: CellGrid3d, { z, y, x }: Polyhedron): number {
  return (
    (cellOf(z, cell[0], cells[0]) * cells[1] + cellOf(y, cell[1], cells[1])) * cells[2] +
    cellOf(x, cell[2], cells[2])
  );
}

function cellOf(position: number, cell: number, n: number): number {
  const i = Math.floor(position / cell);
  return i < 0 ? 0 : i >= n ? n - 1 : i;
}
