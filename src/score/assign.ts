/**
 * A sparse assignment problem: row i may take one of the columns `column[start[i] .. start[i + 1] - 1]` at the cost
 * beside it, or stay free at the cost `freeCost`; a column can be taken once.
 */
export interface SparseProblem {
  nRows: number;
  nColumns: number;
  start: Int32Array;
  column: Int32Array;
  cost: Float64Array;
  freeCost: number;
}

/** Binary min-heap of columns by (key, column), so that ties always fall the same way. */
class ColumnHeap {
  private readonly columns: number[] = [];
  private readonly keys: number[] = [];

  get size(): number {
    return this.columns.length;
  }

  clear(): void {
    this.columns.length = 0;
    this.keys.length = 0;
  }

  private before(a: number, b: number): boolean {
    const difference = this.keys[a] - this.keys[b];
    return difference < 0 || (difference === 0 && this.columns[a] < this.columns[b]);
  }

  private swap(a: number, b: number): void {
    [this.columns[a], this.columns[b]] = [this.columns[b], this.columns[a]];
    [this.keys[a], this.keys[b]] = [this.keys[b], this.keys[a]];
  }

  push(column: number, key: number): void {
    let at = this.columns.push(column) - 1;
    this.keys.push(key);
    for (let up = (at - 1) >> 1; at > 0 && this.before(at, up); at = up, up = (at - 1) >> 1)
      this.swap(at, up);
  }

  pop(): { column: number; key: number } {
    const top = { column: this.columns[0], key: this.keys[0] };
    this.swap(0, this.columns.length - 1);
    this.columns.pop();
    this.keys.pop();
    for (let at = 0; ; ) {
      let least = 2 * at + 1;
      if (least >= this.columns.length) break;
      if (least + 1 < this.columns.length && this.before(least + 1, least)) least++;
      if (!this.before(least, at)) break;
      this.swap(at, least);
      at = least;
    }
    return top;
  }
}

/**
 * Solves a sparse assignment problem to optimality; returns per row its column, -1 = free.
 *
 * Rows are added one by one along the shortest augmenting path in reduced costs (Dijkstra from the new row; the
 * search never leaves the row's connected component). The path may end in an untaken column, or free a row.
 * Potentials: `u` of rows, `v` of columns (at most 0, 0 while untaken); reduced cost c - u - v is at least 0.
 * Cost: O(rows * edges of the component * log columns); deterministic.
 *
 * Source: R. Jonker, A. Volgenant 1987, "A shortest augmenting path algorithm for dense and sparse linear assignment
 * problems", doi:10.1007/BF02278710, section 3. Differs: sparse lists, a heap, and a private free column a row.
 */
export function assignSparse(problem: SparseProblem): Int32Array {
  const { nRows, nColumns, start, column, cost, freeCost } = problem;
  const columnOf = new Int32Array(nRows).fill(-1);
  const rowOf = new Int32Array(nColumns).fill(-1);
  const u = new Float64Array(nRows);
  const v = new Float64Array(nColumns);
  const dist = new Float64Array(nColumns).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(nColumns);
  const done = new Uint8Array(nColumns);
  const touched: number[] = [];
  const scanned: number[] = [];
  const heap = new ColumnHeap();

  for (let root = 0; root < nRows; root++) {
    let row = root;
    let reached = 0;
    let bestFree = Number.POSITIVE_INFINITY;
    let freeRow = -1;
    let last = -1;
    u[root] = freeCost;
    for (let e = start[root]; e < start[root + 1]; e++) u[root] = Math.min(u[root], cost[e] - v[column[e]]);
    // search: grow the tree of shortest paths until an untaken column or a row worth freeing comes out nearest
    for (;;) {
      const free = reached + freeCost - u[row];
      if (free < bestFree) {
        bestFree = free;
        freeRow = row;
      }
      for (let e = start[row]; e < start[row + 1]; e++) {
        const j = column[e];
        const d = reached + cost[e] - u[row] - v[j];
        if (done[j] || d >= dist[j]) continue;
        if (dist[j] === Number.POSITIVE_INFINITY) touched.push(j);
        dist[j] = d;
        from[j] = row;
        heap.push(j, d);
      }
      let nearest = -1;
      while (heap.size > 0 && nearest < 0) {
        const top = heap.pop();
        if (!done[top.column] && top.key === dist[top.column]) nearest = top.column;
      }
      if (nearest < 0 || dist[nearest] >= bestFree) break;
      done[nearest] = 1;
      reached = dist[nearest];
      if (rowOf[nearest] < 0) {
        last = nearest;
        break;
      }
      scanned.push(nearest);
      row = rowOf[nearest];
    }
    // update: potentials of everything nearer than the end of the path
    const length = last >= 0 ? reached : bestFree;
    u[root] += length;
    for (const j of scanned) {
      u[rowOf[j]] += length - dist[j];
      v[j] -= length - dist[j];
    }
    // augment: hand columns on along the path, back to the root
    let j = last >= 0 ? last : columnOf[freeRow];
    if (last < 0) columnOf[freeRow] = -1;
    while (j >= 0) {
      const taker = from[j];
      const given = columnOf[taker];
      columnOf[taker] = j;
      rowOf[j] = taker;
      if (taker === root) break;
      j = given;
    }
    for (const k of touched) {
      dist[k] = Number.POSITIVE_INFINITY;
      done[k] = 0;
    }
    touched.length = 0;
    scanned.length = 0;
    heap.clear();
  }
  return columnOf;
}
