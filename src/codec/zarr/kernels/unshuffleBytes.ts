/**
 * Undoes blosc's byte shuffle: all first bytes of the elements, all second bytes, and so on; a rest shorter than an
 * element follows as it is. Cost: n.
 *
 * Source: C-Blosc 1.21, shuffle-generic (BSD-3).
 */
export function unshuffleBytes(from: usize, size: i32, item: i32, to: usize): void {
  const count = (size / item) as usize;
  const width = item as usize;
  let done: usize = 0;
  // Elements 16 at a time; what is left of them one by one.
  const wholes = count & ~15;
  if (item === 2) for (; done < wholes; done += 16) two(from + done, count, to + done * 2);
  else if (item === 4) for (; done < wholes; done += 16) four(from + done, count, to + done * 4);
  else if (item === 8) for (; done < wholes; done += 16) transpose8(from + done, count, to + done * 8, 8);
  for (let b: usize = 0; b < width; b++) {
    const row = from + b * count;
    for (let i = done; i < count; i++) store<u8>(to + i * width + b, load<u8>(row + i));
  }
  const rest = (size as usize) - count * width;
  memory.copy(to + count * width, from + count * width, rest);
}

function two(from: usize, count: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + count);
  v128.store(to, low8(a, b));
  v128.store(to, high8(a, b), 16);
}

function four(from: usize, count: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + count);
  const c = v128.load(from + count * 2);
  const d = v128.load(from + count * 3);
  v128.store(to, low16(low8(a, b), low8(c, d)));
  v128.store(to, high16(low8(a, b), low8(c, d)), 16);
  v128.store(to, low16(high8(a, b), high8(c, d)), 32);
  v128.store(to, high16(high8(a, b), high8(c, d)), 48);
}

/** Bytes of the first halves of a and b by turns. */
function low8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** Bytes of the second halves of a and b by turns. */
function high8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Pairs of bytes of the first halves by turns. */
function low16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** Pairs of bytes of the second halves by turns. */
function high16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Fours of bytes of the first halves by turns. */
function low32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5);
}

/** Fours of bytes of the second halves by turns. */
function high32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7);
}

/**
 * Turns 8 rows of 16 bytes, `step` apart, to 16 rows of 8 bytes, `row` apart.
 */
export function transpose8(from: usize, step: usize, to: usize, row: usize): void {
  const a0 = v128.load(from);
  const a1 = v128.load(from + step);
  const a2 = v128.load(from + 2 * step);
  const a3 = v128.load(from + 3 * step);
  const a4 = v128.load(from + 4 * step);
  const a5 = v128.load(from + 5 * step);
  const a6 = v128.load(from + 6 * step);
  const a7 = v128.load(from + 7 * step);
  const b0 = low8(a0, a1);
  const b1 = low8(a2, a3);
  const b2 = low8(a4, a5);
  const b3 = low8(a6, a7);
  to = storeFour(low16(b0, b1), low16(b2, b3), to, row);
  to = storeFour(high16(b0, b1), high16(b2, b3), to, row);
  const c0 = high8(a0, a1);
  const c1 = high8(a2, a3);
  const c2 = high8(a4, a5);
  const c3 = high8(a6, a7);
  to = storeFour(low16(c0, c1), low16(c2, c3), to, row);
  storeFour(high16(c0, c1), high16(c2, c3), to, row);
}

/** Four rows of 8 bytes whose first halves stand in `a` and second halves in `b`; returns where the next row goes. */
function storeFour(a: v128, b: v128, to: usize, row: usize): usize {
  const first = low32(a, b);
  const second = high32(a, b);
  v128.store_lane<i64>(to, first, 0);
  v128.store_lane<i64>(to + row, first, 1);
  v128.store_lane<i64>(to + 2 * row, second, 0);
  v128.store_lane<i64>(to + 3 * row, second, 1);
  return to + 4 * row;
}
