/** Costs of possible pairs, row by row: entries of row i are `start[i]` to `start[i + 1] - 1`. */
export interface SparseCosts {
  nRows: number;
  nColumns: number;
  start: Int32Array;
  column: Int32Array;
  cost: Float64Array;
}

/** Min-heap of (key, value) pairs on plain arrays. */
interface Heap {
  keys: number[];
  values: number[];
}

function push({ keys, values }: Heap, key: number, value: number): void {
  let i = keys.length;
  keys.push(key);
  values.push(value);
  while (i > 0) {
    const up = (i - 1) >> 1;
    if (keys[up] <= key) break;
    keys[i] = keys[up];
    values[i] = values[up];
    i = up;
  }
  keys[i] = key;
  values[i] = value;
}

/** Removes the top, which the caller has read. */
function pop({ keys, values }: Heap): void {
  const key = keys.pop() as number;
  const value = values.pop() as number;
  const n = keys.length;
  if (n === 0) return;
  let i = 0;
  for (let child = 1; child < n; child = 2 * i + 1) {
    if (child + 1 < n && keys[child + 1] < keys[child]) child++;
    if (keys[child] >= key) break;
    keys[i] = keys[child];
    values[i] = values[child];
    i = child;
  }
  keys[i] = key;
  values[i] = value;
}

/**
 * The partial matching of rows to columns that minimises the sum of (cost - reject) over its pairs: a pair is made
 * only where that lowers the sum. Exact; where optima tie, one of them.
 *
 * This is the augmented square matrix of Jaqaman et al. with one alternative cost `b` for every row and column and a
 * constant lower-right block `f`, for `reject = 2b - f`: k pairs leave n + m - 2k ends and starts at b and k filled
 * entries at f, so the total is sum(cost) - k(2b - f) + (n + m)b, and the (n + m)-square matrix need not be built.
 *
 * Shortest augmenting paths with potentials, over the sparse entries. A search ends at the first free column or
 * where leaving a row alone is cheaper, so it stays within one connected component and mostly within a few pairs:
 * O(E log E) in practice, O(n E log E) at worst.
 *
 * Source: R. Jonker, A. Volgenant 1987, A shortest augmenting path algorithm for dense and sparse linear assignment
 * problems, doi 10.1007/BF02278710 (augmentation phase); K. Jaqaman et al. 2008, doi 10.1038/nmeth.1237.
 * Differs: each row has a private column of cost `reject` instead of the three further blocks.
 *
 * @returns per row: its column, -1 = none
 */
export function assign({ nRows, nColumns, start, column, cost }: SparseCosts, reject: number): Int32Array {
  // u, v: potentials of rows and columns; cost - reject - u - v >= 0, and = 0 on matched pairs.
  const u = new Float64Array(nRows);
  const v = new Float64Array(nColumns);
  const columnOf = new Int32Array(nRows).fill(-1);
  const rowOf = new Int32Array(nColumns).fill(-1);
  const distance = new Float64Array(nColumns).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(nColumns);
  const done = new Uint8Array(nColumns);
  const heap: Heap = { keys: [], values: [] };
  const reached: number[] = [];
  const scanned: number[] = [];

  for (let root = 0; root < nRows; root++) {
    for (let k = start[root]; k < start[root + 1]; k++) {
      u[root] = Math.min(u[root], cost[k] - reject - v[column[k]]);
    }
    // Search: shortest path from `root` to a free column or to a row that is better left alone.
    let aloneRow = -1;
    let aloneAt = Number.POSITIVE_INFINITY;
    let end = -1;
    let length = Number.POSITIVE_INFINITY;
    for (let row = root, base = 0; ; ) {
      if (base - u[row] < aloneAt) {
        aloneAt = base - u[row];
        aloneRow = row;
      }
      for (let k = start[row]; k < start[row + 1]; k++) {
        const j = column[k];
        const d = base + cost[k] - reject - u[row] - v[j];
        if (done[j] === 1 || d >= distance[j] || d >= aloneAt) continue;
        if (distance[j] === Number.POSITIVE_INFINITY) reached.push(j);
        distance[j] = d;
        from[j] = row;
        push(heap, d, j);
      }
      while (heap.keys.length > 0 && done[heap.values[0]] === 1) pop(heap);
      if (heap.keys.length === 0 || heap.keys[0] >= aloneAt) {
        length = aloneAt;
        break;
      }
      const j = heap.values[0];
      base = heap.keys[0];
      pop(heap);
      if (rowOf[j] < 0) {
        end = j;
        length = base;
        break;
      }
      done[j] = 1;
      scanned.push(j);
      row = rowOf[j];
    }
    // Potentials: matched pairs on the tree stay tight.
    u[root] += length;
    for (const j of scanned) {
      v[j] -= length - distance[j];
      u[rowOf[j]] += length - distance[j];
    }
    // Augment backward along the path; the root had no column, which ends it.
    let j = end;
    if (end < 0) {
      j = columnOf[aloneRow];
      columnOf[aloneRow] = -1;
    }
    while (j >= 0) {
      const row = from[j];
      const before = columnOf[row];
      columnOf[row] = j;
      rowOf[j] = row;
      j = before;
    }
    for (const column of reached) {
      distance[column] = Number.POSITIVE_INFINITY;
      done[column] = 0;
    }
    reached.length = 0;
    scanned.length = 0;
    heap.keys.length = 0;
    heap.values.length = 0;
  }
  return columnOf;
}
