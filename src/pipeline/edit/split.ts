import { countPixels, filterRuns, forEachPixel, type Runs } from './runs.ts';

type Triple = readonly [number, number, number];
/** `[z, y, x]` micrometres. */
type Place = readonly number[];
type Side = (z: number, y: number, x: number) => boolean;

/** Rounds of moving both seeds to the middle of their pixels; more change nothing in a cell. */
const ROUNDS = 8;

/**
 * Cuts pixels along the line through two points; in 3D along the plane through it and the z axis.
 *
 * @param line points `[y, x]` micrometres
 */
export function alongLine(
  voxel: Triple,
  [[y0, x0], [y1, x1]]: readonly [readonly number[], readonly number[]],
): Side {
  const [, dy, dx] = voxel;
  return (_z, y, x) => (y1 - y0) * (x * dx - x0) - (x1 - x0) * (y * dy - y0) < 0;
}

/** Gives every pixel to the nearer of two seeds. */
export function nearerFirst(voxel: Triple, [a, b]: readonly [Place, Place]): Side {
  const away = (seed: Place, z: number, y: number, x: number): number =>
    (z * voxel[0] - seed[0]) ** 2 + (y * voxel[1] - seed[1]) ** 2 + (x * voxel[2] - seed[2]) ** 2;
  return (z, y, x) => away(a, z, y, x) <= away(b, z, y, x);
}

/** The two parts, the larger first; one of them is empty where nothing was cut. */
export function cutRuns(runs: Runs, size: Triple, side: Side): [Runs, Runs] {
  const parts: [Runs, Runs] = [
    filterRuns(runs, size, side),
    filterRuns(runs, size, (z, y, x) => !side(z, y, x)),
  ];
  return countPixels(parts[0]) >= countPixels(parts[1]) ? parts : [parts[1], parts[0]];
}

/**
 * Where the two cells of one object lie: at two hints if it holds two, else at the middles of the halves that two seeds
 * settle to (Lloyd's rounds), begun at the one hint and opposite of it, or along the longest axis.
 *
 * @param hints places of candidates below the threshold, the likeliest first
 */
export function seedsOf(runs: Runs, size: Triple, voxel: Triple, hints: readonly Place[]): [Place, Place] {
  const inside = hints.filter((hint) => {
    const [z, y, x] = hint.map((v, axis) => Math.round(v / voxel[axis]));
    return filterRuns(runs, size, (a, b, c) => a === z && b === y && c === x).length > 0;
  });
  if (inside.length > 1) return [inside[0], inside[1]];
  const { middle, axis } = axisOf(runs, voxel);
  const first = inside[0] ?? middle.map((m, k) => m - axis[k]);
  let seeds: [Place, Place] = [first, middle.map((m, k) => 2 * m - first[k])];
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b] = cutRuns(runs, size, nearerFirst(voxel, seeds));
    if (a.length === 0 || b.length === 0) break;
    seeds = [axisOf(a, voxel).middle, axisOf(b, voxel).middle];
  }
  return seeds;
}

/** Middle of pixels, and their longest axis as long as their spread along it; micrometres `[z, y, x]`. */
function axisOf(runs: Runs, voxel: Triple): { middle: number[]; axis: number[] } {
  const count = countPixels(runs);
  const middle = [0, 0, 0];
  forEachPixel(runs, (...at) => {
    for (let k = 0; k < 3; k++) middle[k] += (at[k] * voxel[k]) / count;
  });
  const spread = new Float64Array(9);
  forEachPixel(runs, (...at) => {
    const d = at.map((v, k) => v * voxel[k] - middle[k]);
    for (let i = 0; i < 9; i++) spread[i] += (d[Math.floor(i / 3)] * d[i % 3]) / count;
  });
  // Powers of the covariance turn any vector towards its largest axis.
  let axis = [1, 0.9, 1.1];
  let length = 0;
  for (let round = 0; round < 50; round++) {
    const next = [0, 1, 2].map((i) => axis.reduce((sum, v, k) => sum + v * spread[3 * i + k], 0));
    length = Math.hypot(...next);
    if (length === 0) break;
    axis = next.map((v) => v / length);
  }
  return { middle, axis: axis.map((v) => v * Math.sqrt(length)) };
}
