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

/** What every linker is given besides detections; physical units. */
export interface LinkOptions {
  linker: 'lap' | 'global';
  /** Micrometres; NaN = find it from the data. */
  maxDistance: number;
  /** Largest target t minus source t, in frames; 1 means that no gap is closed. */
  maxFrameInterval: number;
  divisions: boolean;
}
