import { numberAt, setF32, setU32, u32At } from './memory';

/** Counts grey values, of value v at `v + offset` of `counts` (u32). */
export function countValues<T>(image: usize, n: i32, counts: usize, offset: i32): void {
  for (let i = 0; i < n; i++) {
    const at = (load<T>(image + (i as usize) * sizeof<T>()) as i32) + offset;
    setU32(counts, at, u32At(counts, at) + 1);
  }
}

/** How many were counted. */
export function total(counts: usize, bins: i32): f64 {
  let n: f64 = 0;
  for (let v = 0; v < bins; v++) n += u32At(counts, v) as f64;
  return n;
}

/** Where the element of a rank lies, of the elements in ascending order. */
export function placeOf(counts: usize, rank: f64): i32 {
  let place = 0;
  for (let seen = u32At(counts, 0) as f64; seen <= rank; seen += u32At(counts, place) as f64) place++;
  return place;
}

/** `(value - low) / span` of n pixels, 0 of those that are not finite. @param out f32 */
export function normalise<T>(image: usize, n: i32, low: f64, span: f64, out: usize): void {
  let i = 0;
  if (isInteger<T>() && sizeof<T>() === 2) {
    const lows = f64x2.splat(low);
    const spans = f64x2.splat(span);
    for (; i + 3 < n; i += 4) {
      const four = v128.load_ext<T>(image + ((i as usize) << 1));
      const halves = v128.shuffle<i32>(four, four, 2, 3, 2, 3);
      const first = isSigned<T>() ? f64x2.convert_low_i32x4_s(four) : f64x2.convert_low_i32x4_u(four);
      const second = isSigned<T>() ? f64x2.convert_low_i32x4_s(halves) : f64x2.convert_low_i32x4_u(halves);
      const a = f32x4.demote_f64x2_zero(f64x2.div(f64x2.sub(first, lows), spans));
      const b = f32x4.demote_f64x2_zero(f64x2.div(f64x2.sub(second, lows), spans));
      v128.store(out + ((i as usize) << 2), v128.shuffle<i32>(a, b, 0, 1, 4, 5));
    }
  }
  for (; i < n; i++) {
    const value = (numberAt<T>(image, i) - low) / span;
    setF32(out, i, (value - value === 0 ? value : 0) as f32);
  }
}
