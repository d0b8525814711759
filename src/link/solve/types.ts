/**
 * What every source may do, as columns: option o lets row `source[o]` go on as row `a[o]`, or divide into `a[o]` and
 * `b[o]` (-1 = no division), at `cost[o]` < 0 relative to doing nothing. Options of row u are `start[u]` to
 * `start[u + 1] - 1`; each source takes one option at most, and each target is taken once at most.
 */
export interface Choices {
  /** Rows. */
  count: number;
  n: number;
  source: Int32Array;
  a: Int32Array;
  b: Int32Array;
  cost: Float64Array;
  start: Int32Array;
}

/** A set of options that can stand together, what it costs, and what no other set can cost less than. */
export interface Selection {
  /** 1 = taken. */
  taken: Uint8Array;
  cost: number;
  bound: number;
  /** How it was come by, for the report. */
  components: number;
  /** Components that the prices alone did not close, and columns of the linear programs that did. */
  open: number;
  columns: number;
  /** Components whose linear program was fractional. */
  fractional: number;
}
