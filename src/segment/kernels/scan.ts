import { f32At, setU32 } from './memory';

/**
 * Finds the values over `floor` in a window of a plane, four at a time: most positions of a network's output end here.
 *
 * @param values f32, from the window's first value on; `width` from there to the value below it
 * @param base place that the first value has among those that `hits` counts
 * @param hits overwritten: places, ascending, u32
 * @param found overwritten: how many there are, and how many values are NaN, i32
 */
export function scan(
  values: usize,
  width: i32,
  rows: i32,
  columns: i32,
  floor: f64,
  base: i32,
  hits: usize,
  found: usize,
): void {
  // The largest float32 that is not over the floor: no value lies between them.
  let low = floor as f32;
  if ((low as f64) > floor) low = reinterpret<f32>(reinterpret<u32>(low) + (low > 0 ? -1 : 1));
  const lows = f32x4.splat(low);
  let n = 0;
  let below = 0;
  for (let y = 0; y < rows; y++) {
    const start = y * width;
    const end = start + columns;
    let i = start;
    for (; i + 3 < end; i += 4) {
      const four = v128.load(values + ((i as usize) << 2));
      if (v128.all_true<i32>(f32x4.le(four, lows))) {
        below += 4;
        continue;
      }
      for (let j = i; j < i + 4; j++) {
        const value = f32At(values, j);
        if (value > low) setU32(hits, n++, base + j);
        else if (value <= low) below++;
      }
    }
    for (; i < end; i++) {
      const value = f32At(values, i);
      if (value > low) setU32(hits, n++, base + i);
      else if (value <= low) below++;
    }
  }
  store<i32>(found, n);
  store<i32>(found + 4, max(0, rows) * max(0, columns) - n - below);
}
