/** What a caller asks for; whatever is absent comes from the preset. */
export interface SimulationRequest {
  /** Default '2d'. */
  preset?: '2d' | '3d';
  /** Integer in [0, 2^32). Default 1. */
  seed?: number;
  /** Number of frames, 1 to 100,000. */
  frames?: number;
  /** Number of founder cells; without `size` the field grows with it, so that the crowding stays the same. */
  cells?: number;
  /** Pixels, `[y, x]` for '2d' and `[z, y, x]` for '3d'; without `cells` the founders grow with it. */
  size?: readonly number[];
  /** Chance that a cell between two divisions dies in a frame, in [0, 1). Default 0. */
  deathRate?: number;
  /** Random motion, micrometres that a cell's step changes by in a frame, in (0, 50]: more of it makes links doubtful. */
  speed?: number;
  /** Photons of a bright nucleus in a pixel, in (0, 1e5]: fewer of them make outlines doubtful. */
  photons?: number;
}

/** Every number that a simulated movie follows from; plain data. Equal options give equal bytes. */
export interface SimulationOptions {
  preset: '2d' | '3d';
  seed: number;
  frames: number;
  /** Founder cells. */
  cells: number;
  /** Number of cells at which contact inhibition stops the cell cycles. */
  capacity: number;
  /** `[z, y, x]` pixels; z = 1 in 2D. */
  shape: readonly [number, number, number];
  /** `[z, y, x]` micrometres; z = 1 in 2D. */
  voxelSize: readonly [number, number, number];
  /** Seconds between frames. */
  timeStep: number;
  biology: BiologyOptions;
  optics: OpticsOptions;
}

/** Lengths in micrometres, durations in frames, angles in radians. */
export interface BiologyOptions {
  /** Radius of a nucleus at the end of its growth. */
  nuclearRadius: number;
  /** Radius of the cell over the radius of its nucleus: how near two nuclei come. */
  bodyRatio: number;
  /** Semi-axes `[z, y, x]` of the soft wall that keeps the embryo in the field; z = 0 in 2D. */
  wall: readonly [number, number, number];
  cycleMean: number;
  /** Standard deviation of a founder's own mean over `cycleMean`, and of one cycle over its lineage's mean. */
  cycleSpread: readonly [number, number];
  /** Standard deviation of the speed that a cell gains in a frame, per axis, and the share of it that it keeps. */
  speed: number;
  persistence: number;
  /** Drift of the stage: standard deviation of a step per axis, and the largest displacement. */
  driftStep: number;
  driftLimit: number;
  /** Rotation of the tissue about z in a frame. */
  rotation: number;
  deathRate: number;
}

/** The microscope. Intensities are relative to the mean of an interphase nucleus, which is 1. */
export interface OpticsOptions {
  /** Standard deviation of the point spread function `[z, y, x]`, micrometres; z = 0 in 2D. */
  psf: readonly [number, number, number];
  /** Share of the light that comes out of focus, and the width (standard deviation, micrometres) of its glow. */
  haze: number;
  hazeWidth: number;
  /** Light of the medium, and the drop of the illumination from its centre to the field's corner, in [0, 1). */
  background: number;
  vignette: number;
  /** Bleaching: intensity at frame t is `bleachFloor + (1 - bleachFloor) exp(-t / bleachFrames)`. */
  bleachFloor: number;
  bleachFrames: number;
  /** Depth, micrometres, over which the light falls to 1/e; Infinity in 2D. */
  attenuationDepth: number;
  /** Growth of the lateral point spread with depth: added standard deviation over depth. */
  depthBlur: number;
  /** Photons of a pixel of intensity 1, grey values a photon, offset and read noise in grey values. */
  photons: number;
  gain: number;
  offset: number;
  readNoise: number;
}

/**
 * The whole life of an embryo as columns. `rows` has one row a living cell and frame, sorted by (frame, cell);
 * rows of frame t are `[frameStart[t], frameStart[t + 1])`. Cells are numbered from 1 in order of birth.
 */
export interface Life {
  /** 2 or 3. */
  ndim: 2 | 3;
  frames: number;
  /** Length `frames + 1`. */
  frameStart: Int32Array;
  rows: LifeRows;
  cells: LifeCells;
}

/** Columns of length `count`. */
export interface LifeRows {
  count: number;
  t: Int32Array;
  /** Number of the cell. */
  cell: Int32Array;
  /** Centre, micrometres; the centre of pixel 0 is 0. z = 0 in 2D. */
  z: Float64Array;
  y: Float64Array;
  x: Float64Array;
  /** `count x 3`, semi-axes of the nucleus along u, v and w, micrometres. */
  radii: Float64Array;
  /** `count x 6`, unit vectors u and v in (z, y, x); w = u x v. In 2D w is the z axis. */
  frame: Float64Array;
  /** Fluorescence relative to a mean interphase nucleus. */
  brightness: Float64Array;
  /** Condensation of the chromatin, 0 in interphase to 1 in metaphase. */
  condensation: Float64Array;
}

/** Columns of length `count`; row i is cell i + 1. */
export interface LifeCells {
  count: number;
  /** First and last frame, both inclusive. */
  begin: Int32Array;
  end: Int32Array;
  /** Number of the parent, 0 = founder. */
  parent: Int32Array;
  /** Seed of the outline and of the texture. */
  seed: Uint32Array;
}

/** One row of a Cell Tracking Challenge track table. */
export interface TrackRow {
  id: number;
  begin: number;
  end: number;
  /** 0 = none. */
  parent: number;
}
