import type { NdArray } from '../../array/index.ts';
import { MorulaError } from '../../errors/index.ts';
import type { LabelImage } from '../../segment/types.ts';

/** Offsets of an object's pixels, three a pixel (z, y, x), and its centroid, all in pixels. */
export interface ObjectMask {
  offsets: Int32Array;
  centre: readonly [number, number, number];
}

type Extent = readonly [number, number, number];

/** `[z, y, x]` of a frame; z = 1 in 2D. */
function extentOf(shape: readonly number[]): Extent {
  return shape.length === 3 ? [shape[0], shape[1], shape[2]] : [1, shape[0], shape[1]];
}

/**
 * The pixels of one label, relative to its rounded centroid.
 *
 * @throws `invalid-data` when the frame has no such pixel
 */
export function cutObject(frame: LabelImage, label: number, t: number): ObjectMask {
  const [nz, ny, nx] = extentOf(frame.shape);
  const found: number[] = [];
  const sum = [0, 0, 0];
  let at = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (frame.data[at] !== label) continue;
        found.push(z, y, x);
        sum[0] += z;
        sum[1] += y;
        sum[2] += x;
      }
    }
  }
  const n = found.length / 3;
  if (n === 0) {
    throw new MorulaError(
      'invalid-data',
      `ctc: frame ${t} must show label ${label}, it has no pixel in the label image`,
    );
  }
  const centre: [number, number, number] = [sum[0] / n, sum[1] / n, sum[2] / n];
  const offsets = Int32Array.from(found, (value, i) => value - Math.round(centre[i % 3]));
  return { offsets, centre };
}

/**
 * Paints an object around `centre` (pixels) with value `id`, on background only. Where nothing of it is visible, the
 * background pixel nearest to the centre gets it, so that the track is there in this frame.
 *
 * @returns pixels painted; 0 only where the frame has no background at all
 */
export function paintObject(
  frame: NdArray<Uint16Array>,
  mask: ObjectMask,
  centre: Extent,
  id: number,
): number {
  const [nz, ny, nx] = extentOf(frame.shape);
  const [cz, cy, cx] = centre.map(Math.round);
  const { offsets } = mask;
  let painted = 0;
  for (let k = 0; k < offsets.length; k += 3) {
    const z = cz + offsets[k];
    const y = cy + offsets[k + 1];
    const x = cx + offsets[k + 2];
    if (z < 0 || z >= nz || y < 0 || y >= ny || x < 0 || x >= nx) continue;
    const at = (z * ny + y) * nx + x;
    if (frame.data[at] !== 0) continue;
    frame.data[at] = id;
    painted++;
  }
  if (painted > 0) return painted;
  const at = nearestBackground(frame, [cz, cy, cx]);
  if (at < 0) return 0;
  frame.data[at] = id;
  return 1;
}

/** Index of the background pixel nearest to `centre`, -1 = none. O(pixels), for the rare hidden object. */
function nearestBackground(frame: NdArray<Uint16Array>, centre: Extent): number {
  const [nz, ny, nx] = extentOf(frame.shape);
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  let at = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (frame.data[at] !== 0) continue;
        const d = (z - centre[0]) ** 2 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2;
        if (d >= least) continue;
        least = d;
        best = at;
      }
    }
  }
  return best;
}

/** The point at frame `t` on the line between two centres at frames `t0` and `t1`. */
export function between(a: Extent, b: Extent, t0: number, t1: number, t: number): Extent {
  const f = (t - t0) / (t1 - t0);
  return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f, a[2] + (b[2] - a[2]) * f];
}
