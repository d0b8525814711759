type Column = Int32Array | Float64Array;

/** Values that stay together: their place before and now, and how many they are. */
export type Run = readonly [from: number, to: number, count: number];

/** Room for what comes, so that columns stay on their memory. */
const SPARE = 1024;

/** Moves runs of values inside their column; none lies on another, before or after, and they keep their order. */
export function moveRuns(column: Column, runs: readonly Run[]): void {
  // Those that go left from the left, those that go right from the right: what is overwritten has been moved.
  for (const [from, to, count] of runs) if (to < from) column.copyWithin(to, from, from + count);
  for (const [from, to, count] of runs.toReversed()) if (to > from) column.copyWithin(to, from, from + count);
}

/** A column with another length, on its own memory where there is room. */
export function resized<T extends Column>(column: T, length: number): T {
  if (column.length === length) return column;
  const Made = column.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => T;
  const { buffer, byteOffset, BYTES_PER_ELEMENT: size } = column;
  if (byteOffset + size * length <= buffer.byteLength) return new Made(buffer, byteOffset, length);
  const larger = new Made(new ArrayBuffer(size * (length + SPARE)), 0, length);
  larger.set(column);
  return larger;
}
