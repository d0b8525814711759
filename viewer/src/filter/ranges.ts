import { termsOf } from './terms.ts';

/** Decimals of the ends of a range. */
const DECIMALS = 3;

/** A range of a column as a term: `cycle=3.5..6`. Ends are rounded outwards, so that none falls out by rounding. */
export function rangeTerm(key: string, low: number, high: number, decimals = DECIMALS): string {
  const ten = 10 ** decimals;
  // A little less than a step, so that 0.1 * 3 is not rounded up.
  const slack = 1e-6;
  const text = (v: number): string => String(Number((v / ten).toFixed(decimals)));
  return `${key}=${text(Math.floor(low * ten + slack))}..${text(Math.ceil(high * ten - slack))}`;
}

/** Is a term about a column, by its whole name? */
const isAbout = (term: string, key: string): boolean =>
  term.startsWith(key) && /^[<>=!]/.test(term.slice(key.length));

/** A filter without its terms about some columns, and with other terms. */
export const exchangeTerms = (text: string, keys: readonly string[], terms: readonly string[]): string =>
  [...termsOf(text).filter((term) => !keys.some((key) => isAbout(term, key))), ...terms].join(' ');

/** The range that a filter gives a column, or null. */
export function rangeOf(text: string, key: string): [low: number, high: number] | null {
  const term = termsOf(text).find((one) => isAbout(one, key) && one.includes('..'));
  if (term === undefined) return null;
  const [low, high] = term
    .slice(key.length + 1)
    .split('..')
    .map(Number);
  return Number.isFinite(low) && Number.isFinite(high) ? [low!, high!] : null;
}
