import type { NdArray, TypedArray } from '../array/index.ts';
import { MorulaError } from '../errors/index.ts';
import type { PlanePart } from './types.ts';

/**
 * Checks that a part lies within a plane.
 *
 * @throws `invalid-option`
 */
export function checkPart(
  { y, x }: PlanePart,
  [height, width]: readonly [number, number],
  name: string,
): void {
  for (const [[from, to], size, axis] of [
    [y, height, 'y'],
    [x, width, 'x'],
  ] as const) {
    if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= size) continue;
    throw new MorulaError(
      'invalid-option',
      `read: a part along ${axis} must lie in 0:${size} and have pixels, got ${from}:${to} (${name})`,
    );
  }
}

/** A part of a plane `[y, x]`, copied. */
export function cutPart<T extends TypedArray>({ data, shape }: NdArray<T>, { y, x }: PlanePart): NdArray<T> {
  const [height, width] = [y[1] - y[0], x[1] - x[0]];
  const out = data.slice(0, height * width) as T;
  for (let row = 0; row < height; row++) {
    const from = (y[0] + row) * shape[1] + x[0];
    out.set(data.subarray(from, from + width) as T & number[], row * width);
  }
  return { data: out, shape: [height, width] };
}
