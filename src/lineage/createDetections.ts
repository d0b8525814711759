import type { Detections } from '../segment/types.ts';

/** A table of detections of `count` rows to be filled: every value is 0. */
export function createDetections(count: number, ndim: 2 | 3, nChannels: number): Detections {
  return {
    count,
    ndim,
    t: new Int32Array(count),
    label: new Uint32Array(count),
    z: new Float64Array(count),
    y: new Float64Array(count),
    x: new Float64Array(count),
    size: new Float64Array(count),
    radius: new Float64Array(count),
    prob: new Float32Array(count),
    border: new Uint8Array(count),
    intensity: new Float32Array(count * nChannels),
    nChannels,
  };
}
