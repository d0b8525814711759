import type { Detections } from '../segment/types.ts';
import type { Constraints } from './constraints.ts';
import type { FrameMotion, MotionChoice } from './motion/types.ts';
import type { Scorer } from './scorer/types.ts';

export type { Constraints } from './constraints.ts';
export type { FrameMotion, MotionChoice } from './motion/types.ts';

/**
 * Accepted links between detections: columns of length `count`; `source` and `target` are rows of `Detections`, with
 * t[source] < t[target]. Sorted by (target, source). A division is a source with two links.
 */
export interface Links {
  count: number;
  source: Int32Array;
  target: Int32Array;
  /** Cost that the linker paid, in its own unit (square micrometres for `lap`); NaN = not known. */
  cost: Float32Array;
  /** Confidence in [0, 1]; NaN = not known. */
  prob: Float32Array;
}

/**
 * What else could be at doubtful places, as columns: row `source` goes on as `targetA`, or divides into `targetA` and
 * `targetB` (-1 = no division); `targetA` -1 = it ends; `source` -1 = `targetA` begins. Up to three for one source.
 */
export interface Alternatives {
  source: number[];
  targetA: number[];
  targetB: number[];
  /** In [0, 1]. */
  prob: number[];
}

/** How the solution was come by. Costs are logarithms of likelihood ratios, so `cost - bound` is how much is open. */
export interface SolveReport {
  cost: number;
  /** No solution of the same costs is cheaper than this. */
  bound: number;
  /** Parts that were solved apart; those that needed a linear program, and those where that was fractional. */
  components: number;
  open: number;
  fractional: number;
}

/** How sure a linker is, by row of the detections; NaN = not known. */
export interface Certainty {
  /** Probability that the row has no successor, and no predecessor. */
  ends: Float32Array;
  begins: Float32Array;
  /** Probability of the division that the links give the row; NaN where it does not divide. */
  divides: Float32Array;
  alternatives: Alternatives;
}

/** What every linker is given besides detections; physical units. */
export interface LinkOptions {
  linker: 'lap' | 'global';
  /** Micrometres; NaN = find it from the data. */
  maxDistance: number;
  /** Largest target t minus source t, in frames; 1 means that no gap is closed. */
  maxFrameInterval: number;
  divisions: boolean;
  /** Only for `linker: 'global'`; default `auto`. */
  motion?: MotionChoice;
  /** What a person knows; only for `linker: 'global'`. */
  constraints?: Constraints;
  /**
   * Candidates below the threshold, sorted by frame, that may become cells where tracks ask for it; only for
   * `linker: 'global'`, and not beside constraints. Labels are given to them.
   */
  weak?: Detections;
  /** Judges links and divisions when all else is known; only for `linker: 'global'`. Default: costs as they are fitted. */
  scorer?: Scorer;
  /** Only for `linker: 'lap'`. */
  lap?: LapOptions;
}

/** Further settings of the `lap` linker; what is absent takes its default. `LAPTRACK` and `TRACKMATE` are for parity. */
export interface LapOptions {
  /**
   * Fill of the lower-right block and rank of the percentile: `trackmate` (default) or `laptrack`, which pays for a
   * link where that costs up to twice as much and so keeps more doubtful ones.
   */
  rules?: 'trackmate' | 'laptrack';
  /** False ignores segments of one detection in gap closing and splitting, as TrackMate does. Default true. */
  keepSingles?: boolean;
  /** Nodes that may divide: every one that goes on (`linked`, default), or not a segment's first (`middle`, TrackMate). */
  splitFrom?: 'linked' | 'middle';
  /** Cost of a split: from both daughters (`midpoint`, default), or d^2 of the second one (`distance`, the programs). */
  splitCost?: 'midpoint' | 'distance';
  /** Micrometres from the parent to the middle of its daughters; default: found from the data. */
  maxMidpoint?: number;
  /** Micrometres from the parent to the second daughter; default `maxDistance`. */
  maxSplitDistance?: number;
  /** Micrometres over a gap; default `maxDistance`. */
  maxGapDistance?: number;
  /** Weight of the difference of radii in frame-to-frame costs; 0 = none. Default 0.5. */
  radiusWeight?: number;
  /** Share of candidates of gaps and splits that cost less than the alternative / 1.05. Default 1; 0.9 in the programs. */
  percentile?: number;
}

/** Accepted links and how the search radius came about. */
export interface LinkResult {
  /** What `links` are between: as given, or with candidates that became cells, each frame's behind its others. */
  detections: Detections;
  /** By row of `detections`: row of `weak` that it was, -1 = none of them; null where no row was. */
  rescued: Int32Array | null;
  links: Links;
  /** Micrometres, as used; NaN where no two frames in a row have detections and none was given. */
  maxDistance: number;
  /** True if it was found from the data, false if it was given. */
  maxDistanceFound: boolean;
  /** Frame by frame, null where the linker knows no motion. */
  motion: FrameMotion[] | null;
  /** Null where the linker does not say. */
  certainty: Certainty | null;
  solve: SolveReport | null;
}

/** A linked movie as far as re-solving a part of it needs: `links` as they stand, edits included. */
export interface LinkGraph {
  detections: Detections;
  links: Links;
  /** Those that the links were made with; constraints in them are not used. */
  options: LinkOptions;
}

/** A link of a diff, rows of the detections; `prob` and `cost` as in `Links`. */
export interface DiffLink {
  source: number;
  target: number;
  cost: number;
  prob: number;
}

/** A division of a diff: rows; `daughters` in rising order. */
export interface DiffDivision {
  parent: number;
  daughters: readonly [number, number];
}

/**
 * What re-solving one part changes: take `removed` out of the links and put `added` in. Both are sorted by
 * (target, source) and share no link. A division whose daughters change is in both lists of divisions.
 */
export interface LinkDiff {
  added: DiffLink[];
  removed: DiffLink[];
  divisions: { added: DiffDivision[]; removed: DiffDivision[] };
  /** Rows whose links were open to change, rising: everything else stayed as it was. */
  rows: number[];
}
