/** Numbers of a column, whose points lie below each other; `–` where there is none. */
export const fixed =
  (decimals: number) =>
  (value: number): string =>
    Number.isFinite(value) ? value.toFixed(decimals) : '–';

/** Decimals, `most` of them at most, with which the largest of some values has about so many digits; NaN is none. */
export function decimalsFor(values: ArrayLike<number>, digits: number, most: number): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!;
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return most;
  return Math.min(most, Math.max(0, digits - 1 - Math.floor(Math.log10(largest))));
}
