/**
 * Calls `visit(i, j)` with i < j once for every pair of points that are nearer than `reach` along every axis, and for
 * some that are a little farther. Spatial hash on a grid of side `reach`: O(n) for points of bounded density.
 *
 * @param positions `n x 3`, any unit
 */
export function forEachNear(
  positions: Float64Array,
  reach: number,
  visit: (i: number, j: number) => void,
): void {
  const n = positions.length / 3;
  if (n < 2) return;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let k = 0; k < positions.length; k++) {
    low[k % 3] = Math.min(low[k % 3], positions[k]);
    high[k % 3] = Math.max(high[k % 3], positions[k]);
  }
  const [nz, ny, nx] = low.map((from, axis) => Math.floor((high[axis] - from) / reach) + 1);
  const binOf = (i: number, axis: number): number =>
    Math.floor((positions[3 * i + axis] - low[axis]) / reach);

  const head = new Int32Array(nz * ny * nx).fill(-1);
  const next = new Int32Array(n);
  for (let i = n - 1; i >= 0; i--) {
    const bin = (binOf(i, 0) * ny + binOf(i, 1)) * nx + binOf(i, 2);
    next[i] = head[bin];
    head[bin] = i;
  }

  for (let i = 0; i < n; i++) {
    const [z, y, x] = [binOf(i, 0), binOf(i, 1), binOf(i, 2)];
    for (let bz = Math.max(0, z - 1); bz <= Math.min(nz - 1, z + 1); bz++) {
      for (let by = Math.max(0, y - 1); by <= Math.min(ny - 1, y + 1); by++) {
        for (let bx = Math.max(0, x - 1); bx <= Math.min(nx - 1, x + 1); bx++) {
          for (let j = head[(bz * ny + by) * nx + bx]; j !== -1; j = next[j]) if (j > i) visit(i, j);
        }
      }
    }
  }
}
