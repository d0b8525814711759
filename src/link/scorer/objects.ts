import type { Detections } from '../../segment/types.ts';
import type { Window } from './windows.ts';

/** What networks for objects are told of one. */
export interface ObjectTraits {
  /** Equivalent diameter, micrometres. */
  diameter: number;
  /** Mean of the first channel, grey values; 0 = not known. */
  intensity: number;
  /** Inertia tensor, `ndim x ndim`, squared micrometres: that of a ball, as outlines are not kept. */
  inertia: number[];
  /** 0 at the image's border, 1 away from it. */
  away: number;
}

/** Second moment of a ball along any axis, over its squared radius: in 2D and in 3D. */
const MOMENT = { 2: 1 / 4, 3: 1 / 5 } as const;

/** Traits of a row. */
export function traitsOf(
  { ndim, radius, intensity, nChannels, border }: Detections,
  row: number,
): ObjectTraits {
  const r = Number.isNaN(radius[row]) ? 0 : radius[row];
  const grey = nChannels > 0 ? intensity[row * nChannels] : 0;
  const inertia = Array.from({ length: ndim * ndim }, (_, k) =>
    k % (ndim + 1) === 0 ? MOMENT[ndim] * r * r : 0,
  );
  return { diameter: 2 * r, intensity: Number.isNaN(grey) ? 0 : grey, inertia, away: 1 - border[row] };
}

/** Frame within the window, and z, y, x, of every row: `n x 4`. */
export function placesOf({ t, z, y, x }: Detections, { from, to }: Window): Float32Array {
  const out = new Float32Array((to - from) * 4);
  for (let row = from; row < to; row++) {
    out.set([t[row] - t[from], z[row], y[row], x[row]], (row - from) * 4);
  }
  return out;
}
