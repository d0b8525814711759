import { f64At, numberAt, setF64, setU32, u32At } from './memory';

/** Sets `used[label]` to 1 for every label that occurs. */
export function markUsed(labels: usize, n: i32, used: usize): void {
  let last: u32 = 0;
  for (let i = 0; i < n; i++) {
    i = skipSame(labels, i, n, last);
    if (i >= n) return;
    last = u32At(labels, i);
    setU32(used, last, 1);
  }
}

/** The first place from i on whose label may be another one, four looked at at once; n where there is none. */
function skipSame(labels: usize, i: i32, n: i32, label: u32): i32 {
  const same = i32x4.splat(label);
  while (i + 3 < n && v128.all_true<i32>(i32x4.eq(v128.load(labels + ((i as usize) << 2)), same))) i += 4;
  while (i < n && u32At(labels, i) === label) i++;
  return i;
}

/** Gives every label its new number, in place. */
export function rename(labels: usize, n: i32, renamed: usize): void {
  for (let i = 0; i < n; i++) {
    i = skipSame(labels, i, n, 0);
    if (i < n) setU32(labels, i, u32At(renamed, u32At(labels, i)));
  }
}

/** Adds up the pixels of each object, counts them, and counts the grey values of the background at `value + offset`. */
export function sumAndCount<T>(
  labels: usize,
  image: usize,
  n: i32,
  sums: usize,
  sizes: usize,
  counts: usize,
  offset: i32,
): void {
  for (let i = 0; i < n; ) {
    const label = u32At(labels, i);
    if (label === 0) {
      const at = (load<T>(image + (i as usize) * sizeof<T>()) as i32) + offset;
      setU32(counts, at, u32At(counts, at) + 1);
      i++;
      continue;
    }
    let sum = f64At(sums, label);
    const from = i;
    for (; i < n && u32At(labels, i) === label; i++) sum += numberAt<T>(image, i);
    setF64(sums, label, sum);
    setF64(sizes, label, f64At(sizes, label) + ((i - from) as f64));
  }
}

/** As `sumAndCount`, for any image, of its finite pixels: puts the background's to `outside` and says how many. */
export function sumAll<T>(
  labels: usize,
  image: usize,
  n: i32,
  sums: usize,
  sizes: usize,
  outside: usize,
): i32 {
  let found = 0;
  for (let i = 0; i < n; i++) {
    const value = numberAt<T>(image, i);
    const label = u32At(labels, i);
    if (label === 0) setF64(outside, found++, value);
    else if (value - value === 0) {
      setF64(sums, label, f64At(sums, label) + value);
      setF64(sizes, label, f64At(sizes, label) + 1);
    }
  }
  return found;
}

/**
 * Background pixels of rows `[first, end)` with a grey value of at least `level` take the smallest label to their left,
 * right, above or below. All look at the labels as they were before.
 *
 * @param labels,image `[height, width]`
 * @param spare two rows
 */
export function join<T>(
  labels: usize,
  image: usize,
  height: i32,
  width: i32,
  first: i32,
  end: i32,
  level: f64,
  spare: usize,
): void {
  const bytes = (width as usize) << 2;
  for (let y = first; y < end; y++) {
    // A row is written once the next one has been looked at.
    const out = spare + (y & 1 ? bytes : 0);
    const row = labels + (y as usize) * bytes;
    memory.copy(out, row, bytes);
    joinRow<T>(
      row,
      image + (y as usize) * (width as usize) * sizeof<T>(),
      width,
      y > 0 ? row - bytes : 0,
      y < height - 1 ? row + bytes : 0,
      level,
      out,
    );
    if (y > first) memory.copy(row - bytes, spare + (y & 1 ? 0 : bytes), bytes);
  }
  if (end > first)
    memory.copy(labels + ((end - 1) as usize) * bytes, spare + ((end - 1) & 1 ? bytes : 0), bytes);
}

