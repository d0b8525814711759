import { MorulaError } from '../../errors/index.ts';
import type { Selection } from './types.ts';

/** A box of array elements: per axis a half-open range, and whether the axis is dropped from the result. */
export interface Region {
  start: number[];
  stop: number[];
  /** Shape of the box, all axes. */
  extent: number[];
  /** Shape of the result, without the axes chosen by one index. */
  shape: number[];
}

/** Strides in elements of a C-order array. */
export function cStride(shape: readonly number[]): number[] {
  const stride = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    stride[axis] = step;
    step *= shape[axis];
  }
  return stride;
}

/** The box of a selection. @throws `invalid-option` when it does not fit the array's shape */
export function resolveSelection(
  selection: Selection | undefined,
  shape: readonly number[],
  place: string,
): Region {
  const parts = selection ?? shape.map(() => null);
  const fail = (found: string): never => {
    throw new MorulaError(
      'invalid-option',
      `zarr: ${place}: a selection must lie in shape ${shape.join(' x ')}, got ${found}`,
    );
  };
  if (parts.length !== shape.length) fail(`${parts.length} axes`);
  const region: Region = { start: [], stop: [], extent: [], shape: [] };
  parts.forEach((part, axis) => {
    const [from, to] =
      part === null ? [0, shape[axis]] : typeof part === 'number' ? [part, part + 1] : [part[0], part[1]];
    const good =
      Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= shape[axis];
    if (!good) fail(`${from}:${to} on axis ${axis}`);
    region.start.push(from);
    region.stop.push(to);
    region.extent.push(to - from);
    if (typeof part !== 'number') region.shape.push(to - from);
  });
  return region;
}

/** Steps through all integer points of a half-open box, last axis fastest. Rank 0 has one point. */
export function* boxPoints(from: readonly number[], to: readonly number[]): Generator<number[]> {
  if (from.some((low, axis) => low >= to[axis])) return;
  const point = [...from];
  for (;;) {
    yield [...point];
    let axis = point.length - 1;
    while (axis >= 0 && ++point[axis] === to[axis]) {
      point[axis] = from[axis];
      axis--;
    }
    if (axis < 0) return;
  }
}

interface Mutable<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * Copies a box of elements between two arrays with strides.
 *
 * @param extent box shape; the box starts at element `sourceAt` of `source` and `targetAt` of `target`
 */
export function copyBox<T>(
  extent: readonly number[],
  source: ArrayLike<T>,
  sourceStride: readonly number[],
  sourceAt: number,
  target: Mutable<T>,
  targetStride: readonly number[],
  targetAt: number,
): void {
  if (extent.includes(0)) return;
  const last = extent.length - 1;
  const run = last < 0 ? 1 : extent[last];
  const sourceStep = last < 0 ? 1 : sourceStride[last];
  const targetStep = last < 0 ? 1 : targetStride[last];
  const index = new Array<number>(Math.max(0, last)).fill(0);
  let from = sourceAt;
  let to = targetAt;
  const contiguous = sourceStep === 1 && targetStep === 1 && run > 16 && sameKind(source, target);
  for (;;) {
    if (contiguous)
      (target as unknown as Uint8Array).set((source as unknown as Uint8Array).subarray(from, from + run), to);
    else for (let i = 0; i < run; i++) target[to + i * targetStep] = source[from + i * sourceStep];
    let axis = last - 1;
    while (axis >= 0) {
      from += sourceStride[axis];
      to += targetStride[axis];
      if (++index[axis] < extent[axis]) break;
      from -= extent[axis] * sourceStride[axis];
      to -= extent[axis] * targetStride[axis];
      index[axis--] = 0;
    }
    if (axis < 0) return;
  }
}

/** True for two typed arrays of one type. */
function sameKind(a: object, b: object): boolean {
  return ArrayBuffer.isView(a) && ArrayBuffer.isView(b) && a.constructor === b.constructor;
}
