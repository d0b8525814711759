import { isObject } from '../codec/index.ts';
import { MorulaError } from '../errors/index.ts';

/** What an axis of a stored array stands for. */
export type AxisRole = 't' | 'c' | 'z' | 'y' | 'x';

/** One axis of a stored array, in stored order. */
export interface Axis {
  role: AxisRole;
  /** As written, null when there is none. */
  unit: string | null;
}

const ROLES = new Set<string>(['t', 'c', 'z', 'y', 'x']);
const SPACE = new Set<string>(['z', 'y', 'x']);

/**
 * The roles of a multiscale image's axes: objects with type and unit (0.4, 0.5), names (0.3), or none at all (0.1 and
 * 0.2, which are always t, c, z, y, x).
 *
 * @throws `unsupported` when an axis is not understood or t, y or x is missing; `invalid-metadata` when doubled
 */
export function readAxes(value: unknown, place: string): Axis[] {
  if (value === undefined || value === null) return [...ROLES].map((role) => axis(role, null));
  if (!Array.isArray(value) || value.length === 0) {
    throw new MorulaError('invalid-metadata', `read: ${place}: axes must be a list, found ${show(value)}`);
  }
  const axes = value.map((entry) => readAxis(entry, place));
  const names = axes.map(({ role }) => role).join(' ');
  if (new Set(names.split(' ')).size !== axes.length) {
    throw new MorulaError('invalid-metadata', `read: ${place}: axes must differ, found "${names}"`);
  }
  const missing = ['t', 'y', 'x'].find((role) => !names.includes(role));
  if (missing === 't') {
    throw new MorulaError(
      'unsupported',
      `read: axes "${names}" have no t, a time-lapse is needed (${place})`,
    );
  }
  if (missing) {
    throw new MorulaError(
      'unsupported',
      `read: axes "${names}" have no ${missing}, an image is needed (${place})`,
    );
  }
  return axes;
}

function readAxis(entry: unknown, place: string): Axis {
  const { name, type, unit } = isObject(entry) ? entry : { name: entry };
  if (typeof name !== 'string') {
    throw new MorulaError(
      'invalid-metadata',
      `read: ${place}: every axis must have a name, found ${show(entry)}`,
    );
  }
  const short = name.toLowerCase();
  const role =
    type === 'time' || short === 'time'
      ? 't'
      : type === 'channel' || short === 'channel'
        ? 'c'
        : ROLES.has(short)
          ? short
          : '';
  if (role === '' || (type === 'space' && !SPACE.has(role))) {
    throw new MorulaError(
      'unsupported',
      `read: ${place}: axes must be among t, c, z, y and x, found "${name}"${type ? ` of type ${show(type)}` : ''}`,
    );
  }
  return axis(role, typeof unit === 'string' && unit !== '' ? unit : null);
}

function axis(role: string, unit: string | null): Axis {
  return { role: role as AxisRole, unit };
}

/** A short JSON form for messages. */
export function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
}
