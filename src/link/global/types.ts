/**
 * Who may follow whom, as columns. Edge k runs from row `source[k]` to row `target[k]`; edges are sorted by source, then
 * target, and those of row u are `edgeStart[u]` to `edgeStart[u + 1] - 1`. Pair p is a division: `pairA[p]` and
 * `pairB[p]` are two edges of one source (A before B), and those of row u are `pairStart[u]` to `pairStart[u + 1] - 1`.
 */
export interface Candidates {
  /** Detections. */
  count: number;
  nEdges: number;
  source: Int32Array;
  target: Int32Array;
  edgeStart: Int32Array;
  /** Edges by target: those into row v are `inEdge[inStart[v]]` to `inEdge[inStart[v + 1] - 1]`. */
  inStart: Int32Array;
  inEdge: Int32Array;
  nPairs: number;
  pairA: Int32Array;
  pairB: Int32Array;
  pairStart: Int32Array;
}

/**
 * Costs of every decision, natural logarithms of likelihood ratios, lower is likelier. An edge or a pair costs what it
 * adds to a solution in which its cells merely end and begin, so 0 is as likely as that and above 0 never pays.
 */
export interface Costs {
  edge: Float64Array;
  pair: Float64Array;
}

/** Probabilities of every decision, in [0, 1]; for each source and each target they sum to 1. */
export interface Marginals {
  /** That the edge is there, alone or as half of a division. */
  edge: Float64Array;
  /** That the division is there. */
  pair: Float64Array;
  /** By row: that the cell has no successor, no predecessor. */
  ends: Float64Array;
  begins: Float64Array;
}
