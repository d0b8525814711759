import type { TypedArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import { type GeffAxis, SECONDS } from './metadata.ts';

/** Frames of the nodes, and seconds a frame where known. */
export interface Frames {
  t: Int32Array;
  timeStep: number | undefined;
  warnings: string[];
}

/** Largest step that divides every value: the smallest difference between two of them. */
function stepOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < sorted.length; i++) {
    const difference = sorted[i] - sorted[i - 1];
    if (difference > 0 && difference < step) step = difference;
  }
  return step;
}

/**
 * Frame numbers from a time column. Whole numbers are frames, unless the unit is a real time unit and all are
 * multiples of a step over 1; fractions must be multiples of one step, which is then the seconds of a frame.
 *
 * @throws `invalid-data` naming the node whose time is negative, not a number, or between two frames
 */
export function toFrames(values: Float64Array, axis: GeffAxis, ids: TypedArray, place: string): Frames {
  const bad = (i: number, must: string): never => {
    throw new MorulaError(
      'invalid-data',
      `${place}: node ${ids[i]}: ${axis.name} must be ${must}, got ${values[i]}`,
    );
  };
  let whole = true;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]) || values[i] < 0 || values[i] >= 2 ** 31) bad(i, 'a time of 0 or more');
    whole &&= Number.isInteger(values[i]);
  }
  const second = SECONDS[axis.unit?.toLowerCase() ?? ''];
  const scaled = SECONDS[axis.scaled_unit?.toLowerCase() ?? ''];
  const known = scaled !== undefined && axis.scale ? axis.scale * scaled : undefined;
  const step = whole && second === undefined ? 1 : stepOf(values);
  const multiples = step > 1 && values.every((value) => value % step === 0);
  if (whole && !multiples) return { t: Int32Array.from(values), timeStep: known, warnings: [] };
  const t = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    t[i] = Math.round(values[i] / step);
    if (Math.abs(values[i] / step - t[i]) > 0.01) bad(i, `a multiple of the step ${step}`);
  }
  const warnings = [
    `${place}: times are in steps of ${step} ${axis.unit ?? ''}, read as frames`.replace(' ,', ','),
  ];
  return { t, timeStep: second === undefined ? known : step * second, warnings };
}
