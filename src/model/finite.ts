import { MorulaError } from '../errors/index.ts';

/** One value in so many is looked at: a prime, so that no row length hides a column. */
const STEP = 61;
/** Share of values that are no numbers from which a network counts as broken. */
const MAX_SHARE = 0.01;

/**
 * Refuses an output that is largely NaN or infinite, by a sample (O(n / 61)): damaged weights, or half precision that
 * overflows. Single such values are cut where candidates are gathered.
 *
 * @throws `invalid-data`
 */
export function requireNumbers(values: Float32Array, name: string, path: string): void {
  const broken = countBroken(values);
  const share = broken / Math.ceil(values.length / STEP);
  if (!(share > MAX_SHARE)) return;
  throw new MorulaError(
    'invalid-data',
    `model: ${path} must give numbers, but ${Math.max(1, Math.round(100 * share))} % of its output "${name}" are NaN or infinite; the model is damaged`,
  );
}

function countBroken(values: Float32Array): number {
  const n = values.length;
  let broken = 0;
  for (let i = 0; i < n; i += STEP) if (!Number.isFinite(values[i]!)) broken++;
  return broken;
}
