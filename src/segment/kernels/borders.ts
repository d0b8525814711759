import { f64At, need, numberAt, setF64, setU32, u32At } from './memory';

/** Knuth's multiplier, see mean.ts. */
const SPREAD: u32 = 0x9e3779b1;
/** A border: its labels a < b, u32 (a = 0: the slot is empty), pixel pairs and the sum of their mean grey values, f64. */
const BYTES: usize = 24;

/** Borders by their labels, found by hashing: `mask + 1` slots, `taken` of them in use, half at most. */
let slots: usize = 0;
let mask: u32 = 0;
let taken: u32 = 0;

/** Forgets all borders and makes room for those of so many objects: once, before `findBorders`. */
export function openBorders(count: i32): void {
  makeSlots(34 - clz<u32>(count | 1));
}

/** How many borders were found. */
export function countBorders(): i32 {
  return taken;
}

/** Puts the borders under one another, 24 bytes each, in no order. */
export function takeBorders(out: usize): void {
  for (let slot: u32 = 0; slot <= mask; slot++) {
    const border = slots + (slot as usize) * BYTES;
    if (u32At(border, 0) === 0) continue;
    memory.copy(out, border, BYTES);
    out += BYTES;
  }
}

/**
 * Finds the pairs of pixels beside each other that lie in different objects, in rows `[first, end)` and between each of
 * them and the next row; counts the pixels of each object in these rows.
 *
 * @param labels,image `[rows, width]`
 * @param sizes f64, of label l at l
 */
export function findBorders<T>(
  labels: usize,
  image: usize,
  rows: i32,
  width: i32,
  first: i32,
  end: i32,
  sizes: usize,
): void {
  for (let y = first; y < end; y++) {
    const stop = (y + 1) * width;
    const below = y + 1 < rows ? width : 0;
    for (let i = y * width; i < stop; ) {
      const own = u32At(labels, i);
      if (own === 0) {
        i++;
        while (i + 3 < stop && !v128.any_true(v128.load(labels + ((i as usize) << 2)))) i += 4;
        continue;
      }
      const from = i;
      let next: u32 = own;
      for (; next === own; i++) {
        next = i + 1 < stop ? u32At(labels, i + 1) : 0;
        if (next !== own && next !== 0) meet<T>(image, own, next, i, i + 1);
        const under = u32At(labels, i + below);
        if (under !== own && under !== 0) meet<T>(image, own, under, i, i + below);
      }
      setF64(sizes, own, f64At(sizes, own) + ((i - from) as f64));
    }
  }
}

/** Adds a pair of pixels, i in one object and j in another, to the objects' border. */
function meet<T>(image: usize, one: u32, other: u32, i: i32, j: i32): void {
  const a = min(one, other);
  const b = max(one, other);
  let border = borderOf(a, b);
  if (u32At(border, 0) === 0) {
    if (taken >= mask >> 1) {
      grow();
      border = borderOf(a, b);
    }
    setU32(border, 0, a);
    setU32(border, 1, b);
    taken++;
  }
  setF64(border, 1, f64At(border, 1) + 1);
  setF64(border, 2, f64At(border, 2) + (numberAt<T>(image, i) + numberAt<T>(image, j)) / 2);
}

/** The border of two labels; an empty slot where it is new. */
function borderOf(a: u32, b: u32): usize {
  const mixed = (a * SPREAD + b) * SPREAD;
  let slot = (mixed ^ (mixed >>> 15)) & mask;
  let border = slots + (slot as usize) * BYTES;
  while (u32At(border, 0) !== 0 && (u32At(border, 0) !== a || u32At(border, 1) !== b)) {
    slot = (slot + 1) & mask;
    border = slots + (slot as usize) * BYTES;
  }
  return border;
}

function makeSlots(bits: u32): void {
  const n: usize = (1 as usize) << bits;
  slots = need((n * BYTES) as f64);
  memory.fill(slots, 0, n * BYTES);
  mask = (n as u32) - 1;
  taken = 0;
}

/** Moves the borders to twice as many slots. */
function grow(): void {
  const old = slots;
  const n = mask + 1;
  const held = taken;
  makeSlots(32 - clz<u32>(n));
  for (let slot: u32 = 0; slot < n; slot++) {
    const border = old + (slot as usize) * BYTES;
    if (u32At(border, 0) !== 0) memory.copy(borderOf(u32At(border, 0), u32At(border, 1)), border, BYTES);
  }
  taken = held;
}

/**
 * Puts the finite grey values of some objects where there is room for each.
 *
 * @param ends where an object's next value goes among `out` (f64), u32 of label l at l, moved on; -1 = not wanted
 */
export function gatherGreys<T>(labels: usize, image: usize, n: i32, ends: usize, out: usize): void {
  for (let i = 0; i < n; i++) {
    const label = u32At(labels, i);
    if (label === 0) {
      while (i + 4 < n && !v128.any_true(v128.load(labels + (((i as usize) + 1) << 2)))) i += 4;
      continue;
    }
    const at: i32 = u32At(ends, label);
    if (at < 0) continue;
    const value = numberAt<T>(image, i);
    if (value - value !== 0) continue;
    setF64(out, at, value);
    setU32(ends, label, at + 1);
  }
}
