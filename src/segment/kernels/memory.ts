/** Where the next array goes; `clear` sets it back to the first free byte. */
let top: usize = __heap_base;

/** Forgets all arrays. */
export function clear(): void {
  top = __heap_base;
}

/** Room for so many bytes, on a multiple of 16; contents undefined. 0 where 4 GiB are not enough. */
export function room(bytes: f64): usize {
  const start = ((top as u64) + 15) & ~15;
  const end = start + (bytes as u64);
  const have = (memory.size() as u64) << 16;
  if (end > have) {
    // A quarter more than is needed, so that a growing frame does not ask each time.
    const pages = (end - have + (end >> 2) + 0xffff) >> 16;
    const least = (end - have + 0xffff) >> 16;
    if (memory.grow(pages as i32) < 0 && memory.grow(least as i32) < 0) return 0;
  }
  top = end as usize;
  return start as usize;
}

/** As `room`, for kernels, which cannot go on without. */
export function need(bytes: f64): usize {
  const start = room(bytes);
  if (start === 0) unreachable();
  return start;
}

// Elements of an array at `p`. Nothing is checked.

export function f64At(p: usize, i: i32): f64 {
  return load<f64>(p + ((i as usize) << 3));
}

export function setF64(p: usize, i: i32, value: f64): void {
  store<f64>(p + ((i as usize) << 3), value);
}

export function f32At(p: usize, i: i32): f32 {
  return load<f32>(p + ((i as usize) << 2));
}

export function setF32(p: usize, i: i32, value: f32): void {
  store<f32>(p + ((i as usize) << 2), value);
}

export function u32At(p: usize, i: i32): u32 {
  return load<u32>(p + ((i as usize) << 2));
}

export function setU32(p: usize, i: i32, value: u32): void {
  store<u32>(p + ((i as usize) << 2), value);
}

/** An element of an image of type T as a number. */
export function numberAt<T>(p: usize, i: i32): f64 {
  return load<T>(p + (i as usize) * sizeof<T>()) as f64;
}

export function i32At(p: usize, i: i32): i32 {
  return load<i32>(p + ((i as usize) << 2));
}

export function setI32(p: usize, i: i32, value: i32): void {
  store<i32>(p + ((i as usize) << 2), value);
}
