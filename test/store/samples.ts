import type { LabelImage } from '../../src/segment/types.ts';
import type { FrameTable } from '../../src/store/frameTable.ts';
import type { ResultPlan } from '../../src/store/index.ts';
import type { SegmentSettings, StoredMovie } from '../../src/store/types.ts';

/** A movie of three planes of 4 x 6 pixels, or what `changes` make of it. */
export function sampleMovie(changes: Partial<StoredMovie> = {}): StoredMovie {
  return {
    path: '/movies/a.ome.zarr',
    name: 'a',
    ndim: 2,
    nFrames: 3,
    shape: [1, 4, 6],
    dtype: 'uint16',
    level: 0,
    channels: [{ index: 0, name: 'nuclei', color: null }],
    voxelSize: [1, 0.5, 0.25],
    timeStep: 30,
    voxelSizeKnown: true,
    timeStepKnown: true,
    fingerprint: 'f',
    sample: 's',
    ...changes,
  };
}

export function samplePlan(
  movie: Partial<StoredMovie> = {},
  segment: Partial<SegmentSettings> = {},
  hasLabels = true,
): ResultPlan {
  return {
    morula: '0.0.1',
    movie: sampleMovie(movie),
    hasLabels,
    segment: {
      kind: 'network',
      model: 'nuclei-2d',
      modelDigest: 'm',
      channel: 0,
      probThreshold: 0.5,
      nmsThreshold: 0.3,
      objectDiameter: null,
      omeZarr: '0.5',
      ...segment,
    },
  };
}

/** A frame with `count` cells, cell k at (k, k). */
export function sampleTable(t: number, count = 2): FrameTable {
  const numbers = Float64Array.from({ length: count }, (_, k) => k);
  return {
    t,
    count,
    nChannels: 1,
    label: Uint32Array.from(numbers, (k) => k + 1),
    z: new Float64Array(count),
    y: numbers,
    x: numbers,
    size: new Float64Array(count).fill(4),
    radius: new Float64Array(count).fill(1),
    prob: new Float32Array(count).fill(0.9),
    border: new Uint8Array(count),
    intensity: new Float32Array(count).fill(100 + t),
  };
}

/** Labels that differ from pixel to pixel. */
export function sampleLabels(shape: readonly number[], seed = 1): LabelImage {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { data: Uint32Array.from({ length: size }, (_, i) => (i * 2_654_435_761 + seed) >>> 7), shape };
}
