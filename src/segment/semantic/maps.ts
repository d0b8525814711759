/** Steps of a probability in [0, 1] to which a network's outputs are rounded before any comparison. */
export const PROB_STEPS = 10_000;
/** Steps of a pixel for distances. */
export const DISTANCE_STEPS = 64;

/** What a semantic network says of a frame, each `[z, y, x]`, rounded. */
export interface InstanceMaps {
  /** Probability that the pixel belongs to any object, its rim included, in `PROB_STEPS`. */
  foreground: Uint16Array;
  /** Probability of an object's inside less that of a boundary, 0 where negative, in `PROB_STEPS`; may be `foreground`. */
  interior: Uint16Array;
  /** Probability of a boundary between objects, in `PROB_STEPS`; null where the network has none or none is needed. */
  boundary: Uint16Array | null;
  /** The network's own distance to the rim or to the centre, the greater the more inside; null where it has none. */
  distance: Uint16Array | null;
  /** Steps of `distance` for one of its units. */
  distanceSteps: number;
}
