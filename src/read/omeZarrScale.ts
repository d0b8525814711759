import { isObject } from '../codec/index.ts';
import { MorulaError } from '../errors/index.ts';
import { type Axis, type AxisRole, show } from './omeZarrAxes.ts';
import { micrometresPer, secondsPer } from './omeZarrUnits.ts';
import type { MovieInfo, MovieSource } from './types.ts';

/** Voxel size and time step of one level. */
export type Physical = Pick<MovieInfo, 'voxelSize' | 'voxelSizeKnown' | 'timeStep' | 'timeStepKnown'>;

/**
 * The product of all scale transformations, one factor an axis, in the axes' units; null when there is none.
 * Translations do not matter here.
 *
 * @param lists `coordinateTransformations` of the dataset and of the multiscale image
 * @throws `invalid-metadata` for a scale of wrong length, or not finite and positive; `unsupported` for other kinds
 */
export function combineScales(
  lists: readonly unknown[],
  axes: readonly Axis[],
  place: string,
): number[] | null {
  let scale: number[] | null = null;
  for (const list of lists) {
    if (list === undefined || list === null) continue;
    if (!Array.isArray(list)) throw bad(place, 'coordinateTransformations must be a list', list);
    for (const transform of list) {
      const type = isObject(transform) ? transform.type : undefined;
      if (type === 'translation' || type === 'identity') continue;
      if (type !== 'scale' || !isObject(transform)) {
        throw new MorulaError(
          'unsupported',
          `read: ${place}: transformations must be scale or translation, found ${show(type ?? transform)}`,
        );
      }
      const factors = checkScale(transform.scale, axes, place);
      scale = scale ? scale.map((s, i) => s * factors[i]) : factors;
    }
  }
  return scale;
}

function checkScale(value: unknown, axes: readonly Axis[], place: string): number[] {
  if (!Array.isArray(value) || value.length !== axes.length) {
    throw bad(place, `scale must have ${axes.length} numbers`, value);
  }
  return value.map((factor, i) => {
    if (axes[i].role === 'c') return 1;
    if (typeof factor !== 'number' || !Number.isFinite(factor) || factor <= 0) {
      throw bad(place, `scale of axis ${axes[i].role} must be a positive number`, factor);
    }
    return factor;
  });
}

function bad(place: string, must: string, found: unknown): MorulaError {
  return new MorulaError('invalid-metadata', `read: ${place}: ${must}, found ${show(found)}`);
}

/**
 * Micrometres and seconds of the level that is read: the user's own, else from scale and units. Where neither says
 * anything, sizes are 1 and a warning is added. A scale without unit counts as micrometres and seconds, unless it is 1
 * throughout, as writers that know nothing put it.
 *
 * @throws `invalid-option` when a value of the user is not positive, or there are too few for the movie
 */
export function physicalScale(
  scale: number[] | null,
  axes: readonly Axis[],
  source: MovieSource,
  ndim: 2 | 3,
  warnings: string[],
): Physical {
  const sizes =
    givenSizes(source.pixelSize, ndim) ??
    axisSizes(['z', 'y', 'x'], 'micrometer', micrometresPer, scale, axes, warnings);
  const times = givenStep(source.timeStep) ?? axisSizes(['t'], 'second', secondsPer, scale, axes, warnings);
  if (!sizes) warnings.push('the pixel size is not known, 1 micrometre is taken; give --pixel-size');
  if (!times) warnings.push('the time step is not known, 1 second is taken; give --time-step');
  const [z, y, x] = sizes ?? [1, 1, 1];
  return {
    voxelSize: [z, y, x],
    voxelSizeKnown: sizes !== null,
    timeStep: times ? times[0] : 1,
    timeStepKnown: times !== null,
  };
}

function givenSizes(given: readonly number[] | undefined, ndim: 2 | 3): number[] | null {
  if (!given) return null;
  const fits = given.length === 3 || (given.length === 2 && ndim === 2);
  if (!fits || !given.every((size) => Number.isFinite(size) && size > 0)) {
    const wanted = ndim === 3 ? 'three positive numbers z,y,x' : 'two or three positive numbers [z,]y,x';
    throw new MorulaError('invalid-option', `read: pixelSize must be ${wanted}, got ${given.join(',')}`);
  }
  return given.length === 3 ? [...given] : [1, ...given];
}

function givenStep(given: number | undefined): number[] | null {
  if (given === undefined) return null;
  if (Number.isFinite(given) && given > 0) return [given];
  throw new MorulaError('invalid-option', `read: timeStep must be a positive number, got ${given}`);
}

/** Sizes along the given axes (1 where an axis is missing), or null when they are not known. */
function axisSizes(
  roles: readonly AxisRole[],
  assumed: string,
  convert: (unit: string) => number | null,
  scale: number[] | null,
  axes: readonly Axis[],
  warnings: string[],
): number[] | null {
  if (!scale) return null;
  const there = axes
    .map((axis, i) => ({ ...axis, scale: scale[i] }))
    .filter(({ role }) => roles.includes(role));
  const unitless = there.every(({ unit }) => unit === null);
  if (unitless && there.every((axis) => axis.scale === 1)) return null;
  if (unitless)
    warnings.push(`axes ${there.map(({ role }) => role).join(', ')} have no unit, ${assumed} is taken`);
  const sizes = roles.map(() => 1);
  for (const axis of there) {
    const factor = convert(axis.unit ?? assumed);
    if (factor === null) {
      warnings.push(`unit ${show(axis.unit)} of axis ${axis.role} is not understood`);
      return null;
    }
    sizes[roles.indexOf(axis.role)] = Number((axis.scale * factor).toPrecision(15));
  }
  return sizes;
}
