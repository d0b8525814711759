/** Bytes behind each array that copies of 16 at a time may touch. */
const SLACK: u64 = 32;

/** Room for arrays of so many bytes altogether, from the place returned on; contents undefined. 0 where 4 GiB are not enough. */
export function room(bytes: f64): usize {
  const end = (__heap_base as u64) + (bytes as u64) + SLACK;
  const have = (memory.size() as u64) << 16;
  if (end > have && memory.grow(((end - have + 0xffff) >> 16) as i32) < 0) return 0;
  return __heap_base;
}

/**
 * Repeats `length` bytes at `to` from `distance` back; the two may overlap. Writes up to 15 bytes more.
 */
export function repeat(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  if (distance === 1) {
    memory.fill(to, load<u8>(to - 1), length);
    return;
  }
  if (distance < 16) {
    // 16 bytes one by one: from there on the pattern stands a multiple of the distance back that is no shorter than 16.
    const near = min(end, to + 16);
    for (let p = to; p < near; p++) store<u8>(p, load<u8>(p - distance));
    to = near;
    distance *= (15 + distance) / distance;
  }
  for (; to < end; to += 16) v128.store(to, v128.load(to - distance));
}

/** Copies bytes of another array. Reads and writes up to 15 bytes more. */
export function copy(to: usize, from: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}
