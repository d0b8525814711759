/** Which motion is compensated: whatever helps, nothing, one rigid or affine map a frame, or that and local flow. */
export type MotionChoice = 'auto' | 'none' | 'drift' | 'flow';

/**
 * How the cells of one frame move to the next. `matrix` is 3 rows of 4, row-major, acting on (z, y, x, 1) in
 * micrometres; `kind` says how free it was.
 */
export interface FrameMotion {
  kind: 'none' | 'shift' | 'rigid' | 'affine';
  matrix: Float64Array;
  /** True if the median of neighbours' residual displacements is added cell by cell. */
  flow: boolean;
  /** Median distance between paired cells without and with compensation, micrometres; NaN where none could be paired. */
  before: number;
  after: number;
}

/** Motion of a movie: one entry for each frame but the last, and where every detection is expected a frame later. */
export interface Motion {
  frames: FrameMotion[];
  /** Columns of length `count`, micrometres; the own position in the last frame. */
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
}

/** Pairs of rows thought to be the same cell in two frames. */
export interface RowPairs {
  from: number[];
  to: number[];
}
