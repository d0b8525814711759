import { type FrameGrid, forEachAround, type Points } from '../grid.ts';

/** Cells of a frame that vote at most: the peak is found as well, in bounded time. */
const MAX_VOTERS = 300;

/**
 * The displacement that most pairs of detections of two frames share: a histogram of all vectors q - p with no
 * component over `reach`, in bins of `bin`, summed over 3 bins an axis. O(n density reach^3).
 *
 * It finds drift of more than half a spacing, where nearest neighbours are the wrong ones.
 *
 * @param from rows of the first frame, start-inclusive and end-exclusive
 * @param grid of the second frame
 * @param flat true in 2D: z takes no bins
 * @returns micrometres along z, y, x, to a bin and a half; and the votes for it and for no displacement
 */
export function voteShift(
  points: Points,
  from: readonly [number, number],
  grid: FrameGrid,
  { reach, bin, flat }: { reach: number; bin: number; flat: boolean },
): { shift: [number, number, number]; votes: number; votesAtZero: number } {
  const half = Math.max(1, Math.round(reach / bin));
  const side = 2 * half + 1;
  const depth = flat ? 1 : side;
  const counts = new Int32Array(depth * side * side);
  const stride = Math.max(1, Math.ceil((from[1] - from[0]) / MAX_VOTERS));
  const { z, y, x } = points;
  const binOf = (d: number): number => Math.round(d / bin) + half;
  for (let i = from[0]; i < from[1]; i += stride) {
    forEachAround(points, grid, [z[i], y[i], x[i]], reach * Math.sqrt(flat ? 2 : 3), (row) => {
      const bz = flat ? 0 : binOf(z[row] - z[i]);
      const by = binOf(y[row] - y[i]);
      const bx = binOf(x[row] - x[i]);
      if (bz < 0 || by < 0 || bx < 0 || bz >= depth || by >= side || bx >= side) return;
      counts[(bz * side + by) * side + bx]++;
    });
  }
  const zero = ((flat ? 0 : half) * side + half) * side + half;
  const summed = boxSum(counts, [depth, side, side]);
  let best = zero;
  for (let b = 0; b < summed.length; b++) if (summed[b] > summed[best]) best = b;
  const bx = best % side;
  const by = Math.floor(best / side) % side;
  const bz = Math.floor(best / (side * side));
  return {
    shift: [flat ? 0 : (bz - half) * bin, (by - half) * bin, (bx - half) * bin],
    votes: summed[best],
    votesAtZero: summed[zero],
  };
}

/** Sum over 3 bins along every axis, clipped at the ends. */
function boxSum(counts: Int32Array, [nz, ny, nx]: readonly [number, number, number]): Int32Array {
  const strides = [ny * nx, nx, 1];
  const sizes = [nz, ny, nx];
  let current = counts;
  for (let a = 0; a < 3; a++) {
    if (sizes[a] === 1) continue;
    const next = new Int32Array(current.length);
    for (let b = 0; b < current.length; b++) {
      const at = Math.floor(b / strides[a]) % sizes[a];
      next[b] =
        current[b] +
        (at > 0 ? current[b - strides[a]] : 0) +
        (at + 1 < sizes[a] ? current[b + strides[a]] : 0);
    }
    current = next;
  }
  return current;
}
