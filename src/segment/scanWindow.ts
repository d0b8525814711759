/**
 * Finds the values over `floor` in a window of a plane: most positions of a network's output end here, so that it is
 * kept apart from what is done with the few others, and compiled once.
 *
 * @param first place of the window's first value, and `width` from there to the value below it
 * @param hits overwritten: their places, ascending; room for all values of the window
 * @returns how many there are, and how many values are NaN
 */
export function scanWindow(
  values: Float32Array,
  first: number,
  width: number,
  rows: number,
  columns: number,
  floor: number,
  hits: Uint32Array,
): [number, number] {
  let n = 0;
  let below = 0;
  for (let y = 0, start = first; y < rows; y++, start += width) {
    const end = start + columns;
    for (let i = start; i < end; i++) {
      const value = values[i]!;
      if (value > floor) hits[n++] = i;
      else if (value <= floor) below++;
    }
  }
  return [n, Math.max(0, rows) * Math.max(0, columns) - n - below];
}
