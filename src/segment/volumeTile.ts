import type { TypedArray } from '../array/index.ts';
import { reflectIndex } from './normalise.ts';
import type { AxisTile } from './tiles.ts';

/**
 * Cuts a tile out of a raw volume and normalises it on the way, so that no normalised copy of the volume is needed:
 * `low` becomes 0 and `high` 1, without clipping; voxels that are not finite become 0. Beyond the volume's end it is
 * mirrored without repeating the edge.
 *
 * Source: StarDist's percentile normalisation and numpy's 'reflect', as for planes.
 *
 * @param data `[depth, height, width]`
 * @param out `[tz.length, ty.length, tx.length]`, overwritten
 */
export function cutTile(
  data: TypedArray,
  [depth, height, width]: readonly [number, number, number],
  [tz, ty, tx]: readonly [AxisTile, AxisTile, AxisTile],
  low: number,
  high: number,
  out: Float32Array,
): void {
  const span = high - low + 1e-20;
  const column = Int32Array.from({ length: tx.length }, (_, i) => reflectIndex(tx.start + i, width));
  for (let z = 0, to = 0; z < tz.length; z++) {
    const plane = reflectIndex(tz.start + z, depth) * height;
    for (let y = 0; y < ty.length; y++) {
      const row = (plane + reflectIndex(ty.start + y, height)) * width;
      for (let x = 0; x < column.length; x++) {
        const value = (data[row + column[x]] - low) / span;
        out[to++] = value - value === 0 ? value : 0;
      }
    }
  }
}
