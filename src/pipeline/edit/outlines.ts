import { type Runs, runsWhere } from './runs.ts';

type Size = readonly [number, number, number];
type Voxel = readonly [number, number, number];

/**
 * Pixels whose centres lie in a disc (one plane) or a ball.
 *
 * @param centre `[z, y, x]` micrometres; in 2D z is 0
 * @param radius micrometres
 */
export function discRuns(
  size: Size,
  voxel: Voxel,
  ndim: 2 | 3,
  centre: readonly number[],
  radius: number,
): Runs {
  const box = [0, 1, 2].flatMap((axis) => [
    Math.ceil((centre[axis] - radius) / voxel[axis]),
    Math.floor((centre[axis] + radius) / voxel[axis]),
  ]);
  if (ndim === 2) box.splice(0, 2, 0, 0);
  return runsWhere(size, box, (z, y, x) => {
    const dz = ndim === 2 ? 0 : z * voxel[0] - centre[0];
    return Math.hypot(dz, y * voxel[1] - centre[1], x * voxel[2] - centre[2]) <= radius;
  });
}

/**
 * Pixels whose centres lie in a polygon (even-odd rule) on one plane.
 *
 * @param points `[y, x]` micrometres
 */
export function polygonRuns(
  size: Size,
  voxel: Voxel,
  plane: number,
  points: readonly (readonly number[])[],
): Runs {
  const ys = points.map(([y]) => y / voxel[1]);
  const xs = points.map(([, x]) => x / voxel[2]);
  const box = [plane, plane, Math.ceil(Math.min(...ys)), Math.floor(Math.max(...ys))];
  box.push(Math.ceil(Math.min(...xs)), Math.floor(Math.max(...xs)));
  return runsWhere(size, box, (_z, y, x) => {
    let inside = false;
    for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
      if (ys[i] > y === ys[j] > y) continue;
      if (x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) inside = !inside;
    }
    return inside;
  });
}
