/** First capacity of a column; it doubles when full. */
const FIRST = 1024;

/** A column of numbers that grows by one value at a time, outside of the JavaScript heap. */
export interface Grown {
  count: number;
  push(value: number): void;
  /** The values so far, `count` long; a view that the next `push` may leave behind. */
  values(): Float64Array;
}

/** An empty column. */
export function growing(): Grown {
  let data = new Float64Array(FIRST);
  const column: Grown = {
    count: 0,
    push(value) {
      if (column.count === data.length) {
        const larger = new Float64Array(data.length * 2);
        larger.set(data);
        data = larger;
      }
      data[column.count++] = value;
    },
    values: () => data.subarray(0, column.count),
  };
  return column;
}
