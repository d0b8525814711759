/** Median of unsorted values, NaN for none; sorts in place. */
export function middleOf(values: Float64Array): number {
  const n = values.length;
  if (n === 0) return Number.NaN;
  values.sort();
  return n % 2 === 1 ? values[n >> 1] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/** Median of a list of numbers, NaN for none. */
export function median(values: Iterable<number>): number {
  return middleOf(Float64Array.from(values));
}