/** One row of `join`. @param above,below the rows beside it; 0 without one */
function joinRow<T>(
  row: usize,
  image: usize,
  width: i32,
  above: usize,
  below: usize,
  level: f64,
  out: usize,
): void {
  // Of four pixels of 16 bits, which float32 holds exactly, mostly none is both background and bright enough.
  const brights = f32x4.splat(notUnder(level));
  for (let x = 0; x < width; x++) {
    if (sizeof<T>() === 2) {
      while (x + 3 < width && !anyJoins<T>(row, image, x, brights)) x += 4;
      if (x >= width) break;
    }
    const value = numberAt<T>(image, x);
    if (!(value >= level) || u32At(row, x) !== 0 || value === Infinity) continue;
    let label: u32 = x > 0 ? u32At(row, x - 1) : 0;
    if (x < width - 1) label = lesser(label, u32At(row, x + 1));
    if (above !== 0) label = lesser(label, u32At(above, x));
    if (below !== 0) label = lesser(label, u32At(below, x));
    setU32(out, x, label);
  }
}

/** Whether one of four pixels of 16 bits is background and bright enough. */
function anyJoins<T>(row: usize, image: usize, x: i32, brights: v128): bool {
  const four = v128.load_ext<T>(image + ((x as usize) << 1));
  const greys = isSigned<T>() ? f32x4.convert_i32x4_s(four) : f32x4.convert_i32x4_u(four);
  const background = i32x4.eq(v128.load(row + ((x as usize) << 2)), i32x4.splat(0));
  return v128.any_true(v128.and(background, f32x4.ge(greys, brights)));
}

/** The smallest float32 that is not under a number. */
function notUnder(value: f64): f32 {
  const near = value as f32;
  if ((near as f64) >= value) return near;
  const bits = reinterpret<u32>(near);
  return near === 0 ? reinterpret<f32>(1) : reinterpret<f32>(near > 0 ? bits + 1 : bits - 1);
}

/** The smaller of two labels that is no background; 0 if both are. */
function lesser(a: u32, b: u32): u32 {
  return a === 0 || (b !== 0 && b < a) ? b : a;
}

/**
 * Adds rows of a plane to the sizes and sums of coordinates of their objects, and its finite pixels to the sums of the
 * first channel, run by run along x. Label i + 1 has row i of the table.
 *
 * @param labels,image the rows alone; image 0 = none
 * @param z of the plane, and `y0` of the first of `rows` rows; `height` is the plane's
 * @param faceZ 1 where all pixels of the plane lie on the border
 * @param table `[count, 7]` f64: size, sums of z, y and x, border (0 or 1), sum and number of the finite pixels
 */
export function measureRows<T>(
  labels: usize,
  image: usize,
  z: i32,
  y0: i32,
  rows: i32,
  height: i32,
  width: i32,
  faceZ: i32,
  table: usize,
): void {
  for (let j = 0; j < rows; j++) {
    const y = y0 + j;
    const start = j * width;
    const end = start + width;
    const face = faceZ !== 0 || y === 0 || y === height - 1;
    for (let i = start; i < end; ) {
      const label = u32At(labels, i);
      if (label === 0) {
        i = skipSame(labels, i + 1, end, 0);
        continue;
      }
      const row = table + ((label - 1) as usize) * 56;
      const from = i;
      if (image === 0) while (i < end && u32At(labels, i) === label) i++;
      else {
        let sum = f64At(row, 5);
        let broken = 0;
        for (; i < end && u32At(labels, i) === label; i++) {
          const value = numberAt<T>(image, i);
          if (isInteger<T>() || value - value === 0) sum += value;
          else broken++;
        }
        setF64(row, 5, sum);
        setF64(row, 6, f64At(row, 6) + ((i - from - broken) as f64));
      }
      const n = (i - from) as f64;
      setF64(row, 0, f64At(row, 0) + n);
      setF64(row, 1, f64At(row, 1) + n * (z as f64));
      setF64(row, 2, f64At(row, 2) + n * (y as f64));
      setF64(row, 3, f64At(row, 3) + (n * ((from + i - 1 - 2 * start) as f64)) / 2);
      if (face || from === start || i === end) setF64(row, 4, 1);
    }
  }
}

/** Adds the finite pixels of a further channel to the sums of the objects, label i + 1 at i, and counts them. */
export function addChannel<T>(labels: usize, image: usize, n: i32, sums: usize, finite: usize): void {
  for (let i = 0; i < n; i++) {
    const label = u32At(labels, i);
    if (label === 0) continue;
    const value = numberAt<T>(image, i);
    if (value - value !== 0) continue;
    const at: i32 = label - 1;
    setF64(sums, at, f64At(sums, at) + value);
    setF64(finite, at, f64At(finite, at) + 1);
  }
}
