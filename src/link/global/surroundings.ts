import type { Detections } from '../../segment/types.ts';
import { buildGrid, findNearestFew } from '../grid.ts';
import { median } from '../median.ts';

/** What lies around every detection. */
export interface Surroundings {
  /** By frame: usual distance to the nearest neighbour, smoothed over time, micrometres. */
  scale: Float64Array;
  /** By row: ln of the number of detections in a cube (square) of side `scale`, from the sixth neighbour. */
  lnDensity: Float64Array;
  /** By row: ln(size) less the mean of the frame; NaN = not known. */
  sizeInFrame: Float64Array;
  /** By row: 1 near the rim of what the movie holds, else 0. */
  rim: Uint8Array;
}

/** Neighbours whose distance gives the density. */
const NEIGHBOURS = 6;

/** Frames t - 2 to t + 2 say how dense frame t is. */
const SMOOTH = 2;

/** Usual distances by frame, medians over a few frames; the whole movie's where a frame has no two cells. */
function frameScales(nearest: Float64Array, offsets: Int32Array, spacing: number): Float64Array {
  const nFrames = offsets.length - 1;
  const scale = new Float64Array(nFrames);
  for (let t = 0; t < nFrames; t++) {
    const from = offsets[Math.max(0, t - SMOOTH)];
    const to = offsets[Math.min(nFrames, t + SMOOTH + 1)];
    const found = median(nearest.subarray(from, to).filter((d) => d > 0));
    scale[t] = Number.isNaN(found) ? spacing : found;
  }
  return scale;
}

/** ln(size) less the mean of the frame, NaN where it is not known. */
function sizesInFrame({ size }: Detections, offsets: Int32Array): Float64Array {
  const out = size.map((s) => (s > 0 ? Math.log(s) : Number.NaN));
  for (let t = 0; t + 1 < offsets.length; t++) {
    let [n, sum] = [0, 0];
    for (let i = offsets[t]; i < offsets[t + 1]; i++) {
      if (Number.isNaN(out[i])) continue;
      n++;
      sum += out[i];
    }
    for (let i = offsets[t]; i < offsets[t + 1]; i++) out[i] -= sum / n;
  }
  return out;
}

/** Marks rows that touch the image's border, or lie within `margin` scales of the box that holds all detections. */
function findRim(
  { count, ndim, t, z, y, x, border }: Detections,
  scale: Float64Array,
  margin: number,
): Uint8Array {
  const rim = border.slice();
  for (const axis of ndim === 3 ? [z, y, x] : [y, x]) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      low = Math.min(low, axis[i]);
      high = Math.max(high, axis[i]);
    }
    for (let i = 0; i < count; i++) {
      const reach = margin * scale[t[i]];
      if (axis[i] < low + reach || axis[i] > high - reach) rim[i] = 1;
    }
  }
  return rim;
}

/** Measures all of it, in O(n). `spacing` is the whole movie's, micrometres. */
export function lookAround(detections: Detections, offsets: Int32Array, spacing: number): Surroundings {
  const { count, ndim, z, y, x } = detections;
  const nearest = new Float64Array(count).fill(Number.NaN);
  const few = new Float64Array(count).fill(Number.NaN);
  const counted = new Int32Array(count);
  for (let t = 0; t + 1 < offsets.length; t++) {
    const grid = buildGrid(detections, offsets[t], offsets[t + 1]);
    for (let i = offsets[t]; i < offsets[t + 1]; i++) {
      const { d2 } = findNearestFew(
        detections,
        grid,
        [z[i], y[i], x[i]],
        NEIGHBOURS + 1,
        Number.POSITIVE_INFINITY,
      );
      counted[i] = d2.length - 1;
      if (d2.length > 1) nearest[i] = Math.sqrt(d2[1]);
      if (d2.length > 1) few[i] = Math.sqrt(d2[d2.length - 1]);
    }
  }
  const scale = frameScales(nearest, offsets, spacing);
  const lnDensity = new Float64Array(count);
  const ball = ndim === 3 ? (4 / 3) * Math.PI : Math.PI;
  for (let t = 0; t + 1 < offsets.length; t++) {
    for (let i = offsets[t]; i < offsets[t + 1]; i++) {
      // Lone cells, and cells on top of each other, are as dense as 1 in the unit.
      const reach = few[i] / scale[t];
      lnDensity[i] = reach > 0 ? Math.max(-3, Math.min(3, Math.log(counted[i] / (ball * reach ** ndim)))) : 0;
    }
  }
  const rim = findRim(detections, scale, 1);
  return { scale, lnDensity, sizeInFrame: sizesInFrame(detections, offsets), rim };
}
