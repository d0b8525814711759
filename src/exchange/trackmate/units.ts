import { MICROMETRES, SECONDS } from '../geff/metadata.ts';
import type { LengthUnit } from '../types.ts';

/** What lengths along the axes are in, and micrometres in one, `[z, y, x]`; 1 where that is not known. */
export interface LengthScale {
  unit: LengthUnit;
  factors: readonly [number, number, number];
}

/**
 * The unit that a file names. Pixels become micrometres where a voxel size is given.
 *
 * @param voxelSize `[z, y, x]` micrometres
 */
export function lengthUnit(name: string, voxelSize?: readonly [number, number, number]): LengthScale {
  const key = name.trim().toLowerCase();
  const factor = MICROMETRES[key];
  if (factor !== undefined) return { unit: 'micrometer', factors: [factor, factor, factor] };
  const pixels = key === 'pixel' || key === 'pixels' || key === 'px';
  if (pixels && voxelSize) return { unit: 'micrometer', factors: voxelSize };
  return { unit: pixels ? 'pixel' : 'unknown', factors: [1, 1, 1] };
}

/** Square or cubic micrometres in one area or volume of the file. */
export function sizeFactor({ factors }: LengthScale, ndim: 2 | 3): number {
  return factors[1] * factors[2] * (ndim === 3 ? factors[0] : 1);
}

/** Seconds in one unit of time; undefined where it is none (frames, say). */
export function secondsIn(name: string): number | undefined {
  return SECONDS[name.trim().toLowerCase()];
}
