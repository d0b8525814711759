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

/** What stays in a list after some of it is gone and others are made; numbers before and now, rising. */
export function staysOf(before: number, gone: readonly number[], made: readonly number[]): Run[] {
  const runs: Run[] = [];
  const count = before - gone.length + made.length;
  let [from, g, m] = [0, 0, 0];
  for (let to = 0; to < count; ) {
    if (m < made.length && made[m] === to) {
      [m, to] = [m + 1, to + 1];
      continue;
    }
    while (g < gone.length && gone[g] === from) [g, from] = [g + 1, from + 1];
    const n = Math.min((gone[g] ?? before) - from, (made[m] ?? count) - to);
    runs.push([from, to, n]);
    [from, to] = [from + n, to + n];
  }
  return runs;
}

/**
 * Brings numbers of a column up to date after what they number has moved in runs. Numbers of what is gone become any
 * other; negative ones stay.
 *
 * @param base number of the first thing that is numbered
 */
export function renumberColumn(
  column: Int32Array,
  runs: readonly Run[],
  { base = 0, start = 0, end = column.length }: { base?: number; start?: number; end?: number } = {},
): void {
  const steps: { at: number; by: number }[] = [];
  for (const [from, to] of runs)
    if (to - from !== (steps.at(-1)?.by ?? 0)) steps.push({ at: from + base, by: to - from });
  if (steps.length === 1) stepColumn(column, steps[0]!.at, steps[0]!.by, start, end);
  else if (steps.length > 1) {
    for (let i = start; i < end; i++) {
      let k = steps.length - 1;
      while (k >= 0 && column[i]! < steps[k]!.at) k--;
      if (k >= 0) column[i]! += steps[k]!.by;
    }
  }
}

function stepColumn(column: Int32Array, at: number, by: number, start: number, end: number): void {
  for (let i = start; i < end; i++) if (column[i]! >= at) column[i]! += by;
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
