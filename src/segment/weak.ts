import type { Triple } from '../model/index.ts';
import { byProbDescending } from './order.ts';

/**
 * What the network saw but not surely enough: candidates below the threshold, or dropped by `Manifest.keep`, that overlap no object and no better one
 * of their kind, best first. Correcting a missed cell starts from them. In pixels of the frame.
 */
export interface WeakCandidates {
  count: number;
  nRays: number;
  /** Centre; z = 0 in 2D. */
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  /** Over threshold / 3; over the threshold only where `Manifest.keep` dropped it. */
  prob: Float32Array;
  /** Radius of the disc or ball of the same size, pixels. */
  radius: Float64Array;
  /**
   * `count x nRays`, lengths in `distSteps` a pixel. In 2D ray k points to (sin, cos)(2 pi k / nRays) as (y, x);
   * in 3D the rays are those of `goldenSpiral(nRays, anisotropy)`.
   */
  dist: Uint16Array;
  distSteps: number;
  /** Null in 2D. */
  anisotropy: Triple | null;
}

/** Steps of a pixel for ray lengths; the longest is 4095 pixels. */
const DIST_STEPS = 16;
/** Share of the threshold that a candidate's prob must exceed to be kept. */
const WEAK_SHARE = 1 / 3;
/** More than rounding moves a probability: what lies farther off needs no rounding. */
export const SLACK = 1e-3;
/** Most that are held while a frame is predicted: the best of more. */
export const MAX_WEAK = 16384;
/** How many a frame may keep beyond the number of its objects. */
const SPARE = 100;
/** Candidates judged for each one that may be kept: bounds the work where noise comes near the threshold. */
export const JUDGED = 4;

/** Prob that a weak candidate must exceed. */
export function weakFloor(probThreshold: number): number {
  return probThreshold * WEAK_SHARE;
}

/** Prob from which on a network's rays are looked at: a little below what is kept. */
export function raysFloor(probThreshold: number, keepWeak: boolean): number {
  return (keepWeak ? weakFloor(probThreshold) : probThreshold) - SLACK;
}

/** Weak candidates that a frame with so many objects keeps at most. */
export function mostWeak(objects: number): number {
  return objects + SPARE;
}

/** Base of the numbers that cells have along an axis. */
const CELLS = 2 ** 17;

/**
 * Rows that may overlap any of some shapes: those whose centre lies at most about twice `reach` from one. O(n).
 *
 * @param centre of a row, pixels, two or three coordinates from 0
 * @param others centres of the shapes
 * @param reach longest ray of a row plus longest of the others
 */
export function rowsNear(
  rows: Uint32Array,
  centre: (row: number) => readonly number[],
  others: readonly (readonly number[])[],
  reach: number,
): Uint32Array {
  const cellOf = (at: readonly number[]): number =>
    at.reduce((key, v) => key * CELLS + Math.floor(v / (reach + 2)) + 1, 0);
  const cells = new Set<number>();
  for (const other of others) {
    let near = [cellOf(other)];
    for (let axis = 0; axis < other.length; axis++)
      near = near.flatMap((cell) => [cell - CELLS ** axis, cell, cell + CELLS ** axis]);
    for (const cell of near) cells.add(cell);
  }
  return rows.filter((row) => cells.has(cellOf(centre(row))));
}

/** The best rows of a table, in any order. */
export function bestRows(
  table: { count: number; prob: Float32Array; index: Uint32Array },
  most: number,
): Uint32Array {
  if (table.count <= most) return Uint32Array.from({ length: table.count }, (_, row) => row);
  return byProbDescending(table).subarray(0, most);
}

/** A ray length on its steps. */
export function weakDist(pixels: number): number {
  return Math.min(65535, Math.round(pixels * DIST_STEPS));
}

/** An empty table. */
export function createWeak(count: number, nRays: number, anisotropy: Triple | null): WeakCandidates {
  return {
    count,
    nRays,
    z: new Float64Array(count),
    y: new Float64Array(count),
    x: new Float64Array(count),
    prob: new Float32Array(count),
    radius: new Float64Array(count),
    dist: new Uint16Array(count * nRays),
    distSteps: DIST_STEPS,
    anisotropy,
  };
}
