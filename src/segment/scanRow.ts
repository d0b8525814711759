/**
 * Finds the values over `floor` in `[start, end)`: most positions of a network's output end here, so that it is kept
 * apart from what is done with the few others.
 *
 * @param hits overwritten: their places
 * @returns how many there are, and how many values are NaN
 */
export function scanRow(
  values: Float32Array,
  start: number,
  end: number,
  floor: number,
  hits: Uint32Array,
): [number, number] {
  let n = 0;
  let below = 0;
  for (let i = start; i < end; i++) {
    const value = values[i]!;
    if (value > floor) hits[n++] = i;
    else if (value <= floor) below++;
  }
  return [n, end - start - n - below];
}
