/** Checks of values that a `model.json` states. */

/** A field's check, which gives the value or undefined, and the form that it must have, in words. */
export type Field = readonly [check: (value: unknown) => unknown, form: string];

/** Most input channels of a network: more on an axis are taken for its width. */
export const MAX_CHANNELS = 8;

/** A whole number from 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/** A whole number from 0. */
export function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A finite number over 0. */
export function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}

/** The value if it is one of some texts. This and the following give undefined for what does not pass. */
export function oneOf(value: unknown, allowed: readonly string[]): unknown {
  return typeof value === 'string' && allowed.includes(value) ? value : undefined;
}

/** A text that is not empty. */
export function text(value: unknown): unknown {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** True or false. */
export function flag(value: unknown): unknown {
  return typeof value === 'boolean' ? value : undefined;
}

/** One number for all axes, or one for each of two or three. */
export function axes(value: unknown, is: (v: unknown) => boolean): unknown {
  if (is(value)) return [value];
  return Array.isArray(value) && (value.length === 2 || value.length === 3) && value.every(is)
    ? value
    : undefined;
}

/** Two values of a kind. */
export function pair(value: unknown, is: (v: unknown) => boolean): unknown {
  return Array.isArray(value) && value.length === 2 && value.every(is) ? value : undefined;
}

/** Percentiles `{low, high, perChannel}`; `perChannel` only where it is true. */
export function percentiles(value: unknown): unknown {
  const { low, high, perChannel = false } = (value ?? {}) as Record<string, unknown>;
  if (typeof low !== 'number' || typeof high !== 'number' || typeof perChannel !== 'boolean')
    return undefined;
  if (!(low >= 0 && low < high && high <= 100)) return undefined;
  return perChannel ? { low, high, perChannel } : { low, high };
}
