import type { Detections } from '../../segment/types.ts';
import type { Candidates, Costs } from '../global/types.ts';

/** Decisions that a scorer is asked about: candidates of one block of frames that are worth a thought. */
export interface ScoreRequest {
  detections: Detections;
  /** Row of the movie that row 0 is: a block may be cut out of it. */
  firstRow: number;
  candidates: Candidates;
  /** What the decisions cost without a scorer. */
  costs: Costs;
  /** Edges and pairs that are asked about, ascending. Both edges of each of these pairs are among the edges. */
  edges: Int32Array;
  pairs: Int32Array;
  /** `edges.length x EDGE_FEATURES.length` and `pairs.length x PAIR_FEATURES.length`. */
  edgeFeatures: Float32Array;
  pairFeatures: Float32Array;
}

/**
 * What a scorer answers, natural log odds: of every edge that it was asked about, against its cells ending and
 * beginning, and of every pair; null where it knows no pairs.
 */
export interface Scores {
  edge: Float32Array;
  pair: Float32Array | null;
}

/** A learned judge of links and divisions. */
export type Scorer = (request: ScoreRequest) => Promise<Scores>;
